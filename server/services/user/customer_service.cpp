#include "server/services/user/customer_service.h"

#include "server/events/outbox.h"
#include "server/http/cursor.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/expert_service.h"
#include "server/services/user/user_events.h"

namespace {

api::Account toAccount(const CustomerRow &row)
{
    return { row.id,    row.email,   api::Role::customer, row.name,
             row.phone, row.address, row.createdAt,       row.version };
}

// An expert's account as they see it: its version is the profile's, which changes with every change of
// theirs.
api::Account withProfile(api::Account account, const api::Expert &expert)
{
    account.name = expert.name;
    account.phone = expert.phone;
    account.version = expert.version;
    return account;
}

} // namespace

CustomerService::CustomerService(GatewayService &gateway, ExpertService &experts)
    : m_gateway(gateway)
    , m_experts(experts)
{
}

Result<api::Account> CustomerService::me(Session &session, const Caller &by) const
{
    if (by.role == api::Role::customer) {
        if (const auto row = TRY(customer_store::find(session, by.account)))
            return toAccount(*row);
    }
    const api::Account account = TRY(m_gateway.account(by.account));
    if (by.role != api::Role::expert)
        return account;
    const Result<api::Expert> expert = m_experts.find(by.account);
    if (!expert && expert.error().kind != ProblemKind::notFound)
        return fail(expert.error());
    return expert ? withProfile(account, *expert) : account;
}

Result<CustomerRow> CustomerService::lockOrMake(Session &session, const Caller &by) const
{
    if (const auto row = TRY(customer_store::lock(session, by.account)))
        return *row;
    // The registration's event is still on its way; when it comes it adds what is missing here.
    const api::Account account = TRY(m_gateway.account(by.account));
    TRY(customer_store::insert(
        session, { account.id, account.email, account.name, {}, {}, account.createdAt, 1 }
    ));
    if (const auto row = TRY(customer_store::lock(session, by.account)))
        return *row;
    return fail(Problem::internal(QStringLiteral("A profile is gone right after it was made.")));
}

Result<api::Account>
CustomerService::changeMe(Session &session, const Caller &by, const api::AccountChange &change) const
{
    if (by.role == api::Role::customer)
        return changeCustomer(session, by, change);
    if (by.role == api::Role::expert) {
        const api::Expert expert = TRY(m_experts.changeSelf(session, by, change));
        return withProfile(TRY(m_gateway.account(by.account)), expert);
    }
    if (change.phone)
        return fail(
            Problem::invalid(QStringLiteral("/phone"), QStringLiteral("is only for customers and experts"))
        );
    if (change.address)
        return fail(Problem::invalid(QStringLiteral("/address"), QStringLiteral("is only for customers")));
    if (!change.name)
        return m_gateway.account(by.account);
    return m_gateway.rename(by.account, *change.name, by.ifMatch);
}

Result<api::Account>
CustomerService::changeCustomer(Session &session, const Caller &by, const api::AccountChange &change) const
{
    CustomerRow row = TRY(lockOrMake(session, by));
    if (by.ifMatch && *by.ifMatch != row.version)
        return fail(
            { ProblemKind::stale, QStringLiteral("Your profile was changed since you looked."), {}, {}, {} }
        );
    row.name = change.name.value_or(row.name);
    if (change.phone)
        row.phone = change.phone;
    if (change.address)
        row.address = change.address;
    ++row.version;
    TRY(customer_store::save(session, row));
    TRY(Outbox::publish(session, row.id.toString(), CustomerChanged { toAccount(row) }, by.requestId));
    // Last, since it is a transaction of its own: what fails before leaves the login as it was.
    if (change.name)
        TRY(m_gateway.rename(by.account, *change.name, {}));
    return toAccount(row);
}

Result<api::Account> CustomerService::fetch(Session &session, api::AccountId id) const
{
    if (const auto row = TRY(customer_store::find(session, id)))
        return toAccount(*row);
    return fail(Problem::notFound(QStringLiteral("There is no such customer.")));
}

Result<api::Page<api::Account>> CustomerService::list(Session &session, const api::PeopleQuery &query) const
{
    PeopleFilter filter = TRY(PeopleFilter::of(query));
    ++filter.limit; // one more than shown tells whether there is a next page
    QList<CustomerRow> rows = TRY(customer_store::list(session, filter));
    api::Page<api::Account> page;
    if (rows.size() == filter.limit) {
        rows.removeLast();
        page.nextCursor = toCursor(PersonCursor { rows.last().name.toString(), rows.last().id });
    }
    for (const CustomerRow &row : rows)
        page.items.append(toAccount(row));
    return page;
}

Result<void> CustomerService::learn(Session &session, const AccountRegistered &account, Instant at) const
{
    if (account.role != api::Role::customer)
        return {};
    return customer_store::insert(
        session, { account.accountId, account.email, account.name, account.phone, account.address, at, 1 }
    );
}

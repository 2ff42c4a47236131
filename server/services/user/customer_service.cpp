#include "server/services/user/customer_service.h"

#include "server/http/cursor.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/expert_service.h"

namespace {

api::Account toAccount(const CustomerRow &row)
{
    return { row.id,    row.email,   api::Role::customer, row.name,
             row.phone, row.address, row.createdAt,       row.version };
}

} // namespace

CustomerService::CustomerService(GatewayService &gateway, const ExpertService &experts)
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
    api::Account account = TRY(m_gateway.account(by.account));
    if (by.role == api::Role::expert) {
        if (const Result<api::Expert> expert = m_experts.find(by.account))
            account.phone = expert->phone;
    }
    return account;
}

Result<CustomerRow> CustomerService::lockOrMake(Session &session, const Caller &by) const
{
    if (const auto row = TRY(customer_store::lock(session, by.account)))
        return *row;
    // The registration's event is still on its way; when it comes it finds the profile made and leaves it
    // alone.
    const api::Account account = TRY(m_gateway.account(by.account));
    const CustomerRow row { account.id, account.email, account.name, {}, {}, account.createdAt, 1 };
    TRY(customer_store::insert(session, row));
    return row;
}

Result<api::Account>
CustomerService::changeMe(Session &session, const Caller &by, const api::AccountChange &change)
{
    if (change.name)
        TRY(m_gateway.rename(by.account, *change.name));
    if (by.role != api::Role::customer)
        return me(session, by);
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
    return toAccount(row);
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

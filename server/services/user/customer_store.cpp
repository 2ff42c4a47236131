#include "server/services/user/customer_store.h"

#include "server/db/record.h"

namespace customer_store {

namespace {

    const RecordInsert<CustomerRow> insertCustomer { "customer.insert",
                                                     "users.customer",
                                                     "on conflict (id) do nothing" };
    const Statement findSql { "customer.find", "select * from users.customer where id = $1" };
    const Statement lockSql { "customer.lock",
                              "select * from users.customer where id = $1 for no key update" };
    const Statement saveSql { "customer.save", R"sql(
    update users.customer set name = $2, phone = $3, address = $4, version = $5 where id = $1
)sql" };
    const Statement listSql { "customer.list", R"sql(
    select * from users.customer
    where ($1::text is null or name ilike $1 or email like $2)
      and ($3::text is null or (name, id) > ($3, $4::uuid))
    order by name, id limit $5
)sql" };

} // namespace

Result<void> insert(Session &session, const CustomerRow &customer)
{
    TRY(insertCustomer.run(session, { customer }));
    return {};
}

Result<std::optional<CustomerRow>> find(Session &session, api::AccountId id)
{
    return session.maybe<CustomerRow>(findSql, id);
}

Result<std::optional<CustomerRow>> lock(Session &session, api::AccountId id)
{
    return session.maybe<CustomerRow>(lockSql, id);
}

Result<void> save(Session &session, const CustomerRow &customer)
{
    TRY(session.exec(saveSql, customer.id, customer.name, customer.phone, customer.address, customer.version)
    );
    return {};
}

Result<QList<CustomerRow>> list(Session &session, const PeopleFilter &filter)
{
    return session.many<CustomerRow>(
        listSql, filter.name, filter.email, filter.afterName, filter.afterId, filter.limit
    );
}

} // namespace customer_store

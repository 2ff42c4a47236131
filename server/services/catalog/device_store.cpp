#include "server/services/catalog/device_store.h"

#include "server/db/record.h"

namespace device_store {

namespace {

    const RecordInsert<DeviceRow> insertSql { "catalog.insertDevice",
                                              "catalog.device",
                                              "on conflict do nothing" };
    const Statement ofCustomerSql { "catalog.devicesOf", R"sql(
    select * from catalog.device where customer_id = $1 and removed_at is null order by id
)sql" };
    // Not `like`, which finds its index only where the text is known when the statement is planned; in the
    // index's own order, or a beginning that a million numbers share would sort them all.
    const Statement bySerialSql { "catalog.devicesBySerial", R"sql(
    select * from catalog.device
    where serial_key ~>=~ $1 and serial_key ~<~ ($1 || chr(1114111)) and removed_at is null
    order by serial_key using ~<~ limit 20
)sql" };
    const Statement lockSql { "catalog.lockDevice", R"sql(
    select * from catalog.device where id = $1 and removed_at is null for update
)sql" };
    const Statement saveSql { "catalog.saveDevice", R"sql(
    update catalog.device set nickname = $2, removed_at = $3 where id = $1
)sql" };

} // namespace

Result<bool> insert(Session &session, const DeviceRow &row)
{
    return TRY(insertSql.run(session, { row })) == 1;
}

Result<QList<DeviceRow>> ofCustomer(Session &session, api::AccountId customer)
{
    return session.many<DeviceRow>(ofCustomerSql, customer);
}

Result<QList<DeviceRow>> bySerial(Session &session, const QString &beginOfKey)
{
    return session.many<DeviceRow>(bySerialSql, beginOfKey);
}

Result<std::optional<DeviceRow>> lock(Session &session, api::DeviceId id)
{
    return session.maybe<DeviceRow>(lockSql, id);
}

Result<void> save(Session &session, const DeviceRow &row)
{
    TRY(session.exec(saveSql, row.id, row.nickname, row.removedAt));
    return {};
}

} // namespace device_store

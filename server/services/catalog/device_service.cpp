#include "server/services/catalog/device_service.h"

#include "server/events/outbox.h"
#include "server/services/catalog/catalog_events.h"
#include "server/services/catalog/catalog_service.h"

using namespace Qt::StringLiterals;

DeviceService::DeviceService(const CatalogService &catalog, const Clock &clock)
    : m_catalog(catalog)
    , m_clock(clock)
{
}

Result<api::Device> DeviceService::add(Session &session, const Caller &by, const api::NewDevice &wanted) const
{
    if (by.isStaff() && !wanted.customerId)
        return fail(Problem::invalid(u"/customerId"_s, u"is required: whose device is it?"_s));
    if (!by.isStaff() && wanted.customerId && *wanted.customerId != by.account)
        return fail(Problem::forbidden(u"Only staff may register a device for somebody else."_s));
    if (TRY(m_catalog.ready())->find(wanted.productId) == nullptr)
        return fail(Problem::invalid(u"/productId"_s, u"is not a product we know"_s));
    const DeviceRow row {
        .id = api::DeviceId::make(),
        .customerId = wanted.customerId.value_or(by.account),
        .productId = wanted.productId,
        .serialNumber = wanted.serialNumber.toString(),
        .serialKey = api::serialKey(wanted.serialNumber.toString()),
        .nickname = wanted.nickname ? wanted.nickname->toString() : QString(),
        .registeredAt = m_clock.now(),
        .registeredBy = by.account,
        .removedAt = {},
    };
    if (row.serialKey.isEmpty())
        return fail(Problem::invalid(u"/serialNumber"_s, u"must have letters or digits"_s));
    const QList<DeviceRow> owned = TRY(device_store::ofCustomer(session, row.customerId));
    if (owned.size() >= api::mostDevices)
        return fail(Problem::conflict(
            u"device.limit"_s,
            u"%1 devices are registered, which is as many as there may be. Remove one first."_s.arg(
                owned.size()
            )
        ));
    if (!TRY(device_store::insert(session, row))) {
        // Whose it is otherwise is nobody's business.
        const bool isOwn = std::ranges::any_of(owned, [&](const DeviceRow &each) {
            return each.productId == row.productId && each.serialKey == row.serialKey;
        });
        return fail(Problem::conflict(
            isOwn ? u"device.owned"_s : u"device.taken"_s,
            isOwn ? u"This device is registered already."_s
                  : u"This serial number is registered by somebody else. Please compare it with the label; "
                    u"if it "
                    "is right, call us."_s
        ));
    }
    TRY(Outbox::publish(
        session,
        row.customerId.toString(),
        DeviceRegistered { row.id, row.customerId, row.productId, row.serialKey },
        by.requestId
    ));
    return toDevice(row);
}

Result<api::Items<api::Device>>
DeviceService::list(Session &session, const Caller &by, const api::DeviceQuery &query) const
{
    if (!by.isStaff() && ((query.customerId && *query.customerId != by.account) || query.serialNumber))
        return fail(Problem::forbidden(u"These are not your devices."_s));
    if (by.isStaff() && !query.customerId && !query.serialNumber)
        return fail(Problem::invalid(u"/customerId"_s, u"must say whose devices"_s));
    QList<DeviceRow> rows;
    if (!query.serialNumber) {
        rows = TRY(device_store::ofCustomer(session, query.customerId.value_or(by.account)));
    } else {
        const QString key = api::serialKey(query.serialNumber->toString());
        if (key.size() < 3)
            return fail(Problem::invalid(u"/serialNumber"_s, u"must have three letters or digits"_s));
        rows = TRY(device_store::bySerial(session, key));
        if (query.customerId)
            rows.removeIf([&](const DeviceRow &row) { return row.customerId != *query.customerId; });
    }
    api::Items<api::Device> devices;
    for (const DeviceRow &row : std::as_const(rows))
        devices.items.append(TRY(toDevice(row)));
    return devices;
}

Result<api::Device> DeviceService::change(
    Session &session, const Caller &by, api::DeviceId id, const api::DeviceChange &wanted
) const
{
    DeviceRow row = TRY(lock(session, by, id));
    row.nickname = wanted.nickname.toString();
    TRY(device_store::save(session, row));
    return toDevice(row);
}

Result<api::Device> DeviceService::remove(Session &session, const Caller &by, api::DeviceId id) const
{
    DeviceRow row = TRY(lock(session, by, id));
    row.removedAt = m_clock.now();
    TRY(device_store::save(session, row));
    TRY(Outbox::publish(
        session, row.customerId.toString(), DeviceRemoved { row.id, row.customerId }, by.requestId
    ));
    return toDevice(row);
}

Result<DeviceRow> DeviceService::lock(Session &session, const Caller &by, api::DeviceId id) const
{
    const std::optional<DeviceRow> row = TRY(device_store::lock(session, id));
    // Somebody else's is not there, as far as a customer can tell.
    if (!row || (!by.isStaff() && row->customerId != by.account))
        return fail(Problem::notFound(u"There is no such device."_s));
    return *row;
}

Result<api::Device> DeviceService::toDevice(const DeviceRow &row) const
{
    api::Device device {
        .id = row.id,
        .customerId = row.customerId,
        .productId = row.productId,
        .productName = {},
        .maker = {},
        .category = {},
        .categoryName = {},
        .serialNumber = row.serialNumber,
        .nickname = row.nickname,
        .registeredAt = row.registeredAt,
    };
    if (const api::Product *product = TRY(m_catalog.ready())->find(row.productId)) {
        device.productName = product->name;
        device.maker = product->maker;
        device.category = product->category;
        device.categoryName = product->categoryName;
    }
    return device;
}

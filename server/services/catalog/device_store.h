#pragma once

#include "server/db/session.h"
#include "shared/api/device.h"

struct DeviceRow
{
    api::DeviceId id;
    api::AccountId customerId;
    api::ProductId productId;
    QString serialNumber;
    QString serialKey;
    QString nickname;
    Instant registeredAt;
    api::AccountId registeredBy;
    std::optional<Instant> removedAt;
};
BOOST_DESCRIBE_STRUCT(
    DeviceRow,
    (),
    (id, customerId, productId, serialNumber, serialKey, nickname, registeredAt, registeredBy, removedAt)
)

// The SQL of catalog.device. Nothing else touches it.
namespace device_store {

Result<bool> insert(Session &session, const DeviceRow &row); // false: somebody has it on their list
Result<QList<DeviceRow>> ofCustomer(Session &session, api::AccountId customer);
Result<QList<DeviceRow>> bySerial(Session &session, const QString &beginOfKey);
Result<std::optional<DeviceRow>> lock(Session &session, api::DeviceId id); // one that is on a list
Result<void> save(Session &session, const DeviceRow &row);

} // namespace device_store

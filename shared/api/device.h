#pragma once

#include "shared/api/catalog.h"

// The devices that customers own, by serial number.
namespace api {

struct DeviceConcept;
using DeviceId = Id<DeviceConcept>;

// What two spellings of a serial number have in common: its letters and digits, as capitals. Empty if there
// are none.
inline QString serialKey(const QString &serialNumber)
{
    QString key;
    for (const QChar &each : serialNumber) {
        if (each.isLetterOrNumber())
            key += each.toUpper();
    }
    return key;
}

constexpr int mostDevices = 50; // of one customer

struct Device
{
    DeviceId id;
    AccountId customerId;
    ProductId productId;
    QString productName;
    QString maker;
    QString category; // slug
    QString categoryName;
    QString serialNumber;
    QString nickname; // what the customer calls it; may be empty
    Instant registeredAt;
};
BOOST_DESCRIBE_STRUCT(
    Device,
    (),
    (id,
     customerId,
     productId,
     productName,
     maker,
     category,
     categoryName,
     serialNumber,
     nickname,
     registeredAt)
)

struct NewDevice
{
    ProductId productId;
    Text<1, 60> serialNumber;
    std::optional<Text<0, 80>> nickname;
    std::optional<AccountId> customerId; // only staff may register for somebody else
};
BOOST_DESCRIBE_STRUCT(NewDevice, (), (productId, serialNumber, nickname, customerId))

struct DeviceChange
{
    Text<0, 80> nickname;
};
BOOST_DESCRIBE_STRUCT(DeviceChange, (), (nickname))

struct DeviceRef
{
    DeviceId id;
};
BOOST_DESCRIBE_STRUCT(DeviceRef, (), (id))

// A customer asks for their own and need not say so. Staff name the customer, or how the serial number
// begins.
struct DeviceQuery
{
    std::optional<AccountId> customerId;
    std::optional<Text<3, 60>> serialNumber;
};
BOOST_DESCRIBE_STRUCT(DeviceQuery, (), (customerId, serialNumber))

namespace device {

    struct Register : Endpoint<Method::post, "/devices">
    {
        static constexpr std::string_view summary = "Register a device by its serial number";
        static constexpr Roles roles = staff | Role::customer;
        static constexpr int success = 201;
        using Body = NewDevice;
        using Answer = Device;
    };

    struct List : Endpoint<Method::get, "/devices">
    {
        static constexpr std::string_view summary
            = "A customer's devices, or those whose serial number begins so (20 at most)";
        static constexpr Roles roles = staff | Role::customer;
        using Params = DeviceQuery;
        using Answer = Items<Device>;
    };

    struct Change : Endpoint<Method::patch, "/devices/{id}">
    {
        static constexpr std::string_view summary = "Call a device something else";
        static constexpr Roles roles = staff | Role::customer;
        using Params = DeviceRef;
        using Body = DeviceChange;
        using Answer = Device;
    };

    struct Remove : Endpoint<Method::del, "/devices/{id}">
    {
        static constexpr std::string_view summary = "Take a device off the list; its tickets go on";
        static constexpr Roles roles = staff | Role::customer;
        using Params = DeviceRef;
        using Answer = Device;
    };

} // namespace device
} // namespace api

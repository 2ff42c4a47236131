#pragma once

#include "shared/api/device.h"

// What the catalogue tells the others. Published under the topic "catalog"; subscriptions are keyed by the
// customer's id.

// A plan was bought and is not paid yet: what its customer files meanwhile waits for the outcome.
struct SubscriptionOrdered
{
    static constexpr std::string_view type = "catalog.subscription_ordered";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(SubscriptionOrdered, (), (subscriptionId, customerId))

// A plan covers from now on, or covers something else than before.
struct SubscriptionActivated
{
    static constexpr std::string_view type = "catalog.subscription_activated";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
    api::PlanId planId;
    QList<QString> categories;
    api::Priority priority = api::Priority::normal;
    api::SlaTargets sla;
    std::optional<int> visitsPerYear {}; // 0: no limit; none: told before there were limits
};
BOOST_DESCRIBE_STRUCT(
    SubscriptionActivated, (), (subscriptionId, customerId, planId, categories, priority, sla, visitsPerYear)
)

// A plan covers nothing until it is told to be active again.
struct SubscriptionPaused
{
    static constexpr std::string_view type = "catalog.subscription_paused";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(SubscriptionPaused, (), (subscriptionId, customerId))

struct SubscriptionCancelled
{
    static constexpr std::string_view type = "catalog.subscription_cancelled";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(SubscriptionCancelled, (), (subscriptionId, customerId))

// So much of something that costs `price` from `from` until `until`.
struct PlanSpan
{
    QString planName;
    Money price;
    Instant from;
    Instant until;
};
BOOST_DESCRIBE_STRUCT(PlanSpan, (), (planName, price, from, until))

// A bill to write: for `bought` from `at` on. `unused` is what was paid for before and ends at `at`. A
// subscription's bills have the numbers 1, 2, 3 …
struct PeriodBegun
{
    static constexpr std::string_view type = "catalog.period_begun";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
    int number = 1;
    Instant at;
    PlanSpan bought;
    std::optional<PlanSpan> unused;
    QString zone; // of the customer, whose days the bill names
    bool isPurchase = false; // the plan begins when this is paid
};
BOOST_DESCRIBE_STRUCT(
    PeriodBegun, (), (subscriptionId, customerId, number, at, bought, unused, zone, isPurchase)
)

// Command: end a plan for good, because it is not paid. One that has ended already is no error.
struct EndSubscription
{
    static constexpr std::string_view type = "catalog.end_subscription";

    api::SubscriptionId subscriptionId;
    QString reason;
};
BOOST_DESCRIBE_STRUCT(EndSubscription, (), (subscriptionId, reason))

// A customer owns a device from now on …
struct DeviceRegistered
{
    static constexpr std::string_view type = "catalog.device_registered";

    api::DeviceId deviceId;
    api::AccountId customerId;
    api::ProductId productId;
    QString serialKey; // see api::serialKey
};
BOOST_DESCRIBE_STRUCT(DeviceRegistered, (), (deviceId, customerId, productId, serialKey))

// … and no longer.
struct DeviceRemoved
{
    static constexpr std::string_view type = "catalog.device_removed";

    api::DeviceId deviceId;
    api::AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(DeviceRemoved, (), (deviceId, customerId))

// Products or plans are not what they were. Keyed by the word "catalog".
struct CatalogChanged
{
    static constexpr std::string_view type = "catalog.changed";
};
BOOST_DESCRIBE_STRUCT(CatalogChanged, (), ())

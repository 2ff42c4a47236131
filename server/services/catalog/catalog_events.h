#pragma once

#include "shared/api/catalog.h"

// What the catalogue tells the others. Published under the topic "catalog"; subscriptions are keyed by the
// customer's id.

// What a plan costs whoever bought it now; a later change of the plan's price does not change it.
struct PlanTerms
{
    QString planName;
    Money price;
    api::Period period = api::Period::month;
    Instant startedAt;
};
BOOST_DESCRIBE_STRUCT(PlanTerms, (), (planName, price, period, startedAt))

struct SubscriptionActivated
{
    static constexpr std::string_view type = "catalog.subscription_activated";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
    api::PlanId planId;
    QList<QString> categories;
    api::Priority priority = api::Priority::normal;
    api::SlaTargets sla;
    std::optional<PlanTerms> terms {}; // not told before there were bills
};
BOOST_DESCRIBE_STRUCT(
    SubscriptionActivated, (), (subscriptionId, customerId, planId, categories, priority, sla, terms)
)

struct SubscriptionCancelled
{
    static constexpr std::string_view type = "catalog.subscription_cancelled";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(SubscriptionCancelled, (), (subscriptionId, customerId))

// Command: end a plan for good, because it is not paid. One that has ended already is no error.
struct EndSubscription
{
    static constexpr std::string_view type = "catalog.end_subscription";

    api::SubscriptionId subscriptionId;
    QString reason;
};
BOOST_DESCRIBE_STRUCT(EndSubscription, (), (subscriptionId, reason))

// Products or plans are not what they were. Keyed by the word "catalog".
struct CatalogChanged
{
    static constexpr std::string_view type = "catalog.changed";

    qint64 products = 0;
    qint64 plans = 0;
};
BOOST_DESCRIBE_STRUCT(CatalogChanged, (), (products, plans))

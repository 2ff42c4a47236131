#pragma once

#include "shared/api/catalog.h"

// What the catalogue tells the others. Published under the topic "catalog"; subscriptions are keyed by the
// customer's id.

struct SubscriptionActivated
{
    static constexpr std::string_view type = "catalog.subscription_activated";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
    api::PlanId planId;
    QList<QString> categories;
    api::Priority priority = api::Priority::normal;
    api::SlaTargets sla;
};
BOOST_DESCRIBE_STRUCT(
    SubscriptionActivated, (), (subscriptionId, customerId, planId, categories, priority, sla)
)

struct SubscriptionCancelled
{
    static constexpr std::string_view type = "catalog.subscription_cancelled";

    api::SubscriptionId subscriptionId;
    api::AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(SubscriptionCancelled, (), (subscriptionId, customerId))

// Products or plans are not what they were. Keyed by the word "catalog".
struct CatalogChanged
{
    static constexpr std::string_view type = "catalog.changed";

    qint64 products = 0;
    qint64 plans = 0;
};
BOOST_DESCRIBE_STRUCT(CatalogChanged, (), (products, plans))

#pragma once

#include "server/db/database.h"
#include "server/http/caller.h"
#include "server/services/catalog/catalog_store.h"
#include "shared/core/clock.h"

#include <mutex>

class Consumer;
class EventBus;
struct EndSubscription;

// Products and plans, and who holds which plan.
class CatalogService
{
public:
    CatalogService(Database &database, const Clock &clock);

    // Reads the catalogue into memory; to be called again when it has changed.
    Result<void> refresh();
    // Keeps it as the other nodes leave it.
    void watch(EventBus &bus);
    // Null until the first refresh has succeeded; afterwards the last good one, also while the database is
    // away.
    [[nodiscard]] std::shared_ptr<const Catalog> current() const;

    Result<api::Page<api::Product>> products(const api::ProductQuery &query) const;
    Result<api::Items<api::Plan>> plans() const;

    Result<api::Subscription> subscribe(Session &session, const Caller &by, api::PlanId plan) const;
    Result<api::Items<api::Subscription>> subscriptions(Session &session, const Caller &by) const;
    Result<api::Subscription> cancel(Session &session, const Caller &by, api::SubscriptionId id) const;

    // A subscription as others begin one, in a transaction of its own. False: the customer holds that plan
    // already.
    Result<bool> activate(api::AccountId customer, api::PlanId plan) const;

    // Ends plans that others have ended.
    std::shared_ptr<const Consumer> consumer() const;

    // For seeding.
    Result<void> load(const CatalogContent &content);

private:
    Result<std::optional<api::Subscription>>
    activate(Session &session, api::AccountId customer, api::PlanId plan, const QString &traceId) const;
    Result<void> end(Session &session, const EndSubscription &command, const QString &traceId) const;
    Result<void> end(Session &session, const SubscriptionRow &row, const QString &traceId) const;
    Result<api::Subscription> toSubscription(const SubscriptionRow &row) const;
    Result<std::shared_ptr<const Catalog>> ready() const;

    Database &m_database;
    const Clock &m_clock;
    mutable std::mutex m_mutex;
    std::shared_ptr<const Catalog> m_catalog;
};

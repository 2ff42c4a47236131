#pragma once

#include "server/db/database.h"
#include "server/http/caller.h"
#include "server/services/catalog/catalog_store.h"
#include "shared/core/clock.h"

#include <mutex>

class EventBus;

// Products and plans: what is repaired, and what is sold.
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
    [[nodiscard]] Result<std::shared_ptr<const Catalog>> ready() const; // unavailable instead of null

    Result<api::Page<api::Product>> products(const api::ProductQuery &query) const;
    Result<api::Items<api::Plan>> plans() const; // on sale now

    // For administrators. They answer from the database: what is in memory may be a moment older.
    Result<api::Product> add(Session &session, const api::NewProduct &wanted) const;
    Result<api::Product>
    change(Session &session, const Caller &by, api::ProductId id, const api::ProductChange &wanted) const;
    Result<api::Items<api::PlanHistory>> histories(Session &session) const;
    Result<api::PlanHistory> create(Session &session, const Caller &by, const api::NewPlan &wanted) const;
    Result<api::PlanHistory>
    change(Session &session, const Caller &by, api::PlanId id, const api::PlanChange &wanted) const;
    Result<api::PlanHistory> withdraw(Session &session, api::PlanId id) const;

    // For seeding.
    Result<void> load(const CatalogContent &content);

private:
    Result<api::PlanHistory> history(Session &session, api::PlanId id) const;
    Result<void> tell(Session &session) const;

    Database &m_database;
    const Clock &m_clock;
    mutable std::mutex m_mutex;
    std::shared_ptr<const Catalog> m_catalog;
};

#pragma once

#include "shared/api/catalog.h"

#include <QHash>

// A plan with all its versions.
struct SoldPlan
{
    api::PlanId id;
    QString slug;
    bool isOnSale = true;
    QList<api::PlanVersion> versions; // by number, never empty

    // The terms for who buys or renews at that moment: of the versions that have begun the newest.
    [[nodiscard]] const api::Plan &at(Instant instant) const;
    [[nodiscard]] const api::Plan *find(int version) const;
    [[nodiscard]] const api::Plan &newest() const { return versions.last().plan; }
};

// The catalogue as it is at one moment: immutable, in memory, readable by any thread without a database.
class Catalog
{
public:
    Catalog(QList<api::Product> products, const QList<QString> &categories, QList<SoldPlan> plans);

    [[nodiscard]] const api::Product *find(api::ProductId id) const;
    [[nodiscard]] const SoldPlan *find(api::PlanId id) const;
    [[nodiscard]] bool hasCategory(const QString &slug) const;
    [[nodiscard]] const QList<api::Product> &products() const { return m_products; } // by name, then id
    // As a customer should see them, also those that are sold no longer.
    [[nodiscard]] const QList<SoldPlan> &plans() const { return m_plans; }
    [[nodiscard]] QList<api::Plan> onSale(Instant at) const;

    // In the order of products(): whether `name` and `id` come before that product.
    [[nodiscard]] static bool isBefore(const QString &name, api::ProductId id, const api::Product &product);

private:
    QList<api::Product> m_products;
    QList<SoldPlan> m_plans;
    QHash<api::ProductId, qsizetype> m_productById;
    QHash<api::PlanId, qsizetype> m_planById;
    QSet<QString> m_categories;
};

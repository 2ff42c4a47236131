#pragma once

#include "shared/api/catalog.h"

#include <QHash>

// The catalogue as it is at one moment: immutable, in memory, readable by any thread without a database.
class Catalog
{
public:
    Catalog(QList<api::Product> products, QList<api::Plan> plans);

    [[nodiscard]] const api::Product *find(api::ProductId id) const;
    [[nodiscard]] const api::Plan *find(api::PlanId id) const;
    [[nodiscard]] const QList<api::Product> &products() const { return m_products; } // by name, then id
    [[nodiscard]] const QList<api::Plan> &plans() const { return m_plans; } // as a customer should see them

    // In the order of products(): whether `name` and `id` come before that product.
    [[nodiscard]] static bool isBefore(const QString &name, api::ProductId id, const api::Product &product);

private:
    QList<api::Product> m_products;
    QList<api::Plan> m_plans;
    QHash<api::ProductId, qsizetype> m_productById;
    QHash<api::PlanId, qsizetype> m_planById;
};

#include "server/services/catalog/catalog_snapshot.h"

Catalog::Catalog(QList<api::Product> products, QList<api::Plan> plans)
    : m_products(std::move(products))
    , m_plans(std::move(plans))
{
    // Here and not in SQL: pages go by this order, and a database may have one of its own for texts.
    std::ranges::sort(m_products, [](const api::Product &a, const api::Product &b) {
        return isBefore(a.name, a.id, b);
    });
    for (qsizetype i = 0; i < m_products.size(); ++i)
        m_productById.insert(m_products.at(i).id, i);
    for (qsizetype i = 0; i < m_plans.size(); ++i)
        m_planById.insert(m_plans.at(i).id, i);
}

const api::Product *Catalog::find(api::ProductId id) const
{
    const auto found = m_productById.constFind(id);
    return found == m_productById.cend() ? nullptr : &m_products.at(*found);
}

const api::Plan *Catalog::find(api::PlanId id) const
{
    const auto found = m_planById.constFind(id);
    return found == m_planById.cend() ? nullptr : &m_plans.at(*found);
}

bool Catalog::isBefore(const QString &name, api::ProductId id, const api::Product &product)
{
    return name != product.name ? name < product.name : id < product.id;
}

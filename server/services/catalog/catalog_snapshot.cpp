#include "server/services/catalog/catalog_snapshot.h"

const api::Plan &SoldPlan::at(Instant instant) const
{
    const api::Plan *inForce = &versions.first().plan; // also before it has begun: there is nothing else
    for (const api::PlanVersion &version : versions) {
        if (version.from <= instant)
            inForce = &version.plan;
    }
    return *inForce;
}

const api::Plan *SoldPlan::find(int version) const
{
    const auto found = std::ranges::find_if(versions, [version](const api::PlanVersion &each) {
        return each.plan.version == version;
    });
    return found == versions.end() ? nullptr : &found->plan;
}

Catalog::Catalog(QList<api::Product> products, const QList<QString> &categories, QList<SoldPlan> plans)
    : m_products(std::move(products))
    , m_plans(std::move(plans))
    , m_categories(categories.begin(), categories.end())
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

const SoldPlan *Catalog::find(api::PlanId id) const
{
    const auto found = m_planById.constFind(id);
    return found == m_planById.cend() ? nullptr : &m_plans.at(*found);
}

bool Catalog::hasCategory(const QString &slug) const
{
    return m_categories.contains(slug);
}

QList<api::Plan> Catalog::onSale(Instant at) const
{
    QList<api::Plan> plans;
    for (const SoldPlan &entry : m_plans) {
        if (entry.isOnSale)
            plans.append(entry.at(at));
    }
    return plans;
}

bool Catalog::isBefore(const QString &name, api::ProductId id, const api::Product &product)
{
    return name != product.name ? name < product.name : id < product.id;
}

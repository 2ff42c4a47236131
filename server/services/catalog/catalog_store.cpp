#include "server/services/catalog/catalog_store.h"

#include "server/db/record.h"

namespace catalog_store {

namespace {

    const RecordInsert<SkillRow> insertSkills { "catalog.insertSkills",
                                                "catalog.skill",
                                                "on conflict (id) do update set name = excluded.name" };
    const RecordInsert<CategoryRow> insertCategories { "catalog.insertCategories",
                                                       "catalog.category",
                                                       "on conflict (id) do update set name = excluded.name, "
                                                       "skill = excluded.skill, minutes = excluded.minutes" };
    const RecordInsert<ProductRow> insertProducts { "catalog.insertProducts",
                                                    "catalog.product",
                                                    "on conflict (sku) do update set name = excluded.name, "
                                                    "maker = excluded.maker, category = excluded.category" };
    // A plan that is on sale keeps its terms: what customers hold must not change under them.
    const RecordInsert<PlanRow> insertPlans { "catalog.insertPlans",
                                              "catalog.plan",
                                              "on conflict (slug) do nothing" };
    const RecordInsert<SubscriptionRow> insertSubscription { "catalog.insertSubscription",
                                                             "catalog.subscription",
                                                             "on conflict do nothing" };

    const Statement productsSql { "catalog.products", R"sql(
    select p.id, p.sku, p.name, p.maker, p.category, c.name as category_name, c.skill, c.minutes
    from catalog.product p join catalog.category c on c.id = p.category
)sql" };

    const Statement plansSql { "catalog.plans", "select * from catalog.plan order by place" };

    const Statement subscriptionsSql { "catalog.subscriptions", R"sql(
    select * from catalog.subscription where customer_id = $1 order by id desc limit 200
)sql" };

    const Statement lockSql { "catalog.lockSubscription",
                              "select * from catalog.subscription where id = $1 for update" };

    const Statement cancelSql { "catalog.cancelSubscription", R"sql(
    update catalog.subscription set state = 'cancelled', cancelled_at = $2, version = version + 1 where id = $1
)sql" };

    api::Plan toPlan(const PlanRow &row)
    {
        return {
            .id = row.id,
            .name = row.name,
            .description = row.description,
            .price = { row.priceMinor, row.currency },
            .period = row.period,
            .categories = row.categories,
            .visitsPerYear = row.visitsPerYear,
            .sla
            = { row.assignMinutes, row.acceptMinutes, row.arriveMinutes, row.resolveMinutes, row.counting },
            .priority = row.priority,
        };
    }

} // namespace

Result<void> load(Session &session, const CatalogContent &content)
{
    TRY(insertSkills.run(session, content.skills));
    TRY(insertCategories.run(session, content.categories));
    TRY(insertProducts.run(session, content.products));
    TRY(insertPlans.run(session, content.plans));
    return {};
}

Result<std::shared_ptr<const Catalog>> snapshot(Session &session)
{
    const QList<api::Product> products = TRY(session.many<api::Product>(productsSql));
    QList<api::Plan> plans;
    for (const PlanRow &row : TRY(session.many<PlanRow>(plansSql)))
        plans.append(toPlan(row));
    return std::make_shared<const Catalog>(products, plans);
}

Result<bool> insert(Session &session, const SubscriptionRow &row)
{
    return TRY(insertSubscription.run(session, { row })) == 1;
}

Result<QList<SubscriptionRow>> subscriptions(Session &session, api::AccountId customer)
{
    return session.many<SubscriptionRow>(subscriptionsSql, customer);
}

Result<std::optional<SubscriptionRow>> lock(Session &session, api::SubscriptionId id)
{
    return session.maybe<SubscriptionRow>(lockSql, id);
}

Result<void> cancel(Session &session, api::SubscriptionId id, Instant at)
{
    TRY(session.exec(cancelSql, id, at));
    return {};
}

} // namespace catalog_store

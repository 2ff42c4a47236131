#include "server/services/catalog/catalog_store.h"

#include "server/db/record.h"

namespace catalog_store {

namespace {

    struct PlanHeadRow
    {
        api::PlanId id;
        QString slug;
        QString currency;
        api::Period period = api::Period::month;
        int place = 0;
        bool isOnSale = true;
    };
    BOOST_DESCRIBE_STRUCT(PlanHeadRow, (), (id, slug, currency, period, place, isOnSale))

    struct PlanVersionRow
    {
        api::PlanId planId;
        int version = 1;
        Instant fromAt;
        QString name;
        QString description;
        qint64 priceMinor = 0;
        QList<QString> categories;
        int visitsPerYear = 0;
        int assignMinutes = 0;
        int acceptMinutes = 0;
        int arriveMinutes = 0;
        int resolveMinutes = 0;
        api::SlaCounting counting = api::SlaCounting::workingTime;
        api::Priority priority = api::Priority::normal;
        std::optional<api::AccountId> madeBy;
        QString madeByName;
        Instant madeAt;
    };
    BOOST_DESCRIBE_STRUCT(
        PlanVersionRow,
        (),
        (planId,
         version,
         fromAt,
         name,
         description,
         priceMinor,
         categories,
         visitsPerYear,
         assignMinutes,
         acceptMinutes,
         arriveMinutes,
         resolveMinutes,
         counting,
         priority,
         madeBy,
         madeByName,
         madeAt)
    )

    struct SubscribersRow
    {
        api::PlanId planId;
        qint64 count = 0;
    };
    BOOST_DESCRIBE_STRUCT(SubscribersRow, (), (planId, count))

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
                                                    "maker = excluded.maker, category = excluded.category "
                                                    "where product.version = 1" };
    const RecordInsert<ProductRow> insertProduct { "catalog.insertProduct",
                                                   "catalog.product",
                                                   "on conflict (sku) do nothing" };
    const Statement lockProduct { "catalog.lockProduct", R"sql(
    select p.id, p.sku, p.name, p.maker, p.category, c.name as category_name, c.skill, c.minutes,
        p.is_withdrawn, p.version
    from catalog.product p join catalog.category c on c.id = p.category
    where p.id = $1 for update of p
)sql" };
    const Statement saveProduct { "catalog.saveProduct", R"sql(
    update catalog.product
    set name = $2, maker = $3, category = $4, is_withdrawn = $5, version = version + 1 where id = $1
)sql" };
    // Held until the transaction ends: who adds plans knows all that there are.
    const Statement lockPlans { "catalog.lockPlans", R"sql(
    select pg_advisory_xact_lock(hashtext('catalog.plan'))
)sql" };
    const Statement slugsSql { "catalog.slugs", "select slug from catalog.plan" };
    const Statement nextPlace { "catalog.nextPlace", "select coalesce(max(place) + 1, 0) from catalog.plan" };
    const RecordInsert<PlanHeadRow> insertPlans { "catalog.insertPlans", "catalog.plan" };
    const RecordInsert<PlanVersionRow> insertVersions { "catalog.insertVersions", "catalog.plan_version" };
    const Statement raiseVersion { "catalog.raiseVersion", R"sql(
    update catalog.plan set version = $2 where id = $1 and version = $2 - 1
)sql" };
    const Statement withdrawSql { "catalog.withdraw", R"sql(
    update catalog.plan set is_on_sale = false where id = $1 and is_on_sale
)sql" };

    const Statement productsSql { "catalog.products", R"sql(
    select p.id, p.sku, p.name, p.maker, p.category, c.name as category_name, c.skill, c.minutes,
        p.is_withdrawn, p.version
    from catalog.product p join catalog.category c on c.id = p.category
)sql" };
    const Statement categoriesSql { "catalog.categories", "select id from catalog.category" };
    const Statement listCategories { "catalog.listCategories",
                                     "select id, name, skill, minutes from catalog.category order by name" };
    const Statement plansSql { "catalog.plans", "select * from catalog.plan order by place, id" };
    const Statement versionsSql { "catalog.planVersions",
                                  "select * from catalog.plan_version order by plan_id, version" };
    const Statement subscribersSql { "catalog.subscribers", R"sql(
    select plan_id, count(*) from catalog.subscription where state <> 'cancelled' group by plan_id
)sql" };

    PlanHeadRow headOf(const PlanRow &plan)
    {
        return { plan.id, plan.slug, plan.currency, plan.period, plan.place, true };
    }

    PlanVersionRow versionOf(const PlanRow &plan, const VersionMark &mark)
    {
        return {
            .planId = plan.id,
            .version = mark.version,
            .fromAt = mark.fromAt,
            .name = plan.name,
            .description = plan.description,
            .priceMinor = plan.priceMinor,
            .categories = plan.categories,
            .visitsPerYear = plan.visitsPerYear,
            .assignMinutes = plan.assignMinutes,
            .acceptMinutes = plan.acceptMinutes,
            .arriveMinutes = plan.arriveMinutes,
            .resolveMinutes = plan.resolveMinutes,
            .counting = plan.counting,
            .priority = plan.priority,
            .madeBy = mark.madeBy,
            .madeByName = mark.madeByName,
            .madeAt = mark.madeAt,
        };
    }

    api::PlanVersion toVersion(const PlanVersionRow &row, const PlanHeadRow &plan)
    {
        const api::Plan terms {
            .id = row.planId,
            .version = row.version,
            .name = row.name,
            .description = row.description,
            .price = { row.priceMinor, plan.currency },
            .period = plan.period,
            .categories = row.categories,
            .visitsPerYear = row.visitsPerYear,
            .sla
            = { row.assignMinutes, row.acceptMinutes, row.arriveMinutes, row.resolveMinutes, row.counting },
            .priority = row.priority,
        };
        return { terms, row.fromAt, row.madeBy, row.madeByName, row.madeAt };
    }

} // namespace

Result<void> load(Session &session, const CatalogContent &content, Instant at)
{
    TRY(insertSkills.run(session, content.skills));
    TRY(insertCategories.run(session, content.categories));
    TRY(insertProducts.run(session, content.products));
    TRY(session.exec(lockPlans));
    const QList<QString> known = TRY(session.many<QString>(slugsSql));
    QList<PlanHeadRow> heads;
    QList<PlanVersionRow> versions;
    for (const PlanRow &plan : content.plans) {
        if (known.contains(plan.slug))
            continue;
        heads.append(headOf(plan));
        versions.append(versionOf(plan, { 1, at, {}, {}, at }));
    }
    TRY(insertPlans.run(session, heads));
    TRY(insertVersions.run(session, versions));
    return {};
}

Result<std::shared_ptr<const Catalog>> snapshot(Session &session)
{
    const QList<api::Product> products = TRY(session.many<api::Product>(productsSql));
    const QList<QString> categories = TRY(session.many<QString>(categoriesSql));
    QHash<api::PlanId, QList<PlanVersionRow>> versions;
    for (const PlanVersionRow &row : TRY(session.many<PlanVersionRow>(versionsSql)))
        versions[row.planId].append(row);
    QList<SoldPlan> plans;
    for (const PlanHeadRow &head : TRY(session.many<PlanHeadRow>(plansSql))) {
        plans.append({ head.id, head.slug, head.isOnSale, {} });
        for (const PlanVersionRow &row : versions.value(head.id))
            plans.last().versions.append(toVersion(row, head));
    }
    return std::make_shared<const Catalog>(products, categories, plans);
}

Result<QList<api::Category>> categories(Session &session)
{
    return session.many<api::Category>(listCategories);
}

Result<bool> add(Session &session, const ProductRow &product)
{
    return TRY(insertProduct.run(session, { product })) == 1;
}

Result<std::optional<api::Product>> lock(Session &session, api::ProductId id)
{
    return session.maybe<api::Product>(lockProduct, id);
}

Result<void> save(Session &session, const api::Product &product)
{
    TRY(session.exec(
        saveProduct, product.id, product.name, product.maker, product.category, product.isWithdrawn
    ));
    return {};
}

Result<api::Product> fetch(Session &session, api::ProductId id)
{
    return session.one<api::Product>(lockProduct, id);
}

Result<bool> add(Session &session, PlanRow plan, const VersionMark &mark)
{
    TRY(session.exec(lockPlans));
    if (TRY(session.many<QString>(slugsSql)).contains(plan.slug))
        return false;
    plan.place = TRY(session.one<int>(nextPlace));
    TRY(insertPlans.run(session, { headOf(plan) }));
    TRY(insertVersions.run(session, { versionOf(plan, mark) }));
    return true;
}

Result<bool> addVersion(Session &session, const PlanRow &plan, const VersionMark &mark)
{
    if (TRY(session.exec(raiseVersion, plan.id, mark.version)) == 0)
        return false;
    TRY(insertVersions.run(session, { versionOf(plan, mark) }));
    return true;
}

Result<bool> withdraw(Session &session, api::PlanId plan)
{
    return TRY(session.exec(withdrawSql, plan)) == 1;
}

Result<QHash<api::PlanId, qint64>> subscribers(Session &session)
{
    QHash<api::PlanId, qint64> counts;
    for (const SubscribersRow &row : TRY(session.many<SubscribersRow>(subscribersSql)))
        counts.insert(row.planId, row.count);
    return counts;
}

} // namespace catalog_store

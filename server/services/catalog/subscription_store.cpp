#include "server/services/catalog/subscription_store.h"

#include "server/db/record.h"

namespace subscription_store {

namespace {

    const RecordInsert<SubscriptionRow> insertSql { "catalog.insertSubscription",
                                                    "catalog.subscription",
                                                    "on conflict do nothing" };
    const Statement listSql { "catalog.subscriptions", R"sql(
    select * from catalog.subscription where customer_id = $1 order by id desc limit 200
)sql" };
    const Statement findSql { "catalog.findSubscription",
                              "select * from catalog.subscription where id = $1" };
    const Statement lockSql { "catalog.lockSubscription",
                              "select * from catalog.subscription where id = $1 for update" };
    const Statement holdsSql { "catalog.holds", R"sql(
    select exists (
        select from catalog.subscription where customer_id = $1 and plan_id = $2 and state <> 'cancelled'
    )
)sql" };
    const Statement renewalsSql { "catalog.renewals", R"sql(
    select period_until as at, dates->>'zone' as zone, count(*)
    from catalog.subscription
    where (plan_id = $1 and at_period_end = 'renew' or next_plan_id = $1)
        and state = 'active' and period_until is not null
    group by period_until, dates->>'zone'
    order by period_until, dates->>'zone'
)sql" };
    const Statement saveSql { "catalog.saveSubscription", R"sql(
    update catalog.subscription set plan_id = $2, plan_version = $3, state = $4, cancelled_at = $5, periods = $6,
        dates = $7, period_from = $8, period_until = $9, at_period_end = $10, next_plan_id = $11,
        is_overdue = $12, version = $13
    where id = $1
)sql" };

} // namespace

Result<bool> insert(Session &session, const SubscriptionRow &row)
{
    return TRY(insertSql.run(session, { row })) == 1;
}

Result<QList<SubscriptionRow>> list(Session &session, api::AccountId customer)
{
    return session.many<SubscriptionRow>(listSql, customer);
}

Result<std::optional<SubscriptionRow>> find(Session &session, api::SubscriptionId id)
{
    return session.maybe<SubscriptionRow>(findSql, id);
}

Result<std::optional<SubscriptionRow>> lock(Session &session, api::SubscriptionId id)
{
    return session.maybe<SubscriptionRow>(lockSql, id);
}

Result<bool> holds(Session &session, api::AccountId customer, api::PlanId plan)
{
    return session.one<bool>(holdsSql, customer, plan);
}

Result<QList<RenewalRow>> renewals(Session &session, api::PlanId plan)
{
    return session.many<RenewalRow>(renewalsSql, plan);
}

Result<void> save(Session &session, SubscriptionRow &row)
{
    ++row.version;
    TRY(session.exec(
        saveSql,
        row.id,
        row.planId,
        row.planVersion,
        row.state,
        row.cancelledAt,
        row.periods,
        row.dates,
        row.periodFrom,
        row.periodUntil,
        row.atPeriodEnd,
        row.nextPlanId,
        row.isOverdue,
        row.version
    ));
    return {};
}

} // namespace subscription_store

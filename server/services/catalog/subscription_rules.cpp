#include "server/services/catalog/subscription_rules.h"

#include "server/services/catalog/plan_rules.h"

namespace subscription_rules {

PeriodBegun goOn(SubscriptionRow &row, const api::Plan &plan, Instant from)
{
    row.planVersion = plan.version;
    row.periodFrom = from;
    row.periodUntil = nextOccurrence(*row.dates, from);
    ++row.periods;
    return {
        .subscriptionId = row.id,
        .customerId = row.customerId,
        .number = row.periods,
        .at = from,
        .bought = { plan.name, plan.price, from, *row.periodUntil },
        .unused = {},
        .zone = row.dates->zone,
        .isPurchase = row.state == api::SubscriptionState::pending,
    };
}

PeriodBegun upgradeTo(SubscriptionRow &row, const api::Plan &before, const api::Plan &wanted, Instant now)
{
    const PlanSpan unused { before.name, before.price, *row.periodFrom, *row.periodUntil };
    const bool isSameLength = wanted.period == before.period;
    if (!isSameLength)
        row.dates = plan_rules::billingDates(now, wanted.period, row.dates->zone);
    PeriodBegun period = goOn(row, wanted, isSameLength ? unused.from : now);
    if (isSameLength)
        row.periodUntil = period.bought.until = unused.until;
    period.at = now;
    period.unused = unused;
    row.planId = wanted.id;
    return period;
}

PeriodBegun turnTo(SubscriptionRow &row, const api::Plan &before, const api::Plan &plan)
{
    const Instant from = *row.periodUntil;
    if (plan.period != before.period)
        row.dates = plan_rules::billingDates(*row.dates, from, plan.period);
    return goOn(row, plan, from);
}

} // namespace subscription_rules

#include "server/services/billing/plan_preview.h"

#include "server/services/billing/billing_rules.h"
#include "server/services/billing/billing_store.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/plan_rules.h"
#include "server/services/catalog/subscription_rules.h"

#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace {

// A subscription that nobody holds, bought at `start`.
SubscriptionRow invented(const api::Plan &plan, Instant start, const QString &zone)
{
    SubscriptionRow row {};
    row.state = api::SubscriptionState::active;
    row.startedAt = start;
    row.planId = plan.id;
    row.dates = plan_rules::billingDates(start, plan.period, zone);
    return row;
}

api::BillPreview purchase(const api::Plan &plan, Instant at, const QString &zone, int taxBasisPoints)
{
    SubscriptionRow row = invented(plan, at, zone);
    return billing_rules::bill(subscription_rules::goOn(row, plan, at), taxBasisPoints);
}

struct Move
{
    const api::Plan &before;
    const api::Plan &wanted;
    Instant begun; // the plan of before
    Instant now;
};

PeriodBegun change(const Move &move, const QString &zone)
{
    SubscriptionRow row = invented(move.before, move.begun, zone);
    PeriodBegun period = subscription_rules::goOn(row, move.before, move.begun);
    while (*row.periodUntil <= move.now)
        period = subscription_rules::turnTo(row, move.before, move.before);
    if (plan_rules::isUpgrade(move.before, move.wanted))
        return subscription_rules::upgradeTo(row, move.before, move.wanted, move.now);
    return subscription_rules::turnTo(row, move.before, move.wanted);
}

QString monthOf(const RenewalRow &row)
{
    const QTimeZone zone(row.zone.toLatin1());
    return toDateTime(row.at).toTimeZone(zone.isValid() ? zone : QTimeZone::utc()).toString(u"yyyy-MM"_s);
}

} // namespace

PlanPreview::PlanPreview(
    const CatalogService &catalog, const Clock &clock, RenewalsOf renewalsOf, ZoneOf zoneOf
)
    : m_catalog(catalog)
    , m_clock(clock)
    , m_renewalsOf(std::move(renewalsOf))
    , m_zoneOf(std::move(zoneOf))
{
}

Result<api::PlanPreview> PlanPreview::preview(Session &session, const api::PlanPreviewQuery &query) const
{
    const auto catalog = TRY(m_catalog.ready());
    const Instant from = query.from.value_or(m_clock.now());
    if (from < m_clock.now())
        return fail(Problem::invalid(u"/from"_s, u"is over"_s));
    api::PlanVersion terms { {}, from, {}, {}, {} };
    terms.plan.name = query.name.toString();
    terms.plan.price = { query.priceMinor.value, Money().currency };
    terms.plan.period = query.period;
    if (query.planId) {
        const SoldPlan *plan = catalog->find(*query.planId);
        if (!plan)
            return fail(Problem::invalid(u"/planId"_s, u"is not a plan"_s));
        terms.plan.id = plan->id;
        terms.plan.version = plan->newest().version + 1;
        terms.plan.period = plan->newest().period;
    }
    const QString zone = query.zip ? m_zoneOf(*query.zip) : u"UTC"_s;
    const int rate = TRY(billing_store::taxRate(session, query.usState.toString().toUpper(), from));
    api::PlanPreview preview { .from = from,
                               .purchase = purchase(terms.plan, from, zone, rate),
                               .change = {},
                               .isAtOnce = false,
                               .renewals = TRY(renewals(query, terms, rate)) };
    if (query.before) {
        const SoldPlan *sold = catalog->find(*query.before);
        if (!sold || query.before == query.planId)
            return fail(Problem::invalid(u"/before"_s, u"is not another plan"_s));
        const Instant begun = from - std::chrono::hours(24) * query.usedDays.value;
        const api::Plan before = sold->at(begun);
        preview.change = billing_rules::bill(change({ before, terms.plan, begun, from }, zone), rate);
        preview.isAtOnce = plan_rules::isUpgrade(before, terms.plan);
    }
    return preview;
}

Result<QList<api::RenewalMonth>> PlanPreview::renewals(
    const api::PlanPreviewQuery &query, const api::PlanVersion &terms, int taxBasisPoints
) const
{
    QList<api::RenewalMonth> months;
    if (!query.planId)
        return months;
    SoldPlan plan = *TRY(m_catalog.ready())->find(*query.planId);
    plan.versions.append(terms);
    for (const RenewalRow &row : TRY(m_renewalsOf(*query.planId))) {
        const api::Plan &then = plan.at(row.at);
        const QString month = monthOf(row);
        const auto known = std::ranges::find_if(months, [&](const api::RenewalMonth &each) {
            return each.month == month && each.version == then.version;
        });
        if (known != months.end()) {
            known->count += row.count;
            continue;
        }
        const api::BillPreview bill = purchase(then, row.at, row.zone, taxBasisPoints);
        months.append(
            { month, row.count, then.version, then.version == terms.plan.version, bill.net, bill.total }
        );
    }
    std::ranges::stable_sort(months, [](const api::RenewalMonth &a, const api::RenewalMonth &b) {
        return std::tie(a.month, a.version) < std::tie(b.month, b.version);
    });
    return months;
}

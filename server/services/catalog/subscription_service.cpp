#include "server/services/catalog/subscription_service.h"

#include "server/db/database.h"
#include "server/events/consumer.h"
#include "server/events/outbox.h"
#include "server/services/billing/billing_events.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/plan_rules.h"
#include "server/services/catalog/subscription_rules.h"

using namespace Qt::StringLiterals;
using namespace subscription_rules;

namespace {

constexpr const char *role = "squad_catalog";

void renew(SubscriptionRow &row)
{
    row.atPeriodEnd = api::AtPeriodEnd::renew;
    row.nextPlanId.reset();
}

Result<SubscriptionRow> own(const Caller &by, const std::optional<SubscriptionRow> &row)
{
    if (!row || row->customerId != by.account)
        return fail(Problem::notFound(u"There is no such plan of yours."_s));
    return *row;
}

Problem held()
{
    return Problem::conflict(u"subscription.held"_s, u"You hold this plan already."_s);
}

Problem overdue()
{
    return Problem::conflict(
        u"subscription.overdue"_s, u"A bill of this plan is not paid. Pay it first, then change the plan."_s
    );
}

} // namespace

struct SubscriptionService::Move
{
    Session &session;
    SubscriptionRow row;
    QString traceId;

    template <class E>
    Result<void> tell(const E &event)
    {
        return Outbox::publish(session, row.customerId.toString(), event, traceId);
    }
    Result<void> save() { return subscription_store::save(session, row); }
};

SubscriptionService::SubscriptionService(
    Database &database, const CatalogService &catalog, const Clock &clock, Sales sales
)
    : m_database(database)
    , m_catalog(catalog)
    , m_clock(clock)
    , m_sales(std::move(sales))
{
}

std::shared_ptr<const Consumer> SubscriptionService::consumer()
{
    auto consumer = std::make_shared<Consumer>(u"catalog"_s, role);
    consumer->onType(u"timer.fired.catalog"_s, [this](Session &session, const Event &event) -> Result<void> {
        return wake(session, TRY(json::fromJson<TimerFired>(event.payload)), event.traceId);
    });
    consumer->on<InvoicePaid>(
        [this](Session &session, const Event &event, const InvoicePaid &paid) -> Result<void> {
            const auto row = TRY(subscription_store::lock(session, paid.invoice.subscriptionId));
            if (!row || row->state != api::SubscriptionState::pending)
                return {};
            Move move { session, *row, event.traceId };
            move.row.state = api::SubscriptionState::active;
            TRY(move.save());
            TRY(tellCovers(move));
            return setTimer(move);
        }
    );
    consumer->on<StandingChanged>(
        [](Session &session, const Event &, const StandingChanged &change) -> Result<void> {
            auto row = TRY(subscription_store::lock(session, change.invoice.subscriptionId));
            const bool isOverdue = change.standing != Standing::good;
            if (!row || row->isOverdue == isOverdue)
                return {};
            row->isOverdue = isOverdue;
            return subscription_store::save(session, *row);
        }
    );
    consumer->on<EndSubscription>(
        [this](Session &session, const Event &event, const EndSubscription &command) -> Result<void> {
            const auto row = TRY(subscription_store::lock(session, command.subscriptionId));
            if (!row || row->state == api::SubscriptionState::cancelled)
                return {};
            Move move { session, *row, event.traceId };
            return end(move);
        }
    );
    return consumer;
}

// Buying ---------------------------------------------------------------------

Result<api::Subscription>
SubscriptionService::subscribe(Session &session, const Caller &by, api::PlanId plan) const
{
    const auto bought = TRY(order(session, by.account, plan, m_sales.isCharged, by.requestId));
    return bought ? Result<api::Subscription>(*bought) : fail(held());
}

Result<bool> SubscriptionService::activate(api::AccountId customer, api::PlanId plan) const
{
    return m_database.transact(role, [&](Session &session) -> Result<bool> {
        return TRY(order(session, customer, plan, false, {})).has_value();
    });
}

Result<std::optional<api::Subscription>> SubscriptionService::order(
    Session &session, api::AccountId customer, api::PlanId id, bool waits, const QString &traceId
) const
{
    const auto entry = sold(id);
    if (!entry || !entry->isOnSale)
        return fail(Problem::invalid(u"/planId"_s, u"is not a plan on sale"_s));
    const Instant now = m_clock.now();
    const api::Plan plan = entry->at(now);
    SubscriptionRow row {
        .id = api::SubscriptionId::make(),
        .customerId = customer,
        .planId = id,
        .planVersion = plan.version,
        .state = waits ? api::SubscriptionState::pending : api::SubscriptionState::active,
        .startedAt = now,
        .cancelledAt = {},
        .dates = {},
        .periodFrom = {},
        .periodUntil = {},
        .nextPlanId = {},
    };
    std::optional<PeriodBegun> period;
    if (m_sales.isCharged) {
        row.dates = plan_rules::billingDates(now, plan.period, TRY(m_sales.zoneOf(customer)));
        period = goOn(row, plan, now);
    }
    if (!TRY(subscription_store::insert(session, row)))
        return std::optional<api::Subscription>();
    Move move { session, row, traceId };
    if (waits) {
        TRY(move.tell(SubscriptionOrdered { row.id, customer }));
    } else {
        TRY(tellCovers(move));
        TRY(setTimer(move));
    }
    if (period)
        TRY(move.tell(*period));
    return std::optional(TRY(toSubscription(row)));
}

Result<void> SubscriptionService::tellCovers(Move &move) const
{
    const api::Plan plan = TRY(planOf(move.row));
    return move.tell(SubscriptionActivated { move.row.id,
                                             move.row.customerId,
                                             plan.id,
                                             plan.categories,
                                             plan.priority,
                                             plan.sla,
                                             plan.visitsPerYear });
}

Result<void> SubscriptionService::setTimer(Move &move) const
{
    if (!move.row.periodUntil)
        return {};
    return move.tell(SetTimer {
        QLatin1String(timerOwner), move.row.id.toString(), *move.row.periodUntil, {}, {} });
}

// Changing -------------------------------------------------------------------

Result<api::Subscription> SubscriptionService::change(
    Session &session, const Caller &by, api::SubscriptionId id, const api::SubscriptionChange &wanted
) const
{
    Move move { session, TRY(own(by, TRY(subscription_store::lock(session, id)))), by.requestId };
    if (by.ifMatch && *by.ifMatch != move.row.version)
        return fail({ ProblemKind::stale, u"This plan has changed since you looked."_s, {}, {}, {} });
    if (wanted.planId.has_value() == wanted.atPeriodEnd.has_value())
        return fail(Problem::invalid(u"/"_s, u"must say either planId or atPeriodEnd"_s));
    if (move.row.state == api::SubscriptionState::cancelled)
        return fail(Problem::conflict(u"subscription.cancelled"_s, u"This plan is cancelled already."_s));
    if (wanted.planId)
        TRY(take(move, *wanted.planId));
    else
        TRY(decide(move, *wanted.atPeriodEnd));
    return toSubscription(move.row);
}

Result<void> SubscriptionService::decide(Move &move, api::AtPeriodEnd wanted) const
{
    using enum api::AtPeriodEnd;
    const bool isPaused = move.row.state == api::SubscriptionState::paused;
    const bool isPending = move.row.state == api::SubscriptionState::pending;
    if (wanted == change)
        return fail(Problem::invalid(u"/planId"_s, u"must name the plan to change to"_s));
    // What is not paid has no end to wait for.
    const bool endsNow = isPaused || isPending || !move.row.periodUntil;
    if (wanted == cancel && endsNow)
        return end(move);
    if (isPending)
        return fail(
            Problem::conflict(u"subscription.pending"_s, u"This plan begins when its first bill is paid."_s)
        );
    if (isPaused)
        return wanted == renew ? resume(move) : Result<void>();
    if (wanted == pause && endsNow)
        return this->pause(move);
    ::renew(move.row);
    move.row.atPeriodEnd = wanted;
    return move.save();
}

Result<void> SubscriptionService::take(Move &move, api::PlanId wanted) const
{
    const api::Quote quoted = TRY(quote(move.row, wanted));
    if (move.row.isOverdue)
        return fail(overdue());
    if (TRY(subscription_store::holds(move.session, move.row.customerId, wanted)))
        return fail(held());
    if (move.row.periodUntil && quoted.from == *move.row.periodUntil) {
        move.row.atPeriodEnd = api::AtPeriodEnd::change;
        move.row.nextPlanId = wanted;
        return move.save();
    }
    return upgrade(move, quoted.plan);
}

Result<void> SubscriptionService::upgrade(Move &move, const api::Plan &wanted) const
{
    SubscriptionRow &row = move.row;
    const api::Plan before = TRY(planOf(row));
    std::optional<PeriodBegun> period;
    if (row.periodUntil)
        period = upgradeTo(row, before, wanted, m_clock.now());
    row.planId = wanted.id;
    row.planVersion = wanted.version;
    renew(row);
    TRY(move.save());
    TRY(tellCovers(move));
    TRY(setTimer(move));
    return period ? move.tell(*period) : Result<void>();
}

Result<api::Quote>
SubscriptionService::quote(Session &session, const Caller &by, const api::QuoteQuery &query) const
{
    return quote(TRY(own(by, TRY(subscription_store::find(session, query.id)))), query.planId);
}

Result<api::Quote> SubscriptionService::quote(SubscriptionRow row, api::PlanId wanted) const
{
    if (row.state != api::SubscriptionState::active)
        return fail(Problem::conflict(
            u"subscription.inactive"_s, u"Only a plan that is active can be changed to another one."_s
        ));
    const auto entry = sold(wanted);
    if (!entry || !entry->isOnSale || wanted == row.planId)
        return fail(Problem::invalid(u"/planId"_s, u"is not another plan on sale"_s));
    const Instant now = m_clock.now();
    const api::Plan plan = entry->at(now);
    const api::Plan before = TRY(planOf(row));
    if (!row.periodUntil)
        return api::Quote { plan, now, { 0, plan.price.currency } };
    if (!plan_rules::isUpgrade(before, plan))
        return api::Quote { entry->at(*row.periodUntil), *row.periodUntil, { 0, plan.price.currency } };
    const PeriodBegun period = upgradeTo(row, before, plan, now);
    return api::Quote { plan,
                        now,
                        { plan_rules::due(period.bought, period.unused, now), plan.price.currency } };
}

Result<void> SubscriptionService::pause(Move &move) const
{
    SubscriptionRow &row = move.row;
    row.state = api::SubscriptionState::paused;
    row.periodFrom.reset();
    row.periodUntil.reset();
    renew(row);
    TRY(move.save());
    return move.tell(SubscriptionPaused { row.id, row.customerId });
}

Result<void> SubscriptionService::resume(Move &move) const
{
    SubscriptionRow &row = move.row;
    if (row.isOverdue)
        return fail(overdue());
    const Instant now = m_clock.now();
    const api::Plan plan = TRY(sold(row.planId)).at(now);
    std::optional<PeriodBegun> period;
    row.state = api::SubscriptionState::active;
    row.planVersion = plan.version;
    if (row.dates) {
        row.dates = plan_rules::billingDates(now, plan.period, row.dates->zone);
        period = goOn(row, plan, now);
    }
    TRY(move.save());
    TRY(tellCovers(move));
    TRY(setTimer(move));
    return period ? move.tell(*period) : Result<void>();
}

Result<void> SubscriptionService::end(Move &move) const
{
    SubscriptionRow &row = move.row;
    row.state = api::SubscriptionState::cancelled;
    row.cancelledAt = m_clock.now();
    renew(row);
    TRY(move.save());
    if (row.periodUntil)
        TRY(move.tell(CancelTimer { QLatin1String(timerOwner), row.id.toString() }));
    return move.tell(SubscriptionCancelled { row.id, row.customerId });
}

// From period to period ------------------------------------------------------

Result<void>
SubscriptionService::wake(Session &session, const TimerFired &fired, const QString &traceId) const
{
    const auto id = api::SubscriptionId::parse(fired.key);
    if (!id)
        return {};
    const auto row = TRY(subscription_store::lock(session, *id));
    // A firing that was overtaken, or told twice.
    if (!row || row->state != api::SubscriptionState::active || row->periodUntil != fired.dueAt)
        return {};
    Move move { session, *row, traceId };
    return turn(move);
}

Result<void> SubscriptionService::turn(Move &move) const
{
    SubscriptionRow &row = move.row;
    if (row.atPeriodEnd == api::AtPeriodEnd::cancel)
        return end(move);
    if (row.atPeriodEnd == api::AtPeriodEnd::pause)
        return pause(move);
    const Instant from = *row.periodUntil;
    const api::Plan before = TRY(planOf(row));
    // The other plan may have been bought since; two of one kind cannot be held.
    if (row.nextPlanId && !TRY(subscription_store::holds(move.session, row.customerId, *row.nextPlanId)))
        row.planId = *row.nextPlanId;
    const api::Plan plan = TRY(sold(row.planId)).at(from);
    const PeriodBegun period = turnTo(row, before, plan);
    renew(row);
    TRY(move.save());
    if (plan.id != before.id || plan.version != before.version)
        TRY(tellCovers(move));
    TRY(setTimer(move));
    return move.tell(period);
}

// Answering ------------------------------------------------------------------

Result<SoldPlan> SubscriptionService::sold(api::PlanId plan) const
{
    const SoldPlan *entry = TRY(m_catalog.ready())->find(plan);
    if (!entry)
        return fail(Problem::notFound(u"There is no such plan."_s));
    return *entry;
}

Result<api::Plan> SubscriptionService::planOf(const SubscriptionRow &row) const
{
    const SoldPlan entry = TRY(sold(row.planId));
    const api::Plan *plan = entry.find(row.planVersion);
    if (!plan) // made on another node a moment ago
        return fail(Problem::unavailable(u"The catalogue is being read again. Please try again."_s));
    return *plan;
}

Result<QList<RenewalRow>> SubscriptionService::renewals(api::PlanId plan) const
{
    return m_database.transact(role, [&](Session &session) {
        return subscription_store::renewals(session, plan);
    });
}

Result<api::Items<api::Subscription>>
SubscriptionService::list(Session &session, api::AccountId customer) const
{
    api::Items<api::Subscription> list;
    for (const SubscriptionRow &row : TRY(subscription_store::list(session, customer)))
        list.items.append(TRY(toSubscription(row)));
    return list;
}

Result<api::Subscription> SubscriptionService::toSubscription(const SubscriptionRow &row) const
{
    const api::Plan plan = TRY(planOf(row));
    api::Subscription subscription {
        .id = row.id,
        .customerId = row.customerId,
        .plan = plan,
        .state = row.state,
        .startedAt = row.startedAt,
        .periodFrom = row.periodFrom,
        .periodUntil = row.periodUntil,
        .atPeriodEnd = row.atPeriodEnd,
        .nextPlan = {},
        .isOverdue = row.isOverdue,
        .version = row.version,
    };
    const bool goesOn = row.atPeriodEnd == api::AtPeriodEnd::renew || row.nextPlanId;
    if (row.periodUntil && goesOn && row.state != api::SubscriptionState::cancelled) {
        const api::Plan next = TRY(sold(row.nextPlanId.value_or(row.planId))).at(*row.periodUntil);
        if (next.id != plan.id || next.version != plan.version)
            subscription.nextPlan = next;
    }
    return subscription;
}

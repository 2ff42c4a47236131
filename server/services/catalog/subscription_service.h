#pragma once

#include "server/http/caller.h"
#include "server/services/catalog/catalog_events.h"
#include "server/services/catalog/catalog_snapshot.h"
#include "server/services/catalog/subscription_store.h"
#include "server/services/timer/timer_events.h"
#include "shared/core/clock.h"

class CatalogService;
class Consumer;
class Database;

// Who holds which plan, from purchase to end.
//
// A plan is held period by period, each paid in advance. A purchase is a saga: the plan is pending until its
// first bill is paid, and then active, or cancelled when it was not paid in time; each step is a transaction
// of its own that an event brings about, so a crash between two leaves a state that the next event continues
// from. The end of a period is a timer; what happens then is in the row, so that it can be taken back until
// that moment.
class SubscriptionService
{
public:
    struct Sales
    {
        // Whether plans are paid for. Otherwise they cover from the moment they are bought, without periods.
        bool isCharged = false;
        std::function<Result<QString>(api::AccountId)> zoneOf {}; // IANA; asked only if plans are paid for
    };

    static constexpr auto timerOwner = "catalog";

    SubscriptionService(Database &database, const CatalogService &catalog, const Clock &clock, Sales sales);

    Result<api::Subscription> subscribe(Session &session, const Caller &by, api::PlanId plan) const;
    Result<api::Items<api::Subscription>> list(Session &session, api::AccountId customer) const;
    Result<api::Quote> quote(Session &session, const Caller &by, const api::QuoteQuery &query) const;
    Result<api::Subscription> change(
        Session &session, const Caller &by, api::SubscriptionId id, const api::SubscriptionChange &wanted
    ) const;

    // When those who hold a plan, or change to it, pay for it next; in a transaction of its own.
    Result<QList<RenewalRow>> renewals(api::PlanId plan) const;

    // A plan that covers from now on, whatever becomes of its first bill; in a transaction of its own. False:
    // the customer holds that plan already.
    Result<bool> activate(api::AccountId customer, api::PlanId plan) const;

    // Begins plans that were paid, ends those that were not, and goes from period to period.
    std::shared_ptr<const Consumer> consumer();

private:
    struct Move; // a subscription in hand

    Result<std::optional<api::Subscription>> order(
        Session &session, api::AccountId customer, api::PlanId id, bool waits, const QString &traceId
    ) const;
    Result<void> decide(Move &move, api::AtPeriodEnd wanted) const;
    Result<void> take(Move &move, api::PlanId wanted) const;
    Result<void> upgrade(Move &move, const api::Plan &wanted) const;
    Result<void> pause(Move &move) const;
    Result<void> resume(Move &move) const;
    Result<void> end(Move &move) const;
    Result<void> turn(Move &move) const;
    Result<void> wake(Session &session, const TimerFired &fired, const QString &traceId) const;
    Result<void> tellCovers(Move &move) const;
    Result<void> setTimer(Move &move) const;

    Result<SoldPlan> sold(api::PlanId plan) const;
    Result<api::Plan> planOf(const SubscriptionRow &row) const;
    Result<api::Quote> quote(SubscriptionRow row, api::PlanId wanted) const;
    Result<api::Subscription> toSubscription(const SubscriptionRow &row) const;

    Database &m_database;
    const CatalogService &m_catalog;
    const Clock &m_clock;
    Sales m_sales;
};

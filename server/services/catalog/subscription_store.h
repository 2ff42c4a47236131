#pragma once

#include "server/db/session.h"
#include "server/services/timer/recurrence.h"

struct SubscriptionRow
{
    api::SubscriptionId id;
    api::AccountId customerId;
    api::PlanId planId;
    int planVersion = 1;
    api::SubscriptionState state = api::SubscriptionState::active;
    Instant startedAt;
    std::optional<Instant> cancelledAt;
    int periods = 0; // how many bills it had
    std::optional<Recurrence> dates; // when its periods begin
    std::optional<Instant> periodFrom; // of the period that is billed
    std::optional<Instant> periodUntil;
    api::AtPeriodEnd atPeriodEnd = api::AtPeriodEnd::renew;
    std::optional<api::PlanId> nextPlanId;
    bool isOverdue = false;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    SubscriptionRow,
    (),
    (id,
     customerId,
     planId,
     planVersion,
     state,
     startedAt,
     cancelledAt,
     periods,
     dates,
     periodFrom,
     periodUntil,
     atPeriodEnd,
     nextPlanId,
     isOverdue,
     version)
)

// So many pay for a plan at that moment.
struct RenewalRow
{
    Instant at;
    QString zone; // they live in
    qint64 count = 0;
};
BOOST_DESCRIBE_STRUCT(RenewalRow, (), (at, zone, count))

// The SQL of catalog.subscription. Nothing else touches it.
namespace subscription_store {

Result<bool>
insert(Session &session, const SubscriptionRow &row); // false: the customer holds that plan already
Result<QList<SubscriptionRow>> list(Session &session, api::AccountId customer);
Result<std::optional<SubscriptionRow>> find(Session &session, api::SubscriptionId id);
Result<std::optional<SubscriptionRow>> lock(Session &session, api::SubscriptionId id);
Result<bool> holds(Session &session, api::AccountId customer, api::PlanId plan);
// Of all who hold the plan and stay with it, or change to it. Bills are written at midnight, so these are few
// moments however many subscriptions there are.
Result<QList<RenewalRow>> renewals(Session &session, api::PlanId plan);
// Writes all that changes, and makes the version one higher.
Result<void> save(Session &session, SubscriptionRow &row);

} // namespace subscription_store

#pragma once

#include "server/services/catalog/catalog_events.h"
#include "server/services/catalog/subscription_store.h"

// How a subscription that is paid for goes from one period to another. Pure, so that what is said of a change
// beforehand is what is done: each moves the row on, and answers what has to be paid for that.
namespace subscription_rules {

// The next period.
[[nodiscard]] PeriodBegun goOn(SubscriptionRow &row, const api::Plan &plan, Instant from);

// A dearer plan that begins now: in the place of what is left of the running period, or for a period of its
// own if that is of another length.
[[nodiscard]] PeriodBegun
upgradeTo(SubscriptionRow &row, const api::Plan &before, const api::Plan &wanted, Instant now);

// The period after the running one has ended, with terms that may be others.
[[nodiscard]] PeriodBegun turnTo(SubscriptionRow &row, const api::Plan &before, const api::Plan &plan);

} // namespace subscription_rules

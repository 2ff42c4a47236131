#pragma once

#include "server/services/catalog/catalog_events.h"
#include "server/services/timer/recurrence.h"

// What a plan costs when: pure, in whole minor units.
namespace plan_rules {

// The part of an amount for [from, until) that falls on [change, until), to the millisecond; half a cent goes
// away from zero. A change before `from` is all of it, one after `until` nothing.
[[nodiscard]] qint64 remainder(qint64 minor, Instant from, Instant until, Instant change);

// What is due at `at`, before tax: the rest of what is bought, less the rest of what is not used.
[[nodiscard]] qint64 due(const PlanSpan &bought, const std::optional<PlanSpan> &unused, Instant at);

// Whether a change is made at once: it costs more for the same period, or pays for a year instead of a month.
// What costs less waits for the end of the period that is paid.
[[nodiscard]] bool isUpgrade(const api::Plan &held, const api::Plan &wanted);

// When the next periods of something bought at `start` begin: at midnight of the same day of the month, or of
// the year, in the customer's zone.
[[nodiscard]] Recurrence billingDates(Instant start, api::Period period, const QString &zone);

// The same for a plan of another period that begins at `start`: the day of the month stays.
[[nodiscard]] Recurrence billingDates(const Recurrence &before, Instant start, api::Period period);

} // namespace plan_rules

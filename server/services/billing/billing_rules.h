#pragma once

#include "server/services/timer/recurrence.h"

// The arithmetic of bills: pure, in whole minor units.
namespace billing_rules {

// Tax on a net amount, in hundredths of a per cent; half a cent goes away from zero.
[[nodiscard]] qint64 taxOn(qint64 netMinor, int basisPoints);

// The part of an amount for [from, until) that falls on [change, until), to the millisecond; half a cent goes
// away from zero. A change before `from` is all of it, one after `until` nothing.
[[nodiscard]] qint64 remainder(qint64 minor, Instant from, Instant until, Instant change);

// When the next periods of something bought at `start` begin: at midnight of the same day of the month, or of
// the year, in the customer's zone.
[[nodiscard]] Recurrence billingDates(Instant start, api::Period period, const QString &zone);

// "Home, Nov 23 to Dec 22, 2026", in the days of the customer's zone.
[[nodiscard]] QString periodText(const QString &planName, Instant from, Instant until, const QString &zone);

} // namespace billing_rules

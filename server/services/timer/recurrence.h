#pragma once

#include "shared/api/catalog.h"
#include "shared/core/instant.h"

// A date that comes back in a place's own time: on day 31 of every month at 09:00 in New York. A day that a
// month does not have falls on its last one. A local time that the clocks skip moves on by what they skip; of
// one that comes twice the first counts.
struct Recurrence
{
    api::Period period = api::Period::month;
    Bounded<1, 12> month; // of each year; every month has its own turn otherwise
    Bounded<1, 31> day;
    Bounded<0, 1439> minute; // of the day
    QString zone; // IANA: "America/New_York"

    bool operator==(const Recurrence &) const = default;
};
BOOST_DESCRIBE_STRUCT(Recurrence, (), (period, month, day, minute, zone))

[[nodiscard]] bool isKnownZone(const QString &zone);

// The first date after `after`. An unknown zone counts as UTC: to fire at the wrong hour, and to say so in
// the log, is better than to stop.
[[nodiscard]] Instant nextOccurrence(const Recurrence &recurrence, Instant after);

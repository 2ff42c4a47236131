#pragma once

#include "shared/api/sla.h"

// A ticket's clocks in the person's language.
namespace words {

[[nodiscard]] QString of(api::SlaClockKind kind); // "Arrival"
[[nodiscard]] QString of(const api::SlaSpan &span); // "Closed for Memorial Day"
// The same with its time: "Weekend", and from when to when on a second line.
[[nodiscard]] QString spoken(const api::SlaSpan &span);
// How a clock stands at `now`: "2 h 10 min left, due today 14:00", "kept", "30 min late".
[[nodiscard]] QString standing(const api::SlaClock &clock, Instant now);

} // namespace words

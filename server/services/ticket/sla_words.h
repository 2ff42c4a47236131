#pragma once

#include "shared/api/sla.h"

// "4 h 30 min"
[[nodiscard]] QString spokenDuration(std::chrono::milliseconds duration);

// How the due time of a clock follows from its spans: "8 h of working time; until then 15 h at night, 2 d at
// the weekend and 1 d Memorial Day do not count." Times are left to whoever shows it in a time zone.
[[nodiscard]] QString explainDue(const api::SlaClock &clock);

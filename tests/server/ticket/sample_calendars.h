#pragma once

#include "shared/api/sla.h"

// Calendars whose hours can be remembered while one works out a deadline by hand.
namespace sample {

// "ny": 9 to 17, Monday to Friday, with the federal holidays. "lunch": 8 to 18 with a break from 12 to 13.
// "saturday": as "ny", and 9 to 13 on Saturdays. "night": 22 to 6, every day. "round": every minute of every
// day, spelled as hours, no holidays. "always": 24/7. "phoenix", "honolulu", "sanjuan", "la", "guam": as
// "ny", elsewhere.
[[nodiscard]] api::CalendarContent calendar(const QString &name);

[[nodiscard]] api::OpenHours hours(int weekday, int fromMinute, int toMinute);
[[nodiscard]] QList<api::Holiday> federalHolidays();

} // namespace sample

#pragma once

#include "shared/api/sla.h"

// Calendars in the person's language.
namespace words {

[[nodiscard]] QString minuteOfDay(int minute); // "08:00"; 1440 is "24:00"
[[nodiscard]] std::optional<int> minuteFromText(const QString &text); // "8", "8:30" and "08:30" are known
[[nodiscard]] QString ordinal(int nth); // "fourth"
// When a holiday is: "fourth Thursday of November", "1 day after …".
[[nodiscard]] QString dayOf(const api::Holiday &holiday);
[[nodiscard]] QString of(api::HolidayRule rule); // as a choice: "The same date every year"
// All of a calendar in a line: "41 h a week, 11 holidays".
[[nodiscard]] QString summary(const api::CalendarContent &calendar);

} // namespace words

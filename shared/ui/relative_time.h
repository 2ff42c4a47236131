#pragma once

#include "shared/core/instant.h"

#include <QString>
#include <QTime>

class QTimeZone;

// A time as a person would say it at `now`: "just now", "5 min ago", "today 14:02", "yesterday 09:30",
// "tomorrow 08:00", "12 Nov 14:02".
[[nodiscard]] QString relativeTime(Instant time, Instant now);
[[nodiscard]] QString relativeTime(Instant time);
// All of it, for a tool tip: "Thursday, 12 November 2026 14:02".
[[nodiscard]] QString absoluteTime(Instant time);
// What the clocks on the wall show at another place: "Thu 12 Nov 14:02".
[[nodiscard]] QString placeTime(Instant time, const QTimeZone &place);
// "14:02" or "2:02 PM", as the computer writes it, without seconds.
[[nodiscard]] QString clockText(QTime time);
// "45 min", "2 h", "1 h 20 min"
[[nodiscard]] QString durationText(int minutes);

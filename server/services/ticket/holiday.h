#pragma once

#include "shared/api/sla.h"

#include <QDate>

// The day on which a holiday is kept in a year, if it has one there: the rule's day, moved by its offset, and
// from a weekend to the nearest weekday where it is observed so. It may lie in a neighbouring year: New
// Year's Day on a Saturday is kept on December 31.
[[nodiscard]] std::optional<QDate> dayKept(const api::Holiday &holiday, int year);

// Western Easter Sunday, by the Gregorian computus.
[[nodiscard]] QDate easterSunday(int year);

// What the rule needs and lacks; `pointer` leads to the holiday.
[[nodiscard]] QList<FieldError> problemsOf(const api::Holiday &holiday, const QString &pointer);

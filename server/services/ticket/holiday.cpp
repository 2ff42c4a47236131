#include "server/services/ticket/holiday.h"

using api::HolidayRule;

namespace {

// The nth such weekday of the month; none if it has fewer.
std::optional<QDate> nthWeekday(QDate first, int weekday, int nth)
{
    const int ahead = (weekday - first.dayOfWeek() + 7) % 7;
    const QDate day = first.addDays(ahead + 7 * (nth - 1));
    return day.month() == first.month() ? std::optional(day) : std::nullopt;
}

QDate lastWeekday(QDate first, int weekday)
{
    const QDate last = first.addMonths(1).addDays(-1);
    return last.addDays(-((last.dayOfWeek() - weekday + 7) % 7));
}

std::optional<QDate> dayByRule(const api::Holiday &holiday, int year)
{
    const QDate first(year, holiday.month ? holiday.month->value : 1, 1);
    switch (holiday.rule) {
    case HolidayRule::fixedDate: {
        const QDate day(year, first.month(), holiday.day ? holiday.day->value : 1);
        return day.isValid() ? std::optional(day) : std::nullopt; // February 29 comes every four years
    }
    case HolidayRule::nthWeekday:
        return nthWeekday(
            first, holiday.weekday ? holiday.weekday->value : 1, holiday.nth ? holiday.nth->value : 1
        );
    case HolidayRule::lastWeekday:
        return lastWeekday(first, holiday.weekday ? holiday.weekday->value : 1);
    case HolidayRule::easter:
        return easterSunday(year);
    case HolidayRule::date: {
        const QString text = holiday.date ? holiday.date->toString() : QString();
        const QDate day = QDate::fromString(text, Qt::ISODate);
        return day.isValid() && day.year() == year ? std::optional(day) : std::nullopt;
    }
    }
    Q_UNREACHABLE();
}

} // namespace

QDate easterSunday(int year)
{
    // Meeus/Jones/Butcher, in Meeus' letters.
    const int a = year % 19;
    const int b = year / 100;
    const int c = year % 100;
    const int d = b / 4;
    const int e = b % 4;
    const int f = (b + 8) / 25;
    const int g = (b - f + 1) / 3;
    const int h = (19 * a + b - d - g + 15) % 30;
    const int i = c / 4;
    const int k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int month = (h + l - 7 * m + 114) / 31;
    const int day = (h + l - 7 * m + 114) % 31 + 1;
    return { year, month, day };
}

std::optional<QDate> dayKept(const api::Holiday &holiday, int year)
{
    std::optional<QDate> day = dayByRule(holiday, year);
    if (!day)
        return day;
    if (holiday.offset)
        day = day->addDays(holiday.offset->value);
    if (holiday.observed.value_or(false)) {
        if (day->dayOfWeek() == Qt::Saturday)
            return day->addDays(-1);
        if (day->dayOfWeek() == Qt::Sunday)
            return day->addDays(1);
    }
    return day;
}

QList<FieldError> problemsOf(const api::Holiday &holiday, const QString &pointer)
{
    QList<FieldError> problems;
    const auto need = [&](bool isThere, const char *field) {
        if (!isThere)
            problems.append({ pointer + u'/' + QLatin1String(field),
                              QStringLiteral("is required by the rule %1").arg(enumName(holiday.rule)) });
    };
    switch (holiday.rule) {
    case HolidayRule::fixedDate:
        need(holiday.month.has_value(), "month");
        need(holiday.day.has_value(), "day");
        // 2024 has a February 29.
        if (holiday.month && holiday.day && !QDate::isValid(2024, holiday.month->value, holiday.day->value))
            problems.append({ pointer + QLatin1String("/day"), QStringLiteral("is no day of that month") });
        break;
    case HolidayRule::nthWeekday:
        need(holiday.nth.has_value(), "nth");
        need(holiday.month.has_value(), "month");
        need(holiday.weekday.has_value(), "weekday");
        break;
    case HolidayRule::lastWeekday:
        need(holiday.month.has_value(), "month");
        need(holiday.weekday.has_value(), "weekday");
        break;
    case HolidayRule::easter:
        break;
    case HolidayRule::date:
        need(holiday.date.has_value(), "date");
        if (holiday.date && !QDate::fromString(holiday.date->toString(), Qt::ISODate).isValid())
            problems.append({ pointer + QLatin1String("/date"),
                              QStringLiteral("must be a date such as 2026-12-24") });
        break;
    }
    return problems;
}

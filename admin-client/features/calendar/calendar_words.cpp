#include "admin-client/features/calendar/calendar_words.h"

#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace {

struct CalendarWords
{
    Q_DECLARE_TR_FUNCTIONS(CalendarWords)
};

QString monthName(const std::optional<Bounded<1, 12>> &month)
{
    return QLocale().standaloneMonthName(month ? month->value : 1, QLocale::LongFormat);
}

QString weekdayName(const std::optional<api::Weekday> &weekday)
{
    return words::weekday(weekday ? weekday->value : 1);
}

QString byRule(const api::Holiday &holiday)
{
    switch (holiday.rule) {
    case api::HolidayRule::fixedDate:
        return CalendarWords::tr("%1 %2")
            .arg(monthName(holiday.month))
            .arg(holiday.day ? holiday.day->value : 1);
    case api::HolidayRule::nthWeekday:
        return CalendarWords::tr("%1 %2 of %3")
            .arg(
                words::ordinal(holiday.nth ? holiday.nth->value : 1),
                weekdayName(holiday.weekday),
                monthName(holiday.month)
            );
    case api::HolidayRule::lastWeekday:
        return CalendarWords::tr("last %1 of %2").arg(weekdayName(holiday.weekday), monthName(holiday.month));
    case api::HolidayRule::easter:
        return CalendarWords::tr("Easter Sunday");
    case api::HolidayRule::date: {
        const QString text = holiday.date ? holiday.date->toString() : QString();
        const QDate day = QDate::fromString(text, Qt::ISODate);
        return day.isValid() ? QLocale().toString(day, u"d MMMM yyyy"_s) : text;
    }
    }
    Q_UNREACHABLE();
}

} // namespace

namespace words {

QString minuteOfDay(int minute)
{
    return u"%1:%2"_s.arg(minute / 60, 2, 10, QChar(u'0')).arg(minute % 60, 2, 10, QChar(u'0'));
}

std::optional<int> minuteFromText(const QString &text)
{
    static const QRegularExpression form(u"^\\s*(\\d{1,2})(?:[:.](\\d{2}))?\\s*$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const int minutes = match.captured(2).toInt();
    const int all = match.captured(1).toInt() * 60 + minutes;
    return minutes < 60 && all <= api::MinuteOfDay::max ? std::optional(all) : std::nullopt;
}

QString ordinal(int nth)
{
    switch (nth) {
    case 1:
        return CalendarWords::tr("first");
    case 2:
        return CalendarWords::tr("second");
    case 3:
        return CalendarWords::tr("third");
    case 4:
        return CalendarWords::tr("fourth");
    default:
        return CalendarWords::tr("fifth");
    }
}

QString dayOf(const api::Holiday &holiday)
{
    const QString day = byRule(holiday);
    const int offset = holiday.offset ? holiday.offset->value : 0;
    if (offset == 0)
        return day;
    return offset < 0 ? CalendarWords::tr("%n days before %1", nullptr, -offset).arg(day)
                      : CalendarWords::tr("%n days after %1", nullptr, offset).arg(day);
}

QString of(api::HolidayRule rule)
{
    switch (rule) {
    case api::HolidayRule::fixedDate:
        return CalendarWords::tr("The same date every year");
    case api::HolidayRule::nthWeekday:
        return CalendarWords::tr("A certain weekday of a month");
    case api::HolidayRule::lastWeekday:
        return CalendarWords::tr("The last such weekday of a month");
    case api::HolidayRule::easter:
        return CalendarWords::tr("By Easter Sunday");
    case api::HolidayRule::date:
        return CalendarWords::tr("One day of one year");
    }
    Q_UNREACHABLE();
}

QString summary(const api::CalendarContent &calendar)
{
    if (calendar.alwaysOpen)
        return CalendarWords::tr("around the clock");
    int minutes = 0;
    for (const api::OpenHours &hours : calendar.hours) {
        minutes += hours.toMinute.value - hours.fromMinute.value;
        for (const api::DayBreak &pause : hours.breaks)
            minutes -= pause.toMinute.value - pause.fromMinute.value;
    }
    return CalendarWords::tr("%1 a week, %2")
        .arg(
            durationText(minutes),
            CalendarWords::tr("%n holidays", nullptr, static_cast<int>(calendar.holidays.size()))
        );
}

} // namespace words

#include "tests/server/ticket/sample_calendars.h"

#include <QHash>

using namespace Qt::StringLiterals;
using api::HolidayRule;

namespace {

api::Holiday named(const QString &name, HolidayRule rule)
{
    api::Holiday holiday;
    holiday.name = *Text<1, 80>::parse(name);
    holiday.rule = rule;
    return holiday;
}

api::Holiday fixedDate(const QString &name, int month, int day)
{
    api::Holiday holiday = named(name, HolidayRule::fixedDate);
    holiday.month = { month };
    holiday.day = { day };
    holiday.observed = true;
    return holiday;
}

api::Holiday nth(const QString &name, int month, int nth, int weekday)
{
    api::Holiday holiday = named(name, HolidayRule::nthWeekday);
    holiday.month = { month };
    holiday.nth = { nth };
    holiday.weekday = { weekday };
    return holiday;
}

api::Holiday memorialDay()
{
    api::Holiday holiday = named(u"Memorial Day"_s, HolidayRule::lastWeekday);
    holiday.month = { 5 };
    holiday.weekday = { 1 };
    return holiday;
}

api::Holiday goodFriday()
{
    api::Holiday holiday = named(u"Good Friday"_s, HolidayRule::easter);
    holiday.offset = { -2 };
    return holiday;
}

QList<api::OpenHours> week(int from, int to, int days = 5)
{
    QList<api::OpenHours> list;
    for (int weekday = 1; weekday <= days; ++weekday)
        list.append(sample::hours(weekday, from, to));
    return list;
}

QString zoneOf(const QString &name)
{
    static const QHash<QString, QString> zones { { u"phoenix"_s, u"America/Phoenix"_s },
                                                 { u"honolulu"_s, u"Pacific/Honolulu"_s },
                                                 { u"sanjuan"_s, u"America/Puerto_Rico"_s },
                                                 { u"la"_s, u"America/Los_Angeles"_s },
                                                 { u"guam"_s, u"Pacific/Guam"_s } };
    return zones.value(name, u"America/New_York"_s);
}

} // namespace

namespace sample {

api::OpenHours hours(int weekday, int fromMinute, int toMinute)
{
    return { { weekday }, { fromMinute }, { toMinute }, {} };
}

QList<api::Holiday> federalHolidays()
{
    return { fixedDate(u"New Year's Day"_s, 1, 1),
             nth(u"Martin Luther King Jr. Day"_s, 1, 3, 1),
             nth(u"Washington's Birthday"_s, 2, 3, 1),
             memorialDay(),
             fixedDate(u"Juneteenth"_s, 6, 19),
             fixedDate(u"Independence Day"_s, 7, 4),
             nth(u"Labor Day"_s, 9, 1, 1),
             nth(u"Columbus Day"_s, 10, 2, 1),
             fixedDate(u"Veterans Day"_s, 11, 11),
             nth(u"Thanksgiving Day"_s, 11, 4, 4),
             fixedDate(u"Christmas Day"_s, 12, 25) };
}

api::CalendarContent calendar(const QString &name)
{
    api::CalendarContent content;
    content.timeZone = *Text<1, 60>::parse(zoneOf(name));
    content.alwaysOpen = name == "always"_L1;
    content.holidays = federalHolidays();
    content.hours = week(540, 1020);
    if (name == "lunch"_L1) {
        content.hours = week(480, 1080);
        for (api::OpenHours &day : content.hours)
            day.breaks = { { *Text<1, 60>::parse(u"Lunch"_s), { 720 }, { 780 } } };
    } else if (name == "saturday"_L1) {
        content.hours.append(hours(6, 540, 780));
    } else if (name == "night"_L1) {
        content.hours = week(0, 360, 7) + week(1320, 1440, 7);
        content.holidays.clear();
    } else if (name == "round"_L1) {
        content.hours = week(0, 1440, 7);
        content.holidays.clear();
    } else if (name == "sanjuan"_L1) {
        content.holidays.append(goodFriday());
    }
    return content;
}

} // namespace sample

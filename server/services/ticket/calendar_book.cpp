#include "server/services/ticket/calendar_book.h"

using api::HolidayRule;

namespace {

api::Holiday holiday(const char *name, HolidayRule rule, int month)
{
    api::Holiday day;
    day.name = *Text<1, 80>::parse(QLatin1String(name));
    day.rule = rule;
    day.month = { month };
    return day;
}

api::Holiday fixedDate(const char *name, int month, int dayOfMonth)
{
    api::Holiday day = holiday(name, HolidayRule::fixedDate, month);
    day.day = { dayOfMonth };
    day.observed = true;
    return day;
}

api::Holiday nthMonday(const char *name, int month, int nth)
{
    api::Holiday day = holiday(name, HolidayRule::nthWeekday, month);
    day.nth = { nth };
    day.weekday = { Qt::Monday };
    return day;
}

QList<api::Holiday> federalHolidays()
{
    api::Holiday memorialDay = holiday("Memorial Day", HolidayRule::lastWeekday, 5);
    memorialDay.weekday = { Qt::Monday };
    api::Holiday thanksgiving = holiday("Thanksgiving Day", HolidayRule::nthWeekday, 11);
    thanksgiving.nth = { 4 };
    thanksgiving.weekday = { Qt::Thursday };
    return {
        fixedDate("New Year's Day", 1, 1),
        nthMonday("Martin Luther King Jr. Day", 1, 3),
        nthMonday("Washington's Birthday", 2, 3),
        memorialDay,
        fixedDate("Juneteenth", 6, 19),
        fixedDate("Independence Day", 7, 4),
        nthMonday("Labor Day", 9, 1),
        nthMonday("Columbus Day", 10, 2),
        fixedDate("Veterans Day", 11, 11),
        thanksgiving,
        fixedDate("Christmas Day", 12, 25),
    };
}

} // namespace

api::CalendarContent CalendarBook::defaultContent(const QString &zone)
{
    api::CalendarContent content;
    const auto known = Text<1, 60>::parse(zone);
    content.timeZone = known && isKnownTimeZone(zone) ? *known : *Text<1, 60>::parse(QStringLiteral("UTC"));
    for (int weekday = Qt::Monday; weekday <= Qt::Friday; ++weekday)
        content.hours.append(api::OpenHours { { weekday }, { 8 * 60 }, { 18 * 60 }, {} });
    content.hours.append(api::OpenHours { { Qt::Saturday }, { 9 * 60 }, { 14 * 60 }, {} });
    content.holidays = federalHolidays();
    return content;
}

Result<QHash<QString, int>> CalendarBook::versions(Session &session, const QStringList &regions) const
{
    QHash<QString, int> known;
    for (const CalendarVersion &each : TRY(sla_store::versions(session, regions)))
        known.insert(each.region, each.version);
    return known;
}

Result<CalendarBook::Edition>
CalendarBook::latest(Session &session, const QString &region, const QString &zone) const
{
    const QHash<QString, int> known = TRY(versions(session, { region }));
    return edition(session, region, known.value(region, 0), zone);
}

Result<CalendarBook::Edition>
CalendarBook::edition(Session &session, const QString &region, int version, const QString &zone) const
{
    // The default depends on nothing but the zone.
    const QString key = (version == 0 ? zone : region) + u'/' + QString::number(version);
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_editions.constFind(key); found != m_editions.constEnd())
            return *found;
    }
    api::CalendarContent content = defaultContent(zone);
    if (version > 0) {
        const auto row = TRY(sla_store::calendar(session, region, version));
        if (!row)
            return fail(Problem::internal(
                QStringLiteral("There is no edition %1 of the calendar of %2.").arg(version).arg(region)
            ));
        content = row->content;
    }
    auto edition = std::make_shared<const CalendarEdition>(CalendarEdition {
        region, version, content.timeZone.toString(), WorkingCalendar(content) });
    const std::lock_guard lock(m_mutex);
    m_editions.insert(key, edition);
    return edition;
}

#include "server/services/ticket/holiday.h"
#include "server/services/ticket/working_calendar.h"

// What a person may have got wrong in a calendar. Apart from the counting, which relies on it.

namespace {

QString at(const char *list, qsizetype index, const char *field)
{
    return u'/' + QLatin1String(list) + u'/' + QString::number(index) + u'/' + QLatin1String(field);
}

void checkBreaks(const api::OpenHours &hours, qsizetype index, QList<FieldError> &problems)
{
    for (qsizetype i = 0; i < hours.breaks.size(); ++i) {
        const api::DayBreak &pause = hours.breaks.at(i);
        const QString pointer = at("hours", index, "breaks") + u'/' + QString::number(i);
        if (pause.fromMinute.value >= pause.toMinute.value)
            problems.append({ pointer + QLatin1String("/toMinute"),
                              QStringLiteral("must be later than the break's begin") });
        else if (pause.fromMinute.value < hours.fromMinute.value || pause.toMinute.value > hours.toMinute.value)
            problems.append({ pointer, QStringLiteral("lies outside of the hours it interrupts") });
        for (qsizetype j = 0; j < i; ++j) {
            const api::DayBreak &other = hours.breaks.at(j);
            if (pause.fromMinute.value < other.toMinute.value
                && other.fromMinute.value < pause.toMinute.value)
                problems.append({ pointer, QStringLiteral("overlaps another break") });
        }
    }
}

int workingMinutes(const api::OpenHours &hours)
{
    int minutes = hours.toMinute.value - hours.fromMinute.value;
    for (const api::DayBreak &pause : hours.breaks)
        minutes -= pause.toMinute.value - pause.fromMinute.value;
    return minutes;
}

void checkHours(const api::CalendarContent &content, QList<FieldError> &problems)
{
    int weekly = 0;
    for (qsizetype i = 0; i < content.hours.size(); ++i) {
        const api::OpenHours &hours = content.hours.at(i);
        if (hours.fromMinute.value >= hours.toMinute.value) {
            problems.append({ at("hours", i, "toMinute"),
                              QStringLiteral("must be later than the begin; a night shift is two rows") });
            continue;
        }
        for (qsizetype j = 0; j < i; ++j) {
            const api::OpenHours &other = content.hours.at(j);
            if (hours.weekday == other.weekday && hours.fromMinute.value < other.toMinute.value
                && other.fromMinute.value < hours.toMinute.value)
                problems.append({ at("hours", i, "fromMinute"),
                                  QStringLiteral("overlaps other hours of that day") });
        }
        checkBreaks(hours, i, problems);
        weekly += workingMinutes(hours);
    }
    // A calendar that is never open would stop every clock for ever.
    if (problems.isEmpty() && !content.alwaysOpen && weekly < 60)
        problems.append({ QStringLiteral("/hours"),
                          QStringLiteral("must hold at least one hour of work a week") });
}

} // namespace

QList<FieldError> problemsOf(const api::CalendarContent &content)
{
    constexpr qsizetype mostHours = 50;
    constexpr qsizetype mostHolidays = 400;

    QList<FieldError> problems;
    if (content.hours.size() > mostHours)
        return { { QStringLiteral("/hours"), QStringLiteral("must not be more than 50") } };
    if (content.holidays.size() > mostHolidays)
        return { { QStringLiteral("/holidays"), QStringLiteral("must not be more than 400") } };
    checkHours(content, problems);
    if (!isKnownTimeZone(content.timeZone.toString()))
        problems.append({ QStringLiteral("/timeZone"),
                          QStringLiteral("must be an IANA time zone such as America/New_York") });
    for (qsizetype i = 0; i < content.holidays.size(); ++i)
        problems += problemsOf(content.holidays.at(i), QStringLiteral("/holidays/%1").arg(i));
    return problems;
}

#include "server/services/ticket/working_calendar.h"

#include "server/services/ticket/holiday.h"

#include <QHash>

using namespace std::chrono_literals;
using api::SlaSpanReason;

namespace {

constexpr int minutesPerDay = 1440;
// A calendar that is open at all has passed any plan's target long before.
constexpr auto horizon = std::chrono::days(3653);

// The local time as if it were UTC.
QDateTime wallClock(Instant instant, std::chrono::seconds offset)
{
    return toDateTime(instant + offset);
}

} // namespace

WorkingCalendar::DayPlan WorkingCalendar::planOf(int weekday, const QList<api::OpenHours> &hours)
{
    struct Open
    {
        int from;
        int to;
        QString breakName; // empty: work
    };
    std::vector<Open> open;
    for (const api::OpenHours &each : hours) {
        if (each.weekday.value != weekday)
            continue;
        int at = each.fromMinute.value;
        QList<api::DayBreak> breaks = each.breaks;
        std::ranges::sort(breaks, {}, [](const api::DayBreak &pause) { return pause.fromMinute.value; });
        for (const api::DayBreak &pause : breaks) {
            open.push_back({ at, pause.fromMinute.value, {} });
            open.push_back({ pause.fromMinute.value, pause.toMinute.value, pause.name.toString() });
            at = pause.toMinute.value;
        }
        open.push_back({ at, each.toMinute.value, {} });
    }
    std::ranges::sort(open, {}, &Open::from);
    const bool isFree = open.empty();
    const SlaSpanReason closed = !isFree ? SlaSpanReason::night
        : weekday >= 6                   ? SlaSpanReason::weekend
                                         : SlaSpanReason::closedDay;

    DayPlan plan;
    int at = 0;
    for (const Open &each : open) {
        if (each.from > at)
            plan.push_back({ at, each.from, closed, {} });
        if (each.to > each.from) {
            const auto reason = each.breakName.isEmpty() ? SlaSpanReason::counted : SlaSpanReason::dayBreak;
            plan.push_back({ each.from, each.to, reason, each.breakName });
        }
        at = each.to;
    }
    if (at < minutesPerDay)
        plan.push_back({ at, minutesPerDay, closed, {} });
    return plan;
}

WorkingCalendar::WorkingCalendar(const api::CalendarContent &content)
    : m_always(content.alwaysOpen)
    , m_holidays(content.holidays)
    , m_zone(ZoneOffsets::of(content.timeZone.toString()))
{
    for (int weekday = 1; weekday <= 7; ++weekday)
        m_week[static_cast<size_t>(weekday - 1)] = planOf(weekday, content.hours);
}

WorkingCalendar WorkingCalendar::always()
{
    return {};
}

QHash<QDate, QString> WorkingCalendar::holidaysOf(int year) const
{
    QHash<QDate, QString> kept;
    for (const api::Holiday &holiday : m_holidays) {
        // New Year's Day of the next year may be kept on this year's last, and the other way round.
        for (const int source : { year - 1, year, year + 1 }) {
            const std::optional<QDate> day = dayKept(holiday, source);
            if (day && day->year() == year && !kept.contains(*day))
                kept.insert(*day, holiday.name.toString());
        }
    }
    return kept;
}

std::optional<QString> WorkingCalendar::holidayOn(QDate day) const
{
    const QHash<QDate, QString> kept = holidaysOf(day.year());
    const auto found = kept.constFind(day);
    return found == kept.constEnd() ? std::nullopt : std::optional(*found);
}

// Walking --------------------------------------------------------------------

void WorkingCalendar::Walk::enterDay(QDate day)
{
    m_day = day;
    if (m_year != day.year()) {
        m_year = day.year();
        m_holidays = m_calendar.holidaysOf(m_year);
    }
    const auto found = m_holidays.constFind(day);
    m_holiday = found == m_holidays.constEnd() ? std::nullopt : std::optional(*found);
}

WorkingCalendar::Span WorkingCalendar::Walk::next()
{
    const Instant from = m_at;
    if (m_calendar.m_always) {
        m_at += std::chrono::days(365);
        return { from, m_at, SlaSpanReason::counted, {} };
    }
    const auto offset = m_calendar.m_zone->at(from);
    const QDateTime local = wallClock(from, offset);
    if (local.date() != m_day)
        enterDay(local.date());
    const Instant midnight = from - std::chrono::milliseconds(local.time().msecsSinceStartOfDay());
    // After a change of the clocks the same local day goes on under another offset.
    const Instant change = m_calendar.m_zone->nextChange(from);

    Span span { from, {}, SlaSpanReason::holiday, m_holiday.value_or(QString()) };
    int end = minutesPerDay;
    if (!m_holiday) {
        const DayPlan &plan = m_calendar.m_week[static_cast<size_t>(local.date().dayOfWeek() - 1)];
        const auto part = std::ranges::find_if(plan, [&](const Part &each) {
            return from < midnight + std::chrono::minutes(each.to);
        });
        span.reason = part->reason;
        span.name = part->name;
        end = part->to;
    }
    span.to = std::min<Instant>(midnight + std::chrono::minutes(end), change);
    m_at = span.to;
    return span;
}

// Counting -------------------------------------------------------------------

std::optional<Instant> WorkingCalendar::add(Instant from, Duration working) const
{
    Walk walk(*this, from);
    Duration left = working;
    Instant at = from;
    while (left > 0ms) {
        const Span span = walk.next();
        if (span.from > from + horizon)
            return std::nullopt;
        at = span.to;
        if (!span.isCounted())
            continue;
        const Duration length = span.to - span.from;
        if (length >= left)
            return span.from + left;
        left -= length;
    }
    return at;
}

WorkingCalendar::Duration WorkingCalendar::between(Instant from, Instant to) const
{
    Walk walk(*this, from);
    Duration sum { 0 };
    for (Instant at = from; at < to;) {
        const Span span = walk.next();
        at = span.to;
        if (span.isCounted())
            sum += std::min(span.to, to) - span.from;
    }
    return sum;
}

QList<WorkingCalendar::Span> WorkingCalendar::spans(Instant from, Instant to) const
{
    Walk walk(*this, from);
    QList<Span> spans;
    for (Instant at = from; at < to;) {
        Span span = walk.next();
        at = span.to;
        span.to = std::min(span.to, to);
        if (!spans.isEmpty() && spans.last().isLike(span))
            spans.last().to = span.to;
        else
            spans.append(span);
    }
    return spans;
}

#include "server/services/matching/working_hours.h"

using namespace std::chrono_literals;

namespace {

constexpr int minutesPerDay = 1440;
constexpr int minutesPerWeek = 7 * minutesPerDay;
constexpr auto week = std::chrono::milliseconds(std::chrono::days(7));
// 1970-01-01 was a Thursday: Monday 00:00 lies three days before it.
constexpr auto epochSinceMonday = std::chrono::milliseconds(std::chrono::days(3));

std::chrono::milliseconds sinceMonday(std::chrono::milliseconds local)
{
    const auto rest = (local + epochSinceMonday) % week;
    return rest < 0ms ? rest + week : rest;
}

} // namespace

WorkingHours::WorkingHours(const QList<api::Shift> &shifts, const QString &zone)
    : m_zone(ZoneOffsets::of(zone))
{
    for (const api::Shift &shift : shifts) {
        if (shift.fromMinute.value >= shift.toMinute.value)
            continue;
        const int day = (shift.weekday.value - 1) * minutesPerDay;
        m_spans.push_back({ day + shift.fromMinute.value, day + shift.toMinute.value });
    }
    std::ranges::sort(m_spans, {}, &Span::from);
    std::vector<Span> merged;
    for (const Span &span : m_spans) {
        if (!merged.empty() && span.from <= merged.back().to)
            merged.back().to = std::max(merged.back().to, span.to);
        else
            merged.push_back(span);
    }
    // Sunday's late shift that goes on into Monday is one span that passes the week's end.
    if (merged.size() > 1 && merged.front().from == 0 && merged.back().to >= minutesPerWeek) {
        merged.back().to = minutesPerWeek + merged.front().to;
        merged.erase(merged.begin());
    } else if (merged.size() == 1 && merged.front().from == 0 && merged.front().to >= minutesPerWeek) {
        merged.front().to = 2 * minutesPerWeek; // always at work
    }
    m_spans = std::move(merged);
}

bool WorkingHours::coversLocal(std::chrono::milliseconds localFrom, std::chrono::milliseconds localTo) const
{
    const auto from = sinceMonday(localFrom);
    const auto to = from + (localTo - localFrom);
    return std::ranges::any_of(m_spans, [&](const Span &span) {
        const auto begin = std::chrono::milliseconds(std::chrono::minutes(span.from));
        const auto end = std::chrono::milliseconds(std::chrono::minutes(span.to));
        // A span that passes the week's end is also looked for a week earlier.
        return (begin <= from && to <= end) || (begin <= from + week && to + week <= end);
    });
}

bool WorkingHours::covers(Instant from, Instant to) const
{
    if (m_spans.empty())
        return false;
    // Where the clocks change in between, the hours on both sides of the change have to be working time.
    Instant begin = from;
    while (true) {
        const Instant end = std::min(to, m_zone->nextChange(begin));
        const auto offset = m_zone->at(begin);
        if (!coversLocal((begin + offset).time_since_epoch(), (end + offset).time_since_epoch()))
            return false;
        if (end == to)
            return true;
        begin = end;
    }
}

std::optional<Instant> WorkingHours::nextStart(Instant after) const
{
    std::optional<Instant> next;
    const auto offset = m_zone ? m_zone->at(after) : 0s;
    const auto now = sinceMonday((after + offset).time_since_epoch());
    for (const Span &span : m_spans) {
        auto wait = std::chrono::milliseconds(std::chrono::minutes(span.from)) - now;
        if (wait <= 0ms)
            wait += week;
        Instant start = after + wait;
        start += offset - m_zone->at(start); // the clocks may change on the way there
        if (!next || start < *next)
            next = start;
    }
    return next;
}

QDateTime WorkingHours::local(Instant instant) const
{
    return toDateTime(m_zone ? instant + m_zone->at(instant) : instant);
}

QDate WorkingHours::localDate(Instant instant) const
{
    return local(instant).date();
}

QString WorkingHours::localTime(Instant instant, Instant now) const
{
    const QDateTime time = local(instant);
    return time.toString(
        time.date() == localDate(now) ? QStringLiteral("HH:mm") : QStringLiteral("HH:mm 'on' dddd")
    );
}

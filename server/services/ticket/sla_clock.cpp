#include "server/services/ticket/sla_clock.h"

#include "server/services/ticket/sla_words.h"

using namespace std::chrono_literals;
using api::SlaClockKind;
using api::SlaClockState;
using api::SlaSpanReason;

namespace {

const WorkingCalendar &everyMinute()
{
    static const WorkingCalendar calendar = WorkingCalendar::always();
    return calendar;
}

// How far a timeline is drawn beyond the deadline for a clock that nobody ever stops.
constexpr auto longestDelayShown = std::chrono::days(30);

} // namespace

// History --------------------------------------------------------------------

bool SlaHistory::Hold::stops(SlaClockKind kind) const
{
    switch (reason) {
    case SlaSpanReason::laterDay:
        return true;
    case SlaSpanReason::noShow:
    case SlaSpanReason::access:
        return kind == SlaClockKind::arrive || kind == SlaClockKind::resolve;
    default:
        return kind == SlaClockKind::resolve;
    }
}

void SlaHistory::add(const api::TicketChange &change)
{
    const auto first = [&](std::optional<Instant> &when) {
        if (!when)
            when = change.at;
    };
    if (change.action == QLatin1String("open"))
        openedAt = change.at;
    else if (change.action == QLatin1String("assign"))
        first(assignedAt);
    else if (change.action == QLatin1String("accept"))
        first(acceptedAt);
    else if (change.action == QLatin1String("arrive"))
        first(arrivedAt);
    else if (change.action == QLatin1String("complete"))
        completedAt = change.at;
    else if (change.action == QLatin1String("cancel"))
        cancelledAt = change.at;
    else if (change.action == QLatin1String("reopen") && completedAt) {
        holds.append({ *completedAt, change.at, SlaSpanReason::completed });
        completedAt.reset();
    }
}

std::optional<Instant> SlaHistory::metAt(SlaClockKind kind) const
{
    // Whoever is at the door was asked before and said yes, also when a step was left out.
    const auto earliest = [](std::optional<Instant> a, std::optional<Instant> b) {
        return !a ? b : !b ? a : std::optional(std::min(*a, *b));
    };
    switch (kind) {
    case SlaClockKind::assign:
        return earliest(assignedAt, metAt(SlaClockKind::accept));
    case SlaClockKind::accept:
        return earliest(acceptedAt, metAt(SlaClockKind::arrive));
    case SlaClockKind::arrive:
        return arrivedAt;
    case SlaClockKind::resolve:
        return completedAt;
    }
    Q_UNREACHABLE();
}

// Walking --------------------------------------------------------------------

// The calendar's spans with the holds laid over them.
class SlaClock::Walk
{
public:
    explicit Walk(const SlaClock &clock)
        : m_holds(clock.m_holds)
        , m_calendar(clock.m_terms.counting == api::SlaCounting::always ? everyMinute() : *clock.m_calendar)
        , m_at(clock.m_startedAt)
    {
    }

    // None: a hold without an end has begun, at `standsAt()`.
    std::optional<WorkingCalendar::Span> next()
    {
        while (m_next < m_holds.size() && m_holds.at(m_next).to && *m_holds.at(m_next).to <= m_at)
            ++m_next;
        const SlaHistory::Hold *hold = m_next < m_holds.size() ? &m_holds.at(m_next) : nullptr;
        if (hold != nullptr && hold->from <= m_at) {
            if (!hold->to)
                return std::nullopt;
            return WorkingCalendar::Span { std::exchange(m_at, *hold->to), *hold->to, hold->reason, {} };
        }
        if (m_span.to < m_at) // behind a hold the calendar is taken up anew
            m_walk.emplace(m_calendar, m_at);
        if (m_span.to <= m_at)
            m_span = m_walk->next();
        WorkingCalendar::Span span = m_span;
        span.from = m_at;
        if (hold != nullptr && hold->from < span.to)
            span.to = hold->from;
        m_at = span.to;
        return span;
    }

    [[nodiscard]] Instant standsAt() const { return m_at; }
    [[nodiscard]] const SlaHistory::Hold &hold() const { return m_holds.at(m_next); }

private:
    const QList<SlaHistory::Hold> &m_holds;
    const WorkingCalendar &m_calendar;
    std::optional<WorkingCalendar::Walk> m_walk;
    WorkingCalendar::Span m_span { Instant::min(), Instant::min(), SlaSpanReason::counted, {} };
    qsizetype m_next = 0; // the hold that is under way or comes next
    Instant m_at;
};

// The clock ------------------------------------------------------------------

SlaClock::SlaClock(const Terms &terms, const SlaHistory &history, const WorkingCalendar &calendar)
    : m_terms(terms)
    , m_startedAt(history.openedAt)
    , m_metAt(history.metAt(terms.kind))
    , m_stoppedAt(m_metAt ? m_metAt : history.cancelledAt)
    , m_calendar(&calendar)
{
    for (const SlaHistory::Hold &hold : history.holds) {
        if (hold.stops(terms.kind) && (!m_stoppedAt || hold.from < *m_stoppedAt))
            m_holds.append(hold);
    }
    std::ranges::stable_sort(m_holds, {}, &SlaHistory::Hold::from);
}

std::optional<Instant> SlaClock::reaches(Duration counted) const
{
    // No plan promises anything for later than that.
    constexpr auto horizon = std::chrono::days(3653);
    Walk walk(*this);
    Duration left = counted;
    if (left <= 0ms)
        return m_startedAt;
    while (const auto span = walk.next()) {
        if (span->from > m_startedAt + horizon)
            return std::nullopt;
        if (!span->isCounted())
            continue;
        if (span->to - span->from >= left)
            return span->from + left;
        left -= span->to - span->from;
    }
    return std::nullopt;
}

SlaClock::Duration SlaClock::countedAt(Instant now) const
{
    const Instant end = m_stoppedAt ? std::min(now, *m_stoppedAt) : now;
    Walk walk(*this);
    Duration sum { 0 };
    while (walk.standsAt() < end) {
        const auto span = walk.next();
        if (!span)
            break;
        if (span->isCounted() && span->from < end)
            sum += std::min(span->to, end) - span->from;
    }
    return sum;
}

SlaClockState SlaClock::stateAt(Instant now) const
{
    // By the clock on the wall: who comes in the night after a deadline at closing time is late, although
    // nothing was counted since. The last moment itself still keeps the promise.
    const std::optional<Instant> due = dueAt();
    if (due && (m_stoppedAt ? std::min(now, *m_stoppedAt) : now) > *due)
        return SlaClockState::breached;
    if (m_metAt && *m_metAt <= now)
        return SlaClockState::met;
    if (m_stoppedAt && *m_stoppedAt <= now)
        return SlaClockState::stopped;
    const bool isHeld = std::ranges::any_of(m_holds, [&](const SlaHistory::Hold &hold) {
        return hold.from <= now && (!hold.to || now < *hold.to);
    });
    if (isHeld)
        return SlaClockState::paused;
    return SlaClockState::running;
}

QList<WorkingCalendar::Span> SlaClock::spans(Instant to) const
{
    QList<WorkingCalendar::Span> spans;
    const auto append = [&](const WorkingCalendar::Span &span) {
        if (span.to <= span.from)
            return;
        if (!spans.isEmpty() && spans.last().isLike(span))
            spans.last().to = span.to;
        else
            spans.append(span);
    };
    Walk walk(*this);
    while (walk.standsAt() < to) {
        auto span = walk.next();
        if (!span) {
            append({ walk.standsAt(), to, walk.hold().reason, {} });
            break;
        }
        span->to = std::min(span->to, to);
        append(*span);
    }
    return spans;
}

api::SlaClock SlaClock::inspect(Instant now) const
{
    const std::optional<Instant> due = dueAt();
    Instant end = m_stoppedAt ? *m_stoppedAt : now;
    if (due)
        end = std::clamp(end, *due, *due + longestDelayShown);
    api::SlaClock clock {
        .kind = m_terms.kind,
        .state = stateAt(now),
        .targetMinutes = m_terms.targetMinutes,
        .counting = m_terms.counting,
        .countedSeconds = std::chrono::floor<std::chrono::seconds>(countedAt(now)).count(),
        .startedAt = m_startedAt,
        .dueAt = due,
        .metAt = m_metAt,
        .calendarVersion = m_terms.calendarVersion,
        .spans = {},
        .explanation = {},
    };
    for (const WorkingCalendar::Span &span : spans(end)) {
        clock.spans.append({ span.from, span.to, span.reason, std::nullopt });
        if (!span.name.isEmpty())
            clock.spans.last().name = span.name;
    }
    clock.explanation = explainDue(clock);
    return clock;
}

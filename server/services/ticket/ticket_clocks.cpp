#include "server/services/ticket/ticket_clocks.h"

#include "server/services/timer/timer_events.h"

namespace {

ClockRow read(const SlaClock &clock, const ClockRow &row)
{
    ClockRow now = row;
    now.calendarVersion = clock.terms().calendarVersion;
    now.dueAt = clock.dueAt();
    now.metAt = clock.metAt();
    now.stopped = !clock.isOpen();
    return now;
}

SlaClock clockOf(const ClockRow &row, const SlaHistory &history, const CalendarEdition &calendar)
{
    return SlaClock({ row.kind, row.targetMinutes, row.counting, calendar.version }, history, calendar.hours);
}

Outbox::Draft cancellation(api::TicketId id, const QString &traceId)
{
    const QString key = id.toString();
    const CancelTimer cancel { QLatin1String(TicketClocks::timerOwner), key };
    return { toQString(CancelTimer::type), key, json::encode(cancel).toObject(), traceId };
}

std::optional<Outbox::Draft> timerFor(TicketRow &ticket, std::optional<Instant> at, const QString &traceId)
{
    if (at == ticket.wakeAt)
        return std::nullopt;
    ticket.wakeAt = at;
    if (!at)
        return cancellation(ticket.id, traceId);
    const QString key = ticket.id.toString();
    const SetTimer set { QLatin1String(TicketClocks::timerOwner), key, *at, {}, {} };
    return Outbox::Draft { toQString(SetTimer::type), key, json::encode(set).toObject(), traceId };
}

std::optional<Instant> firstOf(const QList<AgendaItem> &agenda)
{
    return agenda.isEmpty() ? std::nullopt : std::optional(agenda.first().at);
}

} // namespace

QList<ClockRow> promisesOf(const CoverageRow &plan, api::TicketId ticket)
{
    QList<ClockRow> clocks;
    for (const auto &[kind, minutes] : { std::pair(api::SlaClockKind::assign, plan.assignMinutes),
                                         std::pair(api::SlaClockKind::accept, plan.acceptMinutes),
                                         std::pair(api::SlaClockKind::arrive, plan.arriveMinutes),
                                         std::pair(api::SlaClockKind::resolve, plan.resolveMinutes) }) {
        if (minutes > 0)
            clocks.append({ ticket, kind, minutes, plan.counting, 0, {}, {}, false });
    }
    return clocks;
}

QList<AgendaItem> TicketClocks::Standing::agenda(const TicketRow &ticket) const
{
    AgendaFacts facts { {}, calendar->hours, policy, fired };
    for (const TimedClock &each : clocks)
        facts.clocks.append(each.clock);
    return agendaOf(ticket, facts);
}

// Filing ---------------------------------------------------------------------

Result<QList<ClockRow>> TicketClocks::start(
    Session &session,
    QList<TicketRow> &tickets,
    const QHash<api::TicketId, CoverageRow> &plans,
    QList<Outbox::Draft> &events
) const
{
    QList<ClockRow> rows;
    if (tickets.isEmpty())
        return rows;
    QStringList regions;
    for (const TicketRow &ticket : tickets)
        regions.append(ticket.region);
    const QHash<QString, int> versions = TRY(m_calendars.versions(session, regions));
    const api::EscalationRules rules = TRY(sla_store::rules(session));
    for (TicketRow &ticket : tickets) {
        Standing standing {
            TRY(m_calendars.edition(session, ticket.region, versions.value(ticket.region, 0), ticket.timeZone)
            ),
            rules.policy,
            {},
            {}
        };
        SlaHistory history;
        history.openedAt = ticket.createdAt;
        const auto plan = plans.constFind(ticket.id);
        if (plan != plans.constEnd()) {
            for (const ClockRow &promised : promisesOf(*plan, ticket.id)) {
                const SlaClock clock = clockOf(promised, history, *standing.calendar);
                standing.clocks.append({ standing.calendar, read(clock, promised), clock });
                rows.append(standing.clocks.last().row);
                if (promised.kind == api::SlaClockKind::arrive)
                    ticket.arriveBy = rows.last().dueAt;
            }
        }
        if (const auto timer = timerFor(ticket, firstOf(standing.agenda(ticket)), {}))
            events.append(*timer);
    }
    return rows;
}

// A stored ticket --------------------------------------------------------------

Result<SlaHistory> TicketClocks::historyOf(Session &session, const TicketRow &ticket) const
{
    SlaHistory history;
    history.openedAt = ticket.createdAt;
    for (const ChangeRow &change : TRY(ticket_store::history(session, ticket.id)))
        history.add(toChange(change));
    for (const PauseRow &pause : TRY(sla_store::pauses(session, ticket.id))) {
        // The reasons of a pause are among those of a span.
        const auto reason = enumFromName<api::SlaSpanReason>(enumName(pause.reason));
        history.holds.append({ pause.startedAt, pause.endedAt, *reason });
    }
    return history;
}

Result<TicketClocks::Standing> TicketClocks::standingOf(Session &session, const TicketRow &ticket) const
{
    Standing standing { TRY(m_calendars.latest(session, ticket.region, ticket.timeZone)),
                        TRY(sla_store::rules(session)).policy,
                        {},
                        {} };
    for (const EscalationRow &each : TRY(sla_store::escalations(session, ticket.id)))
        standing.fired.insert(firedKey(each.cause, each.level));
    const QList<ClockRow> rows = TRY(sla_store::clocks(session, ticket.id));
    if (rows.isEmpty())
        return standing;
    const SlaHistory history = TRY(historyOf(session, ticket));
    for (const ClockRow &row : rows) {
        SlaClock clock = clockOf(row, history, *standing.calendar);
        CalendarBook::Edition calendar = standing.calendar;
        if (row.stopped && !clock.isOpen() && row.calendarVersion != calendar->version) {
            // It stopped under an older calendar. What was kept or broken then stays so.
            calendar = TRY(m_calendars.edition(session, ticket.region, row.calendarVersion, ticket.timeZone));
            const SlaClock asItWas = clockOf(row, history, *calendar);
            standing.clocks.append({ calendar, read(asItWas, row), asItWas });
            continue;
        }
        standing.clocks.append({ calendar, read(clock, row), clock });
    }
    std::ranges::sort(standing.clocks, {}, [](const TimedClock &each) { return each.row.kind; });
    return standing;
}

Result<void> TicketClocks::settle(Session &session, TicketRow &ticket, const QString &traceId) const
{
    const Standing standing = TRY(standingOf(session, ticket));
    QList<ClockRow> rows;
    for (const TimedClock &each : standing.clocks) {
        rows.append(each.row);
        if (each.row.kind == api::SlaClockKind::arrive)
            ticket.arriveBy = each.row.dueAt;
    }
    if (!rows.isEmpty())
        TRY(sla_store::put(session, rows));
    if (const auto timer = timerFor(ticket, firstOf(standing.agenda(ticket)), traceId))
        TRY(Outbox::publishAll(session, { *timer }));
    return {};
}

Result<void> TicketClocks::cancelTimer(Session &session, api::TicketId id)
{
    return Outbox::publishAll(session, { cancellation(id, {}) });
}

Result<void> TicketClocks::promise(Session &session, const TicketRow &ticket, const CoverageRow &plan) const
{
    return sla_store::put(session, promisesOf(plan, ticket.id));
}

Result<std::optional<AgendaItem>>
TicketClocks::due(Session &session, const TicketRow &ticket, Instant now) const
{
    const QList<AgendaItem> agenda = TRY(standingOf(session, ticket)).agenda(ticket);
    if (agenda.isEmpty() || agenda.first().at > now)
        return std::optional<AgendaItem>();
    return std::optional(agenda.first());
}

Result<api::TicketSla> TicketClocks::inspect(Session &session, const TicketRow &ticket, Instant now) const
{
    const Standing standing = TRY(standingOf(session, ticket));
    api::TicketSla sla { ticket.id, ticket.region, standing.calendar->timeZone, now, {} };
    for (const TimedClock &each : standing.clocks)
        sla.clocks.append(each.clock.inspect(now));
    return sla;
}

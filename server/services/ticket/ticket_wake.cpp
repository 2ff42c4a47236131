#include "server/services/ticket/ticket_service.h"

using api::VisitState;

// What a ticket does when nothing else happens to it. A timer only says when to look: what is then to be done
// is worked out from the state, so that a firing that comes twice, late or for nothing does no harm.

namespace {

const QString ourselves = QStringLiteral("Sysops Squad");
// More errands at one moment than any set of rules can hold is a mistake of ours, not a reason to go on.
constexpr int mostErrands = 100;

} // namespace

Result<void> TicketService::wake(Session &session, const TimerFired &fired, const QString &traceId) const
{
    if (fired.key.startsWith(QLatin1String("review:")))
        return review(session, fired, traceId);
    if (fired.key.startsWith(coverageTimer))
        return lookAgain(session, fired, traceId);
    const auto id = api::TicketId::parse(fired.key);
    if (!id)
        return fail(Problem::internal(QStringLiteral("A timer of ours has the key %1.").arg(fired.key)));
    std::optional<TicketRow> row = TRY(ticket_store::lock(session, *id));
    if (!row || row->wakeAt != fired.dueAt)
        return {}; // it was set to another time since, or this is the second telling
    row->wakeAt.reset();
    // Another node's clock may have been ahead of ours when it fired.
    return attend(session, *row, std::max(m_with.clock.now(), fired.dueAt), traceId);
}

Result<void>
TicketService::attend(Session &session, TicketRow &row, Instant now, const QString &traceId) const
{
    for (int done = 0; done < mostErrands; ++done) {
        const std::optional<AgendaItem> item = TRY(m_clocks.due(session, row, now));
        if (!item)
            break;
        TRY(run(session, row, *item, traceId));
    }
    TRY(m_clocks.settle(session, row, traceId));
    return ticket_store::save(session, row);
}

Result<void>
TicketService::run(Session &session, TicketRow &row, const AgendaItem &item, const QString &traceId) const
{
    switch (item.errand) {
    case Errand::resume:
        return goOn(session, row, TicketMove::bySystem(ourselves, TicketAction::resume, row, traceId));
    case Errand::nudge:
        return nudge(session, row, traceId);
    case Errand::silence:
        return giveUpOnSilent(session, row, traceId);
    case Errand::escalate:
        return raise(session, row, *item.rule, traceId);
    case Errand::close: {
        const TicketMove move = TicketMove::bySystem(ourselves, TicketAction::close, row, traceId);
        row.state = api::TicketState::closed;
        return apply(session, row, move);
    }
    }
    Q_UNREACHABLE();
}

Result<void> TicketService::nudge(Session &session, TicketRow &row, const QString &traceId) const
{
    ++row.nudges;
    if (row.nudges == 1) {
        TicketMove move = TicketMove::bySystem(ourselves, TicketAction::rematch, row, traceId);
        move.reason = QStringLiteral("Nobody was found for too long.");
        ++row.round; // whatever got lost on its way to the last one may turn up now
        return apply(session, row, move);
    }
    const Escalation what { QStringLiteral("unassigned"), 1, { api::Told::manager } };
    TRY(raiseOnce(session, row, what, QStringLiteral("Nobody has been found for the ticket."), traceId));
    return {};
}

Result<void> TicketService::giveUpOnSilent(Session &session, TicketRow &row, const QString &traceId) const
{
    const api::EscalationPolicy policy = TRY(sla_store::rules(session)).policy;
    const Instant now = m_with.clock.now();
    TicketMove move = TicketMove::bySystem(ourselves, TicketAction::silent, row, traceId);
    move.reason = QStringLiteral("%1 did not answer.").arg(row.expertName.value_or(QString()));
    move.coolUntil = now + std::chrono::minutes(policy.cooldownMinutes.value);
    if (std::optional<VisitRow> visit = TRY(ticket_store::activeVisit(session, row.id))) {
        endVisit(*visit, VisitState::withdrawn, now, QStringLiteral("silent"));
        TRY(ticket_store::save(session, *visit));
    }
    reopenRow(row);
    ++row.silentExperts;
    TRY(apply(session, row, move));
    if (row.silentExperts < policy.silentExperts.value)
        return {};
    const Escalation what { QStringLiteral("silent"), 1, { api::Told::manager } };
    TRY(raiseOnce(
        session, row, what, QStringLiteral("%1 experts did not answer.").arg(row.silentExperts), traceId
    ));
    return {};
}

Result<void> TicketService::raise(
    Session &session, TicketRow &row, const api::EscalationRule &rule, const QString &traceId
) const
{
    const Escalation what { enumName(rule.clock), rule.level.value, rule.tell };
    if (!TRY(raiseOnce(session, row, what, rule.text.toString(), traceId)))
        return {};
    if (!rule.tell.contains(api::Told::customer))
        return {};
    TicketMove move = TicketMove::bySystem(ourselves, TicketAction::delay, row, traceId);
    move.escalation = what;
    return apply(session, row, move);
}

// The row in `escalation` is what makes it once: over repeats, restarts and several nodes.
Result<bool> TicketService::raiseOnce(
    Session &session, TicketRow &row, const Escalation &what, const QString &why, const QString &traceId
) const
{
    if (!TRY(
            sla_store::add(session, EscalationRow { row.id, what.cause, what.level, why, m_with.clock.now() })
        ))
        return false;
    TicketMove move = TicketMove::bySystem(ourselves, TicketAction::escalate, row, traceId);
    move.reason = why;
    move.escalation = what;
    row.escalation = std::max(row.escalation, what.level);
    TRY(apply(session, row, move));
    return true;
}

#include "server/services/ticket/ticket_service.h"

using namespace std::chrono_literals;

// Waiting for the customer.

namespace {

// A pause that nobody ends ends by itself: a ticket that waits for ever is lost.
constexpr auto usualPause = std::chrono::days(3);
constexpr auto longestPause = std::chrono::days(90);

QString spoken(api::PauseReason reason)
{
    switch (reason) {
    case api::PauseReason::noShow:
        return QStringLiteral("Nobody was there.");
    case api::PauseReason::laterDay:
        return QStringLiteral("The customer asked for a later day.");
    case api::PauseReason::access:
        return QStringLiteral("There is no access to the device yet.");
    }
    Q_UNREACHABLE();
}

Problem notNow(const TicketRow &row, const QString &why)
{
    return Problem::conflict(
        QStringLiteral("ticket.moved-on"),
        QStringLiteral("%1 %2").arg(spokenNumber(row.number), why),
        { { QStringLiteral("ticket"), json::encode(toSummary(row)) } }
    );
}

} // namespace

Result<api::Ticket>
TicketService::pause(Session &session, const Caller &by, api::TicketId id, const api::NewPause &pause) const
{
    TicketRow row = TRY(lockFor(session, by, id));
    if (isOver(row.state))
        return fail(
            notNow(row, QStringLiteral("is %1: there is nothing to wait for.").arg(enumName(row.state)))
        );
    if (row.paused)
        return fail(notNow(row, QStringLiteral("waits for the customer already.")));
    const Instant now = m_with.clock.now();
    const Instant until = pause.until.value_or(now + usualPause);
    if (until <= now || until > now + longestPause)
        return fail(Problem::invalid(
            QStringLiteral("/until"), QStringLiteral("must be in the future, 90 days ahead at most")
        ));
    TicketMove move = TicketMove::by(by, TicketAction::pause, row);
    move.reason = spoken(pause.reason);
    PauseRow begun { Id<PauseConcept>::make(), id, pause.reason, {}, now, until, {} };
    if (pause.note) {
        begun.note = pause.note->toString();
        move.reason = *move.reason + u' ' + *begun.note;
    }
    TRY(sla_store::begin(session, begun));
    row.paused = pause.reason;
    row.pausedUntil = until;
    TRY(apply(session, row, move));
    return answer(session, by, row);
}

Result<void> TicketService::goOn(Session &session, TicketRow &row, TicketMove move) const
{
    const Instant now = m_with.clock.now();
    TRY(sla_store::endPause(session, row.id, now));
    row.paused.reset();
    row.pausedUntil.reset();
    // Whoever has to do the next step gets the whole of their time for it.
    row.stageSince = now;
    row.nudges = 0;
    return apply(session, row, move);
}

Result<api::Ticket> TicketService::resume(Session &session, const Caller &by, api::TicketId id) const
{
    TicketRow row = TRY(lockFor(session, by, id));
    if (!row.paused)
        return fail(notNow(row, QStringLiteral("does not wait for the customer.")));
    TRY(goOn(session, row, TicketMove::by(by, TicketAction::resume, row)));
    return answer(session, by, row);
}

Result<api::TicketSla> TicketService::sla(Session &session, const Caller &by, api::TicketId id) const
{
    const TicketRow row = TRY(visible(session, by, id));
    api::TicketSla sla = TRY(m_clocks.inspect(session, row, m_with.clock.now()));
    // How experts are found and asked is between us and them.
    if (by.role == api::Role::customer)
        sla.clocks.removeIf([](const api::SlaClock &clock) {
            return clock.kind == api::SlaClockKind::assign || clock.kind == api::SlaClockKind::accept;
        });
    return sla;
}

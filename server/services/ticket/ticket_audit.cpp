#include "server/services/ticket/ticket_audit.h"

#include "server/services/ticket/ticket_audit_store.h"
#include "server/services/ticket/ticket_service.h"

// What the ticket service shows to, and does for, whoever keeps the accounts.

namespace {

const QString accountantName = QStringLiteral("Accounting");

} // namespace

Result<QList<api::TicketId>> TicketService::auditIds(Session &session, const QUuid &after, int limit) const
{
    return ticket_audit_store::ids(session, after, limit);
}

Result<QList<api::TicketId>>
TicketService::auditActiveIds(Session &session, const QUuid &after, int limit) const
{
    return ticket_audit_store::activeIds(session, after, limit);
}

Result<QList<VisitAudit>>
TicketService::auditVisits(Session &session, const QUuid &afterExpert, int limit) const
{
    return ticket_audit_store::activeVisits(session, afterExpert, limit);
}

Result<QList<TicketAudit>> TicketService::audit(Session &session, const QList<api::TicketId> &ids) const
{
    return ticket_audit_store::audit(session, ids);
}

Result<bool> TicketService::restate(Session &session, api::TicketId id, const QString &why) const
{
    // Locked, so that no change can be published before this and be older than what this says.
    const std::optional<TicketRow> row = TRY(ticket_store::lock(session, id));
    if (!row)
        return false;
    TicketMove move = TicketMove::bySystem(accountantName, TicketAction::open, *row, {});
    move.reason = why;
    TRY(Outbox::publishAll(session, { eventOf(QStringLiteral("ticket.restated"), *row, move) }));
    return true;
}

Result<bool> TicketService::resetTimer(Session &session, api::TicketId id) const
{
    TRY(TicketClocks::cancelTimer(session, id));
    std::optional<TicketRow> row = TRY(ticket_store::lock(session, id));
    if (!row)
        return false;
    row->wakeAt.reset();
    TRY(m_clocks.settle(session, *row, {}));
    TRY(ticket_store::save(session, *row));
    return true;
}

Result<bool> TicketService::endStrayVisit(Session &session, api::TicketId id, const QString &why) const
{
    const std::optional<TicketRow> row = TRY(ticket_store::lock(session, id));
    if (row && hasActiveVisit(row->state))
        return false;
    std::optional<VisitRow> visit = TRY(ticket_store::activeVisit(session, id));
    if (!visit)
        return false;
    visit->state = api::VisitState::withdrawn;
    visit->endedAt = m_with.clock.now();
    visit->note = why;
    TRY(ticket_store::save(session, *visit));
    return true;
}

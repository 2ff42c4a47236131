#include "server/services/matching/matching_service.h"

#include "server/events/outbox.h"
#include "server/services/matching/matching_events.h"
#include "server/services/user/user_events.h"

MatchingService::MatchingService(Database &database, const TicketService &tickets, const Clock &clock)
    : m_database(database)
    , m_tickets(tickets)
    , m_clock(clock)
    , m_dispatcher(clock, std::make_unique<JustInTime>())
{
}

std::shared_ptr<const Consumer> MatchingService::consumer()
{
    auto consumer = std::make_shared<Consumer>(QStringLiteral("matching"), "squad_matching");
    consumer->on<ExpertChanged>([this](Session &session, const Event &, const ExpertChanged &change) {
        return m_dispatcher.expertChanged(session, change.expert);
    });
    consumer->on<ExpertMoved>([this](Session &session, const Event &, const ExpertMoved &move) {
        return m_dispatcher.expertMoved(session, move.expertId, move.position);
    });
    consumer->on<AssignmentRefused>([this](
                                        Session &session, const Event &, const AssignmentRefused &refusal
                                    ) { return m_dispatcher.refused(session, refusal); });
    consumer->on<MatchDue>([this](Session &session, const Event &, const MatchDue &) {
        return m_dispatcher.shiftsBegan(session);
    });
    consumer->on<ForgetTicket>([this](Session &session, const Event &, const ForgetTicket &command) {
        return m_dispatcher.ticketUnknown(session, command.ticketId);
    });
    consumer->onType(
        QStringLiteral("ticket.restated"),
        [this](Session &session, const Event &event) -> Result<void> {
            return m_dispatcher.ticketRestated(
                session, TRY(json::fromJson<TicketEvent>(event.payload)), event.traceId
            );
        }
    );
    for (const char *action : { "opened",
                                "assigned",
                                "rejected",
                                "silent",
                                "rematched",
                                "paused",
                                "resumed",
                                "retimed",
                                "completed",
                                "revisited",
                                "cancelled",
                                "reopened",
                                "closed",
                                "covered" }) {
        const QString type = QStringLiteral("ticket.") + QLatin1String(action);
        consumer->onType(type, [this](Session &session, const Event &event) -> Result<void> {
            return m_dispatcher.ticketChanged(
                session, TRY(json::fromJson<TicketEvent>(event.payload)), event.traceId
            );
        });
    }
    consumer->afterBatch([this](Session &session) { return m_dispatcher.decideAll(session); });
    return consumer;
}

Result<void> MatchingService::remindOfShifts()
{
    return m_database.transact("squad_matching", [this](Session &session) -> Result<void> {
        const Instant now = m_clock.now();
        if (!TRY(matching_store::anyDue(session, now)))
            return {};
        return Outbox::publish(session, QStringLiteral("shifts"), MatchDue { now }, {});
    });
}

Result<api::Explanation> MatchingService::explain(Session &session, const Caller &by, api::TicketId id) const
{
    // The ticket service decides who may see a ticket, in a transaction of its own.
    TRY(m_database.transact("squad_ticket", [&](Session &tickets) {
        return m_tickets.summary(tickets, by, id);
    }));
    api::Explanation explanation { id, {} };
    for (const DecisionRow &row : TRY(matching_store::decisions(session, id))) {
        api::Decision decision { row.id,       row.at,      row.strategy,   row.outcome,
                                 row.expertId, row.summary, row.considered, row.candidates };
        if (by.role == api::Role::expert) {
            if (row.expertId != by.account)
                continue;
            decision.candidates.removeIf([&](const api::Candidate &each) {
                return each.expertId != by.account;
            });
        }
        explanation.decisions.append(decision);
    }
    return explanation;
}

// For the accounts ------------------------------------------------------------

Result<QList<WaitingTicket>>
MatchingService::auditWaiting(Session &session, const QList<api::TicketId> &tickets) const
{
    return matching_store::waitingOf(session, tickets);
}

Result<QList<HeldExpert>>
MatchingService::auditHeld(Session &session, const QList<api::TicketId> &tickets) const
{
    return matching_store::heldFor(session, tickets);
}

Result<QList<api::TicketId>>
MatchingService::auditWaitingAfter(Session &session, const QUuid &after, int limit) const
{
    return matching_store::waitingAfter(session, after, limit);
}

Result<QList<HeldExpert>>
MatchingService::auditHeldAfter(Session &session, const QUuid &afterExpert, int limit) const
{
    return matching_store::heldAfter(session, afterExpert, limit);
}

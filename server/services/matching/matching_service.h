#pragma once

#include "server/db/database.h"
#include "server/events/consumer.h"
#include "server/http/caller.h"
#include "server/services/matching/dispatcher.h"
#include "server/services/ticket/ticket_service.h"

// Gives every ticket an expert, and says why to whoever may ask.
class MatchingService
{
public:
    MatchingService(Database &database, const TicketService &tickets, const Clock &clock);

    // What to listen to. The service outlives the consumer.
    [[nodiscard]] std::shared_ptr<const Consumer> consumer();

    // Reminds the group of tickets that wait for a shift which has begun. Cheap; meant to be called every few
    // seconds.
    Result<void> remindOfShifts();

    // Staff see everything; an expert sees why they were chosen, and nothing about colleagues.
    Result<api::Explanation> explain(Session &session, const Caller &by, api::TicketId id) const;

    // For the accounts: what matching believes, to be compared with what the tickets say.
    Result<QList<WaitingTicket>> auditWaiting(Session &session, const QList<api::TicketId> &tickets) const;
    Result<QList<HeldExpert>> auditHeld(Session &session, const QList<api::TicketId> &tickets) const;
    // In pieces, in the order of the ids' bytes; a null UUID is before all.
    Result<QList<api::TicketId>> auditWaitingAfter(Session &session, const QUuid &after, int limit) const;
    Result<QList<HeldExpert>> auditHeldAfter(Session &session, const QUuid &afterExpert, int limit) const;

private:
    Database &m_database;
    const TicketService &m_tickets;
    const Clock &m_clock;
    Dispatcher m_dispatcher;
};

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

private:
    Database &m_database;
    const TicketService &m_tickets;
    const Clock &m_clock;
    Dispatcher m_dispatcher;
};

#pragma once

#include "shared/api/ticket.h"

// A reminder of matching to itself: somebody's working hours have begun, so waiting tickets are worth another
// look.
struct MatchDue
{
    static constexpr std::string_view type = "matching.due";

    Instant at;
};
BOOST_DESCRIBE_STRUCT(MatchDue, (), (at))

// Command from accounting: the ticket service knows no such ticket. Whoever is held for it is free.
struct ForgetTicket
{
    static constexpr std::string_view type = "matching.forget_ticket";

    api::TicketId ticketId;
};
BOOST_DESCRIBE_STRUCT(ForgetTicket, (), (ticketId))

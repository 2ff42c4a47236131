#pragma once

#include "shared/api/ticket.h"

// All that the ticket service holds of one ticket, as far as it has to agree with itself and with others: the
// row, what its history comes to, and who is on their way to it. Each of the three may be there without the
// others, which is what an audit is for.
struct TicketAudit
{
    api::TicketId id;

    // The row. Without one, `number` is absent and the rest is empty.
    std::optional<qint64> number;
    std::optional<QString> region;
    std::optional<api::TicketState> state;
    std::optional<int> round;
    std::optional<int> version;
    std::optional<api::AccountId> expertId;
    bool waiting = false; // open, and told why nobody has it
    bool paused = false; // the customer is waited for, and nobody is looked for
    std::optional<Instant> createdAt;
    std::optional<Instant> wakeAt; // what its timer is set to

    // Its history.
    std::optional<api::TicketState> historyState; // after the last change
    std::optional<int> assignedVersion; // of the last assignment
    bool historyHolds = false; // every change begins where the one before it ended

    // The visit that is under way. More than one is impossible unless the database's own rule is gone.
    int activeVisits = 0;
    std::optional<api::AccountId> visitExpert;
    std::optional<QString> visitState;

    [[nodiscard]] bool exists() const { return state.has_value(); }
};
BOOST_DESCRIBE_STRUCT(
    TicketAudit,
    (),
    (id,
     number,
     region,
     state,
     round,
     version,
     expertId,
     waiting,
     paused,
     createdAt,
     wakeAt,
     historyState,
     assignedVersion,
     historyHolds,
     activeVisits,
     visitExpert,
     visitState)
)

// An expert who is on a ticket, as the ticket service sees it.
struct VisitAudit
{
    api::AccountId expertId;
    api::TicketId ticketId;
};
BOOST_DESCRIBE_STRUCT(VisitAudit, (), (expertId, ticketId))

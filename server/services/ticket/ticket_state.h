#pragma once

#include "shared/api/ticket.h"

// What can be done to a ticket (DESIGN.md, 6). The names are those of the history and of the API's actions.
enum class TicketAction {
    open,
    assign,
    accept,
    reject,
    depart,
    arrive,
    complete,
    revisit,
    cancel,
    reopen,
    close,
    escalate,
    pause,
    resume,
    silent, // the expert did not answer
    rematch, // nobody was found for too long
    delay, // the customer is told that it takes longer
};
BOOST_DESCRIBE_ENUM(
    TicketAction,
    open,
    assign,
    accept,
    reject,
    depart,
    arrive,
    complete,
    revisit,
    cancel,
    reopen,
    close,
    escalate,
    pause,
    resume,
    silent,
    rematch,
    delay
)

// The state a ticket is in after the action; nothing where the action is not possible in `from`.
[[nodiscard]] std::optional<api::TicketState> stateAfter(api::TicketState from, TicketAction action);

// An expert is on it: from the assignment until the visit ends.
[[nodiscard]] bool hasActiveVisit(api::TicketState state);

// Completed, closed or cancelled.
[[nodiscard]] bool isOver(api::TicketState state);

// "ticket.accepted" for accept: the event an action publishes.
[[nodiscard]] QString eventType(TicketAction action);

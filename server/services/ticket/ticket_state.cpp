#include "server/services/ticket/ticket_state.h"

using api::TicketState;

namespace {

struct Transition
{
    TicketAction action;
    TicketState from;
    TicketState to;
};

constexpr Transition transitions[] = {
    { TicketAction::assign, TicketState::open, TicketState::assigned },
    // By a manager: taking the job from somebody who has not set out yet.
    { TicketAction::assign, TicketState::assigned, TicketState::assigned },
    { TicketAction::assign, TicketState::accepted, TicketState::assigned },
    { TicketAction::accept, TicketState::assigned, TicketState::accepted },
    { TicketAction::reject, TicketState::assigned, TicketState::open },
    { TicketAction::reject, TicketState::accepted, TicketState::open },
    { TicketAction::silent, TicketState::assigned, TicketState::open },
    { TicketAction::rematch, TicketState::open, TicketState::open },
    { TicketAction::depart, TicketState::accepted, TicketState::enRoute },
    { TicketAction::arrive, TicketState::enRoute, TicketState::inProgress },
    { TicketAction::complete, TicketState::inProgress, TicketState::completed },
    { TicketAction::revisit, TicketState::inProgress, TicketState::open },
    { TicketAction::reopen, TicketState::completed, TicketState::open },
    { TicketAction::close, TicketState::completed, TicketState::closed },
};

} // namespace

std::optional<TicketState> stateAfter(TicketState from, TicketAction action)
{
    if (action == TicketAction::cancel)
        return isOver(from) ? std::nullopt : std::optional(TicketState::cancelled);
    // Beside the state: a level, a pause and a word to the customer move nothing.
    if (action == TicketAction::escalate || action == TicketAction::pause || action == TicketAction::resume
        || action == TicketAction::delay)
        return isOver(from) ? std::nullopt : std::optional(from);
    const auto *found = std::ranges::find_if(transitions, [&](const Transition &each) {
        return each.action == action && each.from == from;
    });
    return found == std::end(transitions) ? std::nullopt : std::optional(found->to);
}

bool hasActiveVisit(TicketState state)
{
    return state == TicketState::assigned || state == TicketState::accepted || state == TicketState::enRoute
        || state == TicketState::inProgress;
}

bool isOver(TicketState state)
{
    return state == TicketState::completed || state == TicketState::closed || state == TicketState::cancelled;
}

QString eventType(TicketAction action)
{
    switch (action) {
    case TicketAction::open:
        return QStringLiteral("ticket.opened");
    case TicketAction::assign:
        return QStringLiteral("ticket.assigned");
    case TicketAction::accept:
        return QStringLiteral("ticket.accepted");
    case TicketAction::reject:
        return QStringLiteral("ticket.rejected");
    case TicketAction::depart:
        return QStringLiteral("ticket.departed");
    case TicketAction::arrive:
        return QStringLiteral("ticket.arrived");
    case TicketAction::complete:
        return QStringLiteral("ticket.completed");
    case TicketAction::revisit:
        return QStringLiteral("ticket.revisited");
    case TicketAction::cancel:
        return QStringLiteral("ticket.cancelled");
    case TicketAction::reopen:
        return QStringLiteral("ticket.reopened");
    case TicketAction::close:
        return QStringLiteral("ticket.closed");
    case TicketAction::escalate:
        return QStringLiteral("ticket.escalated");
    case TicketAction::pause:
        return QStringLiteral("ticket.paused");
    case TicketAction::resume:
        return QStringLiteral("ticket.resumed");
    case TicketAction::silent:
        return QStringLiteral("ticket.silent");
    case TicketAction::rematch:
        return QStringLiteral("ticket.rematched");
    case TicketAction::delay:
        return QStringLiteral("ticket.delayed");
    }
    Q_UNREACHABLE();
}

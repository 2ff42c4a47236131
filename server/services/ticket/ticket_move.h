#pragma once

#include "server/http/caller.h"
#include "server/services/ticket/ticket_row.h"
#include "server/services/ticket/ticket_state.h"

// One change of a ticket: who, what, why. The row it goes with already holds what the change makes of it.
struct TicketMove
{
    TicketAction action = TicketAction::open;
    std::optional<api::TicketState> from;
    QString actor;
    std::optional<api::AccountId> actorId;
    std::optional<api::Role> actorRole;
    std::optional<QString> reason;
    std::optional<api::AccountId> previousExpert;
    std::optional<Id<api::DecisionConcept>> decisionId;
    std::optional<Escalation> escalation {};
    std::optional<Instant> coolUntil {};
    QString traceId;

    static TicketMove by(const Caller &caller, TicketAction action, const TicketRow &row)
    {
        TicketMove move = bySystem(caller.name, action, row, caller.requestId);
        move.actorId = caller.account;
        move.actorRole = caller.role;
        return move;
    }

    // `actor` is a part of the system: "Matching".
    static TicketMove
    bySystem(const QString &actor, TicketAction action, const TicketRow &row, const QString &traceId)
    {
        TicketMove move;
        move.action = action;
        move.from = row.state;
        move.actor = actor;
        move.previousExpert = row.expertId;
        move.traceId = traceId;
        return move;
    }
};

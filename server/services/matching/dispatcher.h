#pragma once

#include "server/services/matching/matcher.h"
#include "server/services/matching/matching_store.h"
#include "shared/core/clock.h"

#include <set>

// Follows experts and tickets event by event and gives every waiting ticket the best expert there is, or the
// reason why there is none. Used by one consumer group, so by one thread at a time.
//
// The index in memory runs ahead of the transaction: it shows what this batch has done so far, so that two
// choices of one batch see each other's reservations. If the transaction then fails, or another node has
// worked in the meantime, the index is read anew from the tables before anything else is decided.
class Dispatcher
{
public:
    Dispatcher(const Clock &clock, std::unique_ptr<Strategy> strategy);

    Result<void> expertChanged(Session &session, const api::Expert &expert);
    Result<void> expertMoved(Session &session, api::AccountId id, const Position &position);
    Result<void> ticketChanged(Session &session, const TicketEvent &event, const QString &traceId);
    Result<void> refused(Session &session, const AssignmentRefused &refusal);
    Result<void> shiftsBegan(Session &session);
    // How a ticket stands, whatever was heard of it before: what does not fit is put right.
    Result<void> ticketRestated(Session &session, const TicketEvent &event, const QString &traceId);
    Result<void> ticketUnknown(Session &session, api::TicketId id);
    // At the end of a batch: work for those who have become free, then choices for all that is still open.
    Result<void> decideAll(Session &session);

private:
    struct OpenTicket
    {
        WaitingRow row;
        MatchJob job;
        qint64 rank = 0; // the lowest is decided first
    };

    Result<void> enter(Session &session);
    Result<void> reload(Session &session);

    Result<ExpertRow> known(Session &session, api::AccountId id) const;
    Result<void> save(Session &session, const ExpertRow &row);
    Result<void> occupy(Session &session, api::AccountId id, ExpertState state, api::TicketId ticket);
    Result<void> release(Session &session, ExpertRow row);
    Result<void> leave(Session &session, api::AccountId id, api::TicketId ticket);
    Result<void> cool(Session &session, api::AccountId id, Instant until);

    Result<void> releaseAll(Session &session, api::TicketId ticket, std::optional<api::AccountId> except);
    Result<void> ticketOpened(Session &session, const TicketEvent &event, const QString &traceId);
    Result<void> ticketTaken(Session &session, const TicketEvent &event);
    Result<void> ticketCovered(Session &session, const TicketEvent &event);

    Result<void> employ(Session &session, api::AccountId id);
    Result<std::optional<api::TicketId>> bestWaitingFor(Session &session, const MatchExpert &expert) const;
    Result<void> decideOpen(Session &session);
    Result<bool> decide(Session &session, const OpenTicket &ticket);
    Result<std::optional<OpenTicket>> openTicket(Session &session, api::TicketId id) const;
    Result<void> propose(Session &session, WaitingRow ticket, const Choice &choice);
    Result<void> explainNobody(Session &session, WaitingRow ticket, const Choice &choice);
    [[nodiscard]] DecisionRow decisionOf(const WaitingRow &ticket, const Choice &choice) const;

    const Clock &m_clock;
    std::unique_ptr<Strategy> m_strategy;
    const QUuid m_node = makeUuid7();
    ExpertIndex m_index;
    Instant m_nextDayCheck;
    bool m_isCurrent = false; // the index shows what this node committed last, and nothing else
    std::weak_ptr<void> m_batch; // lives as long as the transaction that is under way
    // Ordered, so that equal events give equal choices.
    std::set<api::TicketId> m_open; // to be decided at the end of the batch
    std::set<api::AccountId> m_freed; // to be given work before that
};

#pragma once

#include "server/services/matching/matcher.h"
#include "server/services/matching/matching_store.h"
#include "shared/core/clock.h"

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
    // At the end of a batch: choices for all that has become open, then work for those who have become free.
    Result<void> decideAll(Session &session);

private:
    Result<void> enter(Session &session);
    Result<void> reload(Session &session);
    template <class Work>
    Result<void> guarded(Session &session, Work work);

    Result<ExpertRow> known(Session &session, api::AccountId id) const;
    Result<void> save(Session &session, const ExpertRow &row);
    Result<void> occupy(Session &session, api::AccountId id, ExpertState state, api::TicketId ticket);
    Result<void> release(Session &session, api::AccountId id, api::TicketId ticket);
    Result<void> awaitExpert(Session &session, const TicketEvent &event, const QString &traceId);
    Result<void> decide(Session &session, WaitingRow ticket);
    Result<void> propose(Session &session, WaitingRow &ticket, const Choice &choice);
    Result<void> explainNobody(Session &session, WaitingRow &ticket, const Choice &choice);
    Result<std::optional<WaitingRow>> bestWaitingFor(Session &session, const MatchExpert &expert) const;
    Result<MatchJob> jobOf(Session &session, const WaitingRow &ticket) const;
    [[nodiscard]] DecisionRow decisionOf(const WaitingRow &ticket, const Choice &choice) const;

    const Clock &m_clock;
    std::unique_ptr<Strategy> m_strategy;
    const QUuid m_node = makeUuid7();
    ExpertIndex m_index;
    QList<api::TicketId> m_open; // to be decided at the end of the batch
    QSet<api::AccountId> m_freed; // to be given work after that
    bool m_isLoaded = false;
    bool m_isInBatch = false;
    std::shared_ptr<bool> m_isCommitted = std::make_shared<bool>(true); // of the last batch
};

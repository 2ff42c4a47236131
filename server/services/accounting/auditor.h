#pragma once

#include "server/db/database.h"
#include "server/events/event_bus.h"
#include "server/services/accounting/accounting_store.h"
#include "server/services/matching/matching_service.h"
#include "server/services/timer/timer_service.h"
#include "shared/core/clock.h"

// Compares what every source says of the tickets, a bounded piece at a time, round and round.
//
// News travels, so that sources which disagree at one moment are no difference. A suspicion is confirmed only
// when it shows the very same picture after a grace period *and* after the consumers concerned have read past
// the moment at which it was first seen: from then on nothing that could explain it is on its way. The other
// sources are always read before the ticket service, so that what they say can be older than a ticket, never
// newer.
class Auditor
{
public:
    struct Sources
    {
        Database &database;
        const TicketService &tickets;
        const MatchingService &matching;
        const TimerService &timers;
        const Clock &clock;
    };

    struct Options
    {
        int slice = 1000; // tickets of the round over all of them, in one look
        int activeSlice = 500; // of the round over those that are not over, which is quicker
        int otherSlice = 200; // of each round over what others believe
        std::chrono::milliseconds grace { 10'000 };
        std::chrono::milliseconds patience { 120'000 }; // with events that wait for a retry
        std::chrono::seconds pushed { 30 * 60 }; // so long a feed keeps what its owner has seen
        qint64 mostSuspicions = 10'000; // more of them mean that something else is wrong
        int attempts = 3; // repairs of one difference in a day
    };

    Auditor(const Sources &sources, const Options &options);

    // One look, within the caller's transaction as squad_accounting. `health` was taken before it.
    Result<void> look(Session &session, const QList<GroupHealth> &health) const;

private:
    // What one lane wants to have looked at.
    struct Piece
    {
        QList<api::TicketId> ids;
        QUuid last; // where to go on
        bool isEnd = false;
    };
    struct Scope
    {
        const QList<GroupHealth> &health;
        Instant now;
        std::optional<Instant> stockTaking; // tickets from before this may be unknown to the books
        qint64 suspicions = 0;
    };

    template <class Read>
    auto ask(const char *role, Read read) const;
    Result<Piece> allTickets(Session &session, const QUuid &after) const;
    Result<Piece> pieceOf(Session &session, const QString &lane, const QUuid &after) const;
    Result<QList<Evidence>> gather(Session &session, const QList<api::TicketId> &ids) const;
    Result<void> findUntold(QList<Evidence> &all) const;
    Result<void>
    settle(Session &session, Scope &scope, const Evidence &evidence, QList<DifferenceRow> known) const;
    Result<void> weigh(
        Session &session,
        Scope &scope,
        const Evidence &evidence,
        const Finding &finding,
        const DifferenceRow *known
    ) const;
    [[nodiscard]] bool hasPassed(const Scope &scope, const DifferenceRow &row) const;

    Sources m_with;
    Options m_options;
};

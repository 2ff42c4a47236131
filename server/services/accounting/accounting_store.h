#pragma once

#include "server/db/session.h"
#include "server/services/accounting/evidence.h"

// A difference or the suspicion of one, with how often and since when it was seen.
struct DifferenceRow
{
    api::TicketId ticketId;
    api::DifferenceKind kind = api::DifferenceKind::lost;
    QString evidence;
    QStringList sources;
    std::optional<QString> number;
    std::optional<QString> region;
    std::optional<api::TicketPlace> place;
    Instant firstSeen;
    Instant watchedSince;
    Instant raisedAt; // by the bus's clock
    int sightings = 1;
    std::optional<Instant> confirmedAt;
    int attempts = 0;
    bool gaveUp = false;
};
BOOST_DESCRIBE_STRUCT(
    DifferenceRow,
    (),
    (ticketId,
     kind,
     evidence,
     sources,
     number,
     region,
     place,
     firstSeen,
     watchedSince,
     raisedAt,
     sightings,
     confirmedAt,
     attempts,
     gaveUp)
)

struct RepairConcept;

struct RepairRow
{
    Id<RepairConcept> id = Id<RepairConcept>::make();
    std::optional<api::TicketId> ticketId;
    std::optional<QString> number;
    api::DifferenceKind kind = api::DifferenceKind::lost;
    QString action;
    Instant at;
    bool helped = false;
};
BOOST_DESCRIBE_STRUCT(RepairRow, (), (id, ticketId, number, kind, action, at, helped))

struct TallyRow
{
    QString region;
    QString place; // or "created"
    qint64 tickets = 0;
};
BOOST_DESCRIBE_STRUCT(TallyRow, (), (region, place, tickets))

// A total that was not the sum of its tickets.
struct MiscountRow
{
    QString region;
    QString place;
    qint64 was = 0;
    qint64 tickets = 0;
};
BOOST_DESCRIBE_STRUCT(MiscountRow, (), (region, place, was, tickets))

struct LaneRow
{
    QString name;
    QUuid position;
    qint64 checked = 0;
    qint64 rounds = 0;
    Instant startedAt;
    std::optional<Instant> completedAt;
};
BOOST_DESCRIBE_STRUCT(LaneRow, (), (name, position, checked, rounds, startedAt, completedAt))

struct LookRow
{
    qint64 number = 0;
    std::optional<Instant> at;
};
BOOST_DESCRIBE_STRUCT(LookRow, (), (number, at))

struct NodeRow
{
    QString name;
    QStringList stopped; // consumers that should run there
    int silentSeconds = 0; // behind the node that was heard of last
};
BOOST_DESCRIBE_STRUCT(NodeRow, (), (name, stopped, silentSeconds))

// The SQL of the schema `accounting`. Nothing else touches it.
namespace accounting_store {

// Books. Whoever writes them holds the books first, in a statement of its own, so that the counting sees what
// the one before has written.
Result<void> holdBooks(Session &session);
Result<void> enter(Session &session, const QList<BookRow> &rows); // older news than is known change nothing
Result<QList<BookRow>> books(Session &session, const QList<api::TicketId> &ids);
Result<QList<api::TicketId>> bookIds(Session &session, const QUuid &after, int limit);
Result<QList<TallyRow>> tallies(Session &session);
// Counts the books anew and corrects what is wrong; says what was. Holds the books.
Result<QList<MiscountRow>> recount(Session &session);

// Looking. True if no other node does; until the transaction ends.
Result<bool> hold(Session &session);
Result<LookRow> lastLook(Session &session);
Result<void> noteLook(Session &session, Instant now);
Result<LaneRow> lane(Session &session, const QString &name, Instant now);
Result<QList<LaneRow>> lanes(Session &session);
Result<void> save(Session &session, const LaneRow &lane);

// Differences.
Result<QList<DifferenceRow>> differences(Session &session, const QList<api::TicketId> &ids);
Result<QList<api::TicketId>> suspects(Session &session, const QUuid &after, int limit);
Result<qint64> suspicions(Session &session, qint64 most); // counted up to so many
Result<void> raise(Session &session, const DifferenceRow &row); // raised_at is now, by the bus's clock
Result<void> confirm(Session &session, const DifferenceRow &row, Instant at);
Result<void> withdraw(Session &session, const DifferenceRow &row);
Result<QList<DifferenceRow>> confirmed(Session &session, int limit);
Result<qint64> countConfirmed(Session &session);
Result<qint64> countHopeless(Session &session); // nobody but a person can help
// Confirmed ones that are missing from or too many in a region's places.
Result<QList<TallyRow>> corrections(Session &session);

// Repairs.
Result<QList<DifferenceRow>> mendable(Session &session, const QStringList &kinds, int limit);
Result<int> attemptsSince(Session &session, api::TicketId id, api::DifferenceKind kind, Instant since);
Result<void> add(Session &session, const RepairRow &repair);
Result<void> noteHelped(Session &session, api::TicketId id, api::DifferenceKind kind);
Result<QList<RepairRow>> repairs(Session &session, int limit);
Result<void> forgetRepairs(Session &session, Instant before);

// Servers. Those that nobody has heard of for a day are forgotten.
Result<void> beat(Session &session, const QString &node, const QStringList &stopped);
Result<void> leave(Session &session, const QString &node);
Result<QList<NodeRow>> nodes(Session &session);

// Alarms. True: they are not those of before.
Result<bool> putAlarms(Session &session, const QList<api::Alarm> &alarms);
Result<QList<api::Alarm>> alarms(Session &session);

} // namespace accounting_store

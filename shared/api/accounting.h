#pragma once

#include "shared/api/ticket.h"

// Where every ticket is, and whether all parts of the system say the same of it.
namespace api {

// A ticket's place in the accounts: its state, with those that are open told apart by whether somebody has
// looked for an expert and found nobody.
enum class TicketPlace {
    open,
    waiting,
    assigned,
    accepted,
    enRoute,
    inProgress,
    completed,
    closed,
    cancelled,
};
BOOST_DESCRIBE_ENUM(
    TicketPlace, open, waiting, assigned, accepted, enRoute, inProgress, completed, closed, cancelled
)

struct PlaceCount
{
    TicketPlace place = TicketPlace::open;
    qint64 tickets = 0;
};
BOOST_DESCRIBE_STRUCT(PlaceCount, (), (place, tickets))

// One region: what was filed there has to be what is there.
struct RegionBalance
{
    QString region;
    qint64 created = 0;
    QList<PlaceCount> places; // every place once, in the order of the enum
    qint64 missing = 0; // created, and found nowhere; negative: found, and never heard of
};
BOOST_DESCRIBE_STRUCT(RegionBalance, (), (region, created, places, missing))

// What can be wrong with a ticket. Those that accounting mends by itself say so in Difference::remedy.
enum class DifferenceKind {
    lost, // it was filed, and the ticket service does not have it
    unheard, // the ticket service has it, and no event ever told of it
    behind, // the last events about it were lost
    altered, // the row is not what its last event said, without any event since
    historyBroken, // its history does not lead to its state
    unmatched, // open, and matching does not know it
    matchStuck, // open, and matching believes that it is being dealt with
    notHeld, // with an expert whom matching believes to be free
    heldInVain, // an expert is kept for it without reason
    strayWaiting, // over, and matching still looks for an expert
    strayVisit, // nobody should be on it, and a visit is under way
    noVisit, // with an expert, and there is no such visit
    untold, // its expert was never told of the assignment
    mistimed, // its timer is not set to when the ticket has to be looked at next
    miscounted, // the totals were not the sum of their tickets
};
BOOST_DESCRIBE_ENUM(
    DifferenceKind,
    lost,
    unheard,
    behind,
    altered,
    historyBroken,
    unmatched,
    matchStuck,
    notHeld,
    heldInVain,
    strayWaiting,
    strayVisit,
    noVisit,
    untold,
    mistimed,
    miscounted
)

// Sources that disagree about a ticket, and have done so for longer than news takes to travel.
struct Difference
{
    TicketId ticketId;
    std::optional<QString> number; // unknown where no part of the system can say it
    std::optional<QString> region;
    DifferenceKind kind = DifferenceKind::lost;
    QStringList
        sources; // who disagrees: "tickets", "history", "events", "matching", "visits", "timers", "feed"
    QString evidence; // what each of them says, in one sentence
    Instant since;
    QString remedy; // what repairs it
    int attempts = 0; // repairs tried so far
    bool needsPerson = false; // accounting cannot mend it, or has given up
};
BOOST_DESCRIBE_STRUCT(
    Difference, (), (ticketId, number, region, kind, sources, evidence, since, remedy, attempts, needsPerson)
)

struct Repair
{
    std::optional<TicketId> ticketId;
    std::optional<QString> number;
    DifferenceKind kind = DifferenceKind::lost;
    QString action; // what was done
    Instant at;
    bool helped = false; // the difference is gone
};
BOOST_DESCRIBE_STRUCT(Repair, (), (ticketId, number, kind, action, at, helped))

// Something in the machinery that needs an operator or a manager.
struct Alarm
{
    QString name; // stable, for programs: "consumer.matching.stalled"
    QString text;
    Instant since;
};
BOOST_DESCRIBE_STRUCT(Alarm, (), (name, text, since))

// How far the look over all tickets has come.
struct SweepProgress
{
    qint64 checked = 0; // in the round that is under way
    Instant startedAt; // that round
    std::optional<Instant> completedAt; // the last one that came to its end
};
BOOST_DESCRIBE_STRUCT(SweepProgress, (), (checked, startedAt, completedAt))

struct Accounting
{
    qint64 created = 0;
    bool balanced = false; // every ticket is in one place, and nobody disagrees
    QList<RegionBalance> regions; // by name
    QList<Difference> differences; // the longest standing first, the first 200
    qint64 differenceCount = 0;
    QList<Repair> repairs; // the newest first, the last 50
    QList<Alarm> alarms;
    std::optional<Instant> checkedAt; // the last look; absent before the first
    SweepProgress sweep;
};
BOOST_DESCRIBE_STRUCT(
    Accounting,
    (),
    (created, balanced, regions, differences, differenceCount, repairs, alarms, checkedAt, sweep)
)

namespace accounting {

    struct Fetch : Endpoint<Method::get, "/accounting">
    {
        static constexpr std::string_view summary
            = "Where all tickets are, what does not add up, and what was repaired";
        static constexpr Roles roles = staff;
        using Answer = Accounting;
    };

    struct Alarms : Endpoint<Method::get, "/health/alarms">
    {
        static constexpr std::string_view summary = "What in the machinery needs somebody";
        static constexpr Roles roles = staff;
        using Answer = Items<Alarm>;
    };

} // namespace accounting
} // namespace api

#pragma once

#include "server/services/matching/matching_service.h"
#include "shared/api/accounting.h"

// A ticket as the books have it.
struct BookRow
{
    api::TicketId id;
    QString number;
    QString region;
    api::TicketPlace place = api::TicketPlace::open;
    int round = 1;
    int version = 1;
    std::optional<api::AccountId> expertId;
    Instant toldAt;
};
BOOST_DESCRIBE_STRUCT(BookRow, (), (id, number, region, place, round, version, expertId, toldAt))

// All that is known of one ticket, from every source.
struct Evidence
{
    std::optional<BookRow> book;
    TicketAudit ticket;
    std::optional<WaitingTicket> waiting;
    QList<HeldExpert> held;
    std::optional<Instant> timer; // when it will fire
    bool untold = false; // its expert's feed should have the assignment and does not

    [[nodiscard]] QString number() const;
    [[nodiscard]] QString region() const;
    // Where the ticket is, if any source can say so: the ticket service first.
    [[nodiscard]] std::optional<api::TicketPlace> place() const;
};

// Two sources that do not agree about it.
struct Finding
{
    api::DifferenceKind kind = api::DifferenceKind::lost;
    QString evidence;
};

[[nodiscard]] api::TicketPlace placeOf(api::TicketState state, bool waiting);

// Everything that does not fit; nothing for a ticket that all agree on. What is found may still be news on
// its way: see confirmation().
[[nodiscard]] QList<Finding> findings(const Evidence &evidence);

// What a kind of difference means: who disagrees, whose news it may be waiting for, and what can be done.
struct KindTraits
{
    QStringList sources;
    QStringList groups; // consumers that may simply not have read it yet
    int sightings = 1; // two where a question and its answer may be under way, one after the other
    bool mendable = false;
    QString remedy;
};
[[nodiscard]] const KindTraits &traitsOf(api::DifferenceKind kind);

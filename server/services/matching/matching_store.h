#pragma once

#include "server/db/session.h"
#include "server/services/matching/expert_index.h"
#include "server/services/ticket/ticket_events.h"

#include <QDate>

// What matching needs of an expert. Plain texts, since the user service has checked them; all may be empty,
// since a job or a position can be heard of before its expert.
struct ExpertSnapshot
{
    QString name;
    QList<api::SkillLevel> skills;
    QStringList areas;
    QString timeZone;
    QList<api::Shift> shifts;
    std::optional<Position> position;
    api::Availability availability = api::Availability::offDuty;
    int version = 0;

    static ExpertSnapshot of(const api::Expert &expert);
};
BOOST_DESCRIBE_STRUCT(
    ExpertSnapshot, (), (name, skills, areas, timeZone, shifts, position, availability, version)
)

struct ExpertRow
{
    api::AccountId id;
    ExpertSnapshot snapshot;
    ExpertState state = ExpertState::free;
    std::optional<api::TicketId> ticketId;
    std::optional<QString> jobsDay; // ISO date
    int jobsToday = 0;
};
BOOST_DESCRIBE_STRUCT(ExpertRow, (), (id, snapshot, state, ticketId, jobsDay, jobsToday))

struct WaitingRow
{
    api::TicketId ticketId;
    api::TicketSummary summary;
    TicketJob job;
    QString skill;
    QString zip;
    Instant since;
    std::optional<Instant> nextTry;
    bool proposed = false;
    std::optional<Id<api::DecisionConcept>> decisionId;
    QString traceId;
};
BOOST_DESCRIBE_STRUCT(
    WaitingRow, (), (ticketId, summary, job, skill, zip, since, nextTry, proposed, decisionId, traceId)
)

// A ticket as an expert who has become free looks at it.
struct WaitingJob
{
    api::TicketId ticketId;
    TicketJob job;
    api::Priority priority = api::Priority::normal;
    QString skill;
    QString zip;
    Instant since;
};
BOOST_DESCRIBE_STRUCT(WaitingJob, (), (ticketId, job, priority, skill, zip, since))

// For the accounts: what matching believes of a ticket, and of the experts it keeps for one.
struct WaitingTicket
{
    api::TicketId ticketId;
    int round = 1;
    bool proposed = false; // to an expert, or taken by one
    bool decided = false; // nobody fitted, and the ticket service was told why
};
BOOST_DESCRIBE_STRUCT(WaitingTicket, (), (ticketId, round, proposed, decided))

struct HeldExpert
{
    api::AccountId expertId;
    ExpertState state = ExpertState::reserved; // or busy
    api::TicketId ticketId;
};
BOOST_DESCRIBE_STRUCT(HeldExpert, (), (expertId, state, ticketId))

// Who is not asked about a ticket, and for how long.
struct ExclusionRow
{
    api::AccountId expertId;
    std::optional<Instant> until; // none: for good
};
BOOST_DESCRIBE_STRUCT(ExclusionRow, (), (expertId, until))

struct DecisionRow
{
    Id<api::DecisionConcept> id;
    api::TicketId ticketId;
    int round = 1;
    Instant at;
    QString strategy;
    api::DecisionOutcome outcome = api::DecisionOutcome::nobody;
    std::optional<api::AccountId> expertId;
    QString summary;
    int considered = 0;
    QList<api::Candidate> candidates;
};
BOOST_DESCRIBE_STRUCT(
    DecisionRow, (), (id, ticketId, round, at, strategy, outcome, expertId, summary, considered, candidates)
)

// The SQL of the schema `matching`. Nothing else touches it.
namespace matching_store {

// True when another node has written since this one did last: what is in memory is out of date.
Result<bool> takeOver(Session &session, const QUuid &node);

Result<QList<ExpertRow>> experts(Session &session);
Result<std::optional<ExpertRow>> expert(Session &session, api::AccountId id);
Result<void> put(Session &session, const ExpertRow &expert);

Result<void> put(Session &session, const WaitingRow &ticket);
Result<std::optional<WaitingRow>> waiting(Session &session, api::TicketId id);
Result<void> forget(Session &session, api::TicketId id); // with its exclusions
// The tickets that wait for what this expert can do where they do it, that nobody is proposed for and they
// are not excluded from; the longest waiting first.
Result<QList<WaitingJob>> waitingFor(Session &session, const MatchExpert &expert, Instant now, int most);
// The tickets to look at again because of the time, longest waiting first.
Result<QList<api::TicketId>> due(Session &session, Instant now, int most);
Result<bool> anyDue(Session &session, Instant now);

Result<void>
exclude(Session &session, api::TicketId ticket, api::AccountId expert, const std::optional<Instant> &until);
// Who is asked for nothing for a while.
Result<void> cool(Session &session, api::AccountId expert, Instant until);
// Whatever waits for such an expert is looked at again by then.
Result<void> tryAgain(Session &session, const ExpertSnapshot &expert, Instant at);
// Of the ticket, and of all that cool down.
Result<QList<ExclusionRow>> exclusions(Session &session, api::TicketId ticket, Instant now);

Result<QList<WaitingTicket>> waitingOf(Session &session, const QList<api::TicketId> &tickets);
Result<QList<HeldExpert>> heldFor(Session &session, const QList<api::TicketId> &tickets);
// In pieces, in the order of the ids' bytes; a null UUID is before all.
Result<QList<api::TicketId>> waitingAfter(Session &session, const QUuid &after, int limit);
Result<QList<HeldExpert>> heldAfter(Session &session, const QUuid &afterExpert, int limit);

Result<void> put(Session &session, const DecisionRow &decision); // a new one, or a later word on the same
Result<void> settle(Session &session, Id<api::DecisionConcept> id, api::DecisionOutcome outcome);
Result<QList<DecisionRow>> decisions(Session &session, api::TicketId ticket); // newest first, the last twenty

} // namespace matching_store

#pragma once

#include "shared/api/sla.h"

// What the ticket service tells the others, and the commands it takes from matching. All travel on the topic
// "ticket", keyed by the ticket's id, so that every consumer sees one ticket's life in order.

// What matching needs to know of a ticket beyond its summary.
struct TicketJob
{
    int round = 1; // rises each time the ticket becomes open again; a proposal for an older round is refused
    int minutes = 60; // expected length of the repair
    int level = 1; // skill level needed
    QString timeZone; // IANA, of the address
    std::optional<Position> position; // of the address, as precisely as the ZIP tables know it
    std::optional<Instant> arriveBy; // what the plan promises
};
BOOST_DESCRIBE_STRUCT(TicketJob, (), (round, minutes, level, timeZone, position, arriveBy))

// What was escalated, and to whom.
struct Escalation
{
    QString cause; // a clock ("arrive"), "unassigned" or "silent"
    int level = 1;
    QList<api::Told> tell;
};
BOOST_DESCRIBE_STRUCT(Escalation, (), (cause, level, tell))

// One transition. Published as "ticket.<past tense>": opened, assigned, accepted, rejected, departed,
// arrived, completed, revisited (another visit is needed), cancelled, reopened, escalated, closed; and
// without a change of state: waiting (nobody fits, `ticket.waitingFor` says why), commented, covered (the
// coverage became known), restated (nothing is new: how the ticket stands is said again, since somebody seems
// not to have heard), silent (the expert did not answer and has lost the job), rematched (open for too long:
// look again), paused and resumed (the customer is waited for), delayed (the customer is told that it takes
// longer), retimed (the calendar has changed, and with it when an expert is promised).
struct TicketEvent
{
    api::TicketSummary ticket; // as it is after the change
    TicketJob job;
    QString action; // the type without its topic: "opened", "assigned", "waiting" …
    QString actor; // a name, or "Matching"
    std::optional<api::AccountId> actorId;
    std::optional<QString> reason;
    std::optional<api::AccountId>
        previousExpert; // who had it before this change, if that is another one or nobody now
    std::optional<Id<api::DecisionConcept>> decisionId; // of an assignment made by matching
    std::optional<Escalation> escalation {}; // of "escalated" and "delayed", when a rule did it
    std::optional<Instant> coolUntil {}; // of "silent": until then the previous expert is asked for nothing
    std::optional<api::TicketState> from {}; // what it was in before; none of a new one
    std::optional<QString> category {}; // of the product; none in events of an earlier release
};
BOOST_DESCRIBE_STRUCT(
    TicketEvent,
    (),
    (ticket,
     job,
     action,
     actor,
     actorId,
     reason,
     previousExpert,
     decisionId,
     escalation,
     coolUntil,
     from,
     category)
)

// Command from matching: give the ticket to this expert if it is still open in this round and the expert
// still free.
struct AssignmentProposed
{
    static constexpr std::string_view type = "ticket.assignment_proposed";

    api::TicketId ticketId;
    int round = 1;
    api::AccountId expertId;
    QString expertName;
    Id<api::DecisionConcept> decisionId;
    QString summary; // one sentence: why this expert
};
BOOST_DESCRIBE_STRUCT(AssignmentProposed, (), (ticketId, round, expertId, expertName, decisionId, summary))

// Command from matching: nobody fits at present, and why.
struct MatchFailed
{
    static constexpr std::string_view type = "ticket.match_failed";

    api::TicketId ticketId;
    int round = 1;
    Id<api::DecisionConcept> decisionId;
    QString waitingFor;
};
BOOST_DESCRIBE_STRUCT(MatchFailed, (), (ticketId, round, decisionId, waitingFor))

// The answer to a proposal that came too late. `stillOpen`: the ticket wants another proposal in round
// `round`.
struct AssignmentRefused
{
    static constexpr std::string_view type = "ticket.assignment_refused";

    api::TicketId ticketId;
    int round = 1;
    api::AccountId expertId;
    Id<api::DecisionConcept> decisionId;
    QString reason;
    bool stillOpen = false;
};
BOOST_DESCRIBE_STRUCT(AssignmentRefused, (), (ticketId, round, expertId, decisionId, reason, stillOpen))

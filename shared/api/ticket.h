#pragma once

#include "shared/api/expert.h"

// Tickets: intake, life, and what is said about them.
namespace api {

struct TicketConcept;
using TicketId = Id<TicketConcept>;
struct VisitConcept;
using VisitId = Id<VisitConcept>;

enum class TicketState { open, assigned, accepted, enRoute, inProgress, completed, closed, cancelled };
BOOST_DESCRIBE_ENUM(TicketState, open, assigned, accepted, enRoute, inProgress, completed, closed, cancelled)

// Whether a plan of the customer's covers the device. `unknown`: the answer was not at hand when the ticket
// was filed; it was taken all the same and is checked later.
enum class Coverage { covered, notCovered, unknown };
BOOST_DESCRIBE_ENUM(Coverage, covered, notCovered, unknown)

// What the coverage follows from. Covered: `inPlan`, or `unregistered`, where the plan covers such devices
// and nobody registered this one: its serial number is to be looked at. Not covered: `notInPlan`, or
// `visitsUsed`, where the plan's visits of the last twelve months are used up. Unknown: `noPlan` that we have
// heard of, or one that is `unpaid` as yet.
enum class CoverageReason { inPlan, unregistered, notInPlan, visitsUsed, noPlan, unpaid };
BOOST_DESCRIBE_ENUM(CoverageReason, inPlan, unregistered, notInPlan, visitsUsed, noPlan, unpaid)

// Why the customer has to be waited for.
enum class PauseReason { noShow, laterDay, access };
BOOST_DESCRIBE_ENUM(PauseReason, noShow, laterDay, access)

struct NewTicket
{
    ProductId productId;
    Text<1, 200> subject;
    Text<0, 4000> description;
    std::optional<Text<0, 60>> serialNumber;
    Name contactName; // whom the expert asks for
    Phone contactPhone;
    Address address; // where the device stands
    std::optional<AccountId> customerId; // only staff may file for somebody else
};
BOOST_DESCRIBE_STRUCT(
    NewTicket,
    (),
    (productId, subject, description, serialNumber, contactName, contactPhone, address, customerId)
)

struct ExpertName
{
    AccountId id;
    QString name;
};
BOOST_DESCRIBE_STRUCT(ExpertName, (), (id, name))

// What a list and a push carry: enough to show a row and decide to look closer.
struct TicketSummary
{
    TicketId id;
    QString number; // what people say on the telephone: "T-100042"
    AccountId customerId;
    QString contactName;
    QString subject;
    QString productName;
    QString skill;
    Priority priority = Priority::normal;
    TicketState state = TicketState::open;
    QString city;
    QString zip;
    QString region;
    std::optional<ExpertName> expert;
    std::optional<QString> waitingFor; // why nobody has it yet, in one sentence
    std::optional<PauseReason> paused {}; // the customer is waited for
    std::optional<int> escalation {}; // the level it was raised to; none for customers
    Instant createdAt;
    Instant updatedAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    TicketSummary,
    (),
    (id,
     number,
     customerId,
     contactName,
     subject,
     productName,
     skill,
     priority,
     state,
     city,
     zip,
     region,
     expert,
     waitingFor,
     paused,
     escalation,
     createdAt,
     updatedAt,
     version)
)

enum class VisitState { assigned, accepted, enRoute, inProgress, done, rejected, withdrawn };
BOOST_DESCRIBE_ENUM(VisitState, assigned, accepted, enRoute, inProgress, done, rejected, withdrawn)

// One trip of one expert.
struct Visit
{
    VisitId id;
    ExpertName expert;
    VisitState state = VisitState::assigned;
    Instant assignedAt;
    std::optional<Instant> acceptedAt;
    std::optional<Instant> departedAt;
    std::optional<Instant> arrivedAt;
    std::optional<Instant> endedAt;
    std::optional<QString> note; // why rejected, or what was done
};
BOOST_DESCRIBE_STRUCT(
    Visit, (), (id, expert, state, assignedAt, acceptedAt, departedAt, arrivedAt, endedAt, note)
)

struct Ticket
{
    TicketId id;
    QString number;
    AccountId customerId;
    ProductId productId;
    QString productName;
    QString category;
    QString skill;
    int minutes = 60;
    Priority priority = Priority::normal;
    QString subject;
    QString description;
    std::optional<QString> serialNumber;
    QString contactName;
    QString contactPhone;
    Address address;
    QString region;
    QString timeZone; // IANA, of the address
    TicketState state = TicketState::open;
    int escalation = 0;
    Coverage coverage = Coverage::unknown;
    CoverageReason coverageReason = CoverageReason::noPlan;
    std::optional<ExpertName> expert;
    std::optional<QString> waitingFor;
    std::optional<PauseReason> paused {};
    std::optional<Instant> pausedUntil {}; // then it goes on by itself
    std::optional<QString> resolution;
    QList<Visit>
        visits; // oldest first; a customer sees only those that were accepted, an expert only their own
    Instant createdAt;
    Instant updatedAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    Ticket,
    (),
    (id,
     number,
     customerId,
     productId,
     productName,
     category,
     skill,
     minutes,
     priority,
     subject,
     description,
     serialNumber,
     contactName,
     contactPhone,
     address,
     region,
     timeZone,
     state,
     escalation,
     coverage,
     coverageReason,
     expert,
     waitingFor,
     paused,
     pausedUntil,
     resolution,
     visits,
     createdAt,
     updatedAt,
     version)
)

// One row of a ticket's history. `from` is absent on the first.
struct TicketChange
{
    std::optional<TicketState> from;
    TicketState to = TicketState::open;
    QString action; // "open", "assign", "accept" …
    QString actor; // a name, or "Matching"
    std::optional<Role> actorRole; // absent: the system itself
    std::optional<QString> reason;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(TicketChange, (), (from, to, action, actor, actorRole, reason, at))

struct Comment
{
    QString author;
    Role authorRole = Role::customer;
    QString text;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(Comment, (), (author, authorRole, text, at))

struct NewComment
{
    Text<1, 4000> text;
};
BOOST_DESCRIBE_STRUCT(NewComment, (), (text))

// One term of the score, in hundredths of a minute: the chosen expert has the lowest sum.
struct CostTerm
{
    QString name; // "travel", "load", "overqualification" …
    qint64 cost = 0;
    QString detail; // "31.4 miles"
};
BOOST_DESCRIBE_STRUCT(CostTerm, (), (name, cost, detail))

struct Candidate
{
    AccountId expertId;
    QString name;
    bool eligible = false;
    std::optional<qint64> cost; // of an eligible one
    QList<CostTerm> terms;
    QList<QString>
        missing; // the hard rules this one fails, in words: "works from 09:00, the visit would start 07:40"
};
BOOST_DESCRIBE_STRUCT(Candidate, (), (expertId, name, eligible, cost, terms, missing))

enum class DecisionOutcome { proposed, assigned, refused, nobody };
BOOST_DESCRIBE_ENUM(DecisionOutcome, proposed, assigned, refused, nobody)

struct DecisionConcept;

// One choice of the matching service, kept as it was made.
struct Decision
{
    Id<DecisionConcept> id;
    Instant at;
    QString strategy;
    DecisionOutcome outcome = DecisionOutcome::nobody;
    std::optional<AccountId> expertId;
    QString summary; // one sentence for a person
    int considered = 0; // experts looked at
    QList<Candidate> candidates; // the chosen one first, then runners-up, then who came close
};
BOOST_DESCRIBE_STRUCT(Decision, (), (id, at, strategy, outcome, expertId, summary, considered, candidates))

struct Explanation
{
    TicketId ticketId;
    QList<Decision> decisions; // newest first
};
BOOST_DESCRIBE_STRUCT(Explanation, (), (ticketId, decisions))

struct TicketRef
{
    TicketId id;
};
BOOST_DESCRIBE_STRUCT(TicketRef, (), (id))

struct TicketQuery
{
    std::optional<TicketState> state;
    std::optional<bool> active; // true: neither completed, closed nor cancelled
    std::optional<Slug> region;
    std::optional<Text<0, 100>> q; // a number, or what words of the ticket begin with
    std::optional<TicketId> before; // filed before this one; where a cursor is there too, that counts
    std::optional<PageLimit> limit; // 50 unless told
    std::optional<Cursor> cursor;
};
BOOST_DESCRIBE_STRUCT(TicketQuery, (), (state, active, region, q, before, limit, cursor))

// How many tickets there are to scroll through, and steps to get hold of by: the last ticket of each stretch
// of `step`, newest first. Between two of them lies what the list answers `before` the first one.
struct TicketLadder
{
    static constexpr int step = 200;

    qint64 total = 0;
    QList<TicketId> ends; // of all stretches that are full
};
BOOST_DESCRIBE_STRUCT(TicketLadder, (), (total, ends))

struct TicketLadderQuery
{
    std::optional<TicketState> state;
    std::optional<bool> active;
    std::optional<Slug> region;
    std::optional<Text<0, 100>> q;
};
BOOST_DESCRIBE_STRUCT(TicketLadderQuery, (), (state, active, region, q))

struct Reason
{
    Text<1, 500> reason;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (reason))

// Without a time the ticket goes on by itself after three days: a pause that everybody has forgotten is a
// ticket that is lost.
struct NewPause
{
    PauseReason reason = PauseReason::noShow;
    std::optional<Text<1, 500>> note;
    std::optional<Instant> until; // 90 days ahead at most
};
BOOST_DESCRIBE_STRUCT(NewPause, (), (reason, note, until))

enum class CompletionOutcome { fixed, anotherVisit };
BOOST_DESCRIBE_ENUM(CompletionOutcome, fixed, anotherVisit)

struct Completion
{
    CompletionOutcome outcome = CompletionOutcome::fixed;
    Text<1, 4000> note; // what was done, or what the next visit needs
};
BOOST_DESCRIBE_STRUCT(Completion, (), (outcome, note))

struct Assignment
{
    AccountId expertId;
    Text<1, 500> reason;
};
BOOST_DESCRIBE_STRUCT(Assignment, (), (expertId, reason))

namespace ticket {

    struct Open : Endpoint<Method::post, "/tickets">
    {
        static constexpr std::string_view summary = "File a ticket; the answer is sent after it is durable";
        static constexpr Roles roles = staff | Role::customer;
        static constexpr int success = 201;
        using Body = NewTicket;
        using Answer = Ticket;
    };

    struct List : Endpoint<Method::get, "/tickets">
    {
        static constexpr std::string_view summary = "The tickets the caller may see, newest first";
        static constexpr Roles roles = everyRole;
        using Params = TicketQuery;
        using Answer = Page<TicketSummary>;
    };

    struct Ladder : Endpoint<Method::get, "/ticket-ladder">
    {
        static constexpr std::string_view summary
            = "How many tickets match, all counted, and where to jump to";
        static constexpr Roles roles = staff;
        using Params = TicketLadderQuery;
        using Answer = TicketLadder;
    };

    struct Fetch : Endpoint<Method::get, "/tickets/{id}">
    {
        static constexpr std::string_view summary = "One ticket";
        static constexpr Roles roles = everyRole;
        using Params = TicketRef;
        using Answer = Ticket;
    };

    struct History : Endpoint<Method::get, "/tickets/{id}/history">
    {
        static constexpr std::string_view summary = "What happened to a ticket, oldest first";
        static constexpr Roles roles = everyRole;
        using Params = TicketRef;
        using Answer = Items<TicketChange>;
    };

    struct Explain : Endpoint<Method::get, "/tickets/{id}/explanation">
    {
        static constexpr std::string_view summary = "Why this expert, or why nobody yet";
        static constexpr Roles roles = staff | Role::expert;
        using Params = TicketRef;
        using Answer = Explanation;
    };

    struct Comments : Endpoint<Method::get, "/tickets/{id}/comments">
    {
        static constexpr std::string_view summary = "What was said on a ticket, oldest first";
        static constexpr Roles roles = everyRole;
        using Params = TicketRef;
        using Answer = Items<Comment>;
    };

    struct AddComment : Endpoint<Method::post, "/tickets/{id}/comments">
    {
        static constexpr std::string_view summary = "Say something on a ticket";
        static constexpr Roles roles = everyRole;
        static constexpr int success = 201;
        using Params = TicketRef;
        using Body = NewComment;
        using Answer = Comment;
    };

    // The actions. Each answers the ticket as it then is, or 409 with `extension.ticket`, the state it is in.
    template <Literal Path>
    struct Action : Endpoint<Method::post, Path>
    {
        using Params = TicketRef;
        using Answer = Ticket;
    };

    struct Accept : Action<"/tickets/{id}/accept">
    {
        static constexpr std::string_view summary = "Take the job";
        static constexpr Roles roles = Role::expert;
    };

    struct Reject : Action<"/tickets/{id}/reject">
    {
        static constexpr std::string_view summary
            = "Turn the job down; it is matched again without the caller";
        static constexpr Roles roles = Role::expert;
        using Body = Reason;
    };

    struct Depart : Action<"/tickets/{id}/depart">
    {
        static constexpr std::string_view summary = "Start travelling";
        static constexpr Roles roles = Role::expert;
    };

    struct Arrive : Action<"/tickets/{id}/arrive">
    {
        static constexpr std::string_view summary = "Arrive at the customer's";
        static constexpr Roles roles = Role::expert;
    };

    struct Complete : Action<"/tickets/{id}/complete">
    {
        static constexpr std::string_view summary = "End the visit: fixed, or another one is needed";
        static constexpr Roles roles = Role::expert;
        using Body = Completion;
    };

    struct Cancel : Action<"/tickets/{id}/cancel">
    {
        static constexpr std::string_view summary = "Call the ticket off";
        static constexpr Roles roles = staff | Role::customer;
        using Body = Reason;
    };

    struct Reopen : Action<"/tickets/{id}/reopen">
    {
        static constexpr std::string_view summary = "The repair did not hold: open again, within 14 days";
        static constexpr Roles roles = staff | Role::customer;
        using Body = Reason;
    };

    struct Escalate : Action<"/tickets/{id}/escalate">
    {
        static constexpr std::string_view summary = "Raise the level";
        static constexpr Roles roles = staff;
        using Body = Reason;
    };

    struct Pause : Action<"/tickets/{id}/pause">
    {
        static constexpr std::string_view summary = "Wait for the customer: clocks that allow it stand still";
        static constexpr Roles roles = staff | Role::expert;
        using Body = NewPause;
    };

    struct Resume : Action<"/tickets/{id}/resume">
    {
        static constexpr std::string_view summary = "Go on: the customer can be served";
        static constexpr Roles roles = staff | Role::expert;
    };

    struct Assign : Action<"/tickets/{id}/assign">
    {
        static constexpr std::string_view summary = "Give the ticket to an expert by hand";
        static constexpr Roles roles = staff;
        using Body = Assignment;
    };

} // namespace ticket
} // namespace api

#pragma once

#include "server/events/outbox.h"
#include "server/http/caller.h"
#include "server/services/ticket/ticket_audit.h"
#include "server/services/ticket/ticket_clocks.h"
#include "server/services/ticket/ticket_move.h"
#include "server/services/ticket/ticket_store.h"
#include "server/services/timer/timer_events.h"
#include "shared/core/clock.h"

class CatalogService;
class ExpertService;
class Localities;

// A look at the tickets of a customer whose plan became known; travels with its timer.
struct CoverageLook
{
    api::AccountId customerId;
    int looks = 0; // so far
};
BOOST_DESCRIBE_STRUCT(CoverageLook, (), (customerId, looks))

// The rules of a ticket's life: who may file, see and move one, and what each move means.
class TicketService
{
public:
    // What the keys of the timers begin with that look at a customer's tickets once more.
    static constexpr QLatin1String coverageTimer { "cover:" };

    struct Collaborators
    {
        const CatalogService &catalog;
        const Localities &localities;
        const ExpertService &experts;
        const Clock &clock;
    };

    explicit TicketService(const Collaborators &with);

    struct Intake
    {
        Caller by;
        api::NewTicket draft;
    };

    // Files a batch in one transaction: one Result per draft, in order. A draft that is refused leaves
    // nothing behind.
    Result<QList<Result<api::Ticket>>> open(Session &session, const QList<Intake> &drafts) const;

    Result<api::Ticket> fetch(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Page<api::TicketSummary>>
    list(Session &session, const Caller &by, const api::TicketQuery &query) const;
    Result<api::TicketLadder>
    ladder(Session &session, const api::TicketLadderQuery &query) const; // for staff
    Result<api::Items<api::TicketChange>> history(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Items<api::Comment>> comments(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Comment>
    comment(Session &session, const Caller &by, api::TicketId id, const QString &text) const;

    Result<api::Ticket> accept(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Ticket>
    reject(Session &session, const Caller &by, api::TicketId id, const QString &reason) const;
    Result<api::Ticket> depart(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Ticket> arrive(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Ticket>
    complete(Session &session, const Caller &by, api::TicketId id, const api::Completion &completion) const;
    Result<api::Ticket>
    cancel(Session &session, const Caller &by, api::TicketId id, const QString &reason) const;
    Result<api::Ticket>
    reopen(Session &session, const Caller &by, api::TicketId id, const QString &reason) const;
    Result<api::Ticket>
    escalate(Session &session, const Caller &by, api::TicketId id, const QString &reason) const;
    // By hand, over what matching would choose: the skill still has to fit and the expert to be free.
    Result<api::Ticket>
    assign(Session &session, const Caller &by, api::TicketId id, const api::Assignment &assignment) const;

    // What matching says. A proposal that comes too late is answered by AssignmentRefused.
    Result<void> take(Session &session, const AssignmentProposed &proposal, const QString &traceId) const;
    Result<void> take(Session &session, const MatchFailed &failure, const QString &traceId) const;

    // What catalog says of a customer's plans; tickets whose coverage was unknown are looked at again.
    Result<void> learnCoverage(Session &session, const CoverageRow &plan, const QString &traceId) const;
    // A device that a customer owns from now on; what was filed for it as not registered is so no longer.
    Result<void> learnDevice(Session &session, const OwnedDevice &device, const QString &traceId) const;
    Result<void> forgetDevice(Session &session, api::DeviceId device) const;
    Result<api::Items<api::PlanUsage>>
    planUsage(Session &session, const Caller &by, api::AccountId customer) const;
    Result<void> endCoverage(Session &session, api::SubscriptionId subscription) const;
    Result<void> pauseCoverage(Session &session, api::SubscriptionId subscription) const;
    Result<void> setCovering(Session &session, api::SubscriptionId subscription, bool covers) const;

    // For other services, in their own request: may the caller see this ticket? A stranger's is notFound.
    Result<api::TicketSummary> summary(Session &session, const Caller &by, api::TicketId id) const;

    // For the accounts (ticket_audit.h): read in pieces, in the order of the ids' bytes, from after an id on;
    // a null UUID is before all.
    Result<QList<api::TicketId>> auditIds(Session &session, const QUuid &after, int limit) const;
    Result<QList<api::TicketId>> auditActiveIds(Session &session, const QUuid &after, int limit) const;
    Result<QList<VisitAudit>> auditVisits(Session &session, const QUuid &afterExpert, int limit) const;
    Result<QList<TicketAudit>> audit(Session &session, const QList<api::TicketId> &ids) const;
    // Tells everybody again how the ticket stands, as "ticket.restated": nothing has changed, but somebody
    // seems not to know. False: there is no such ticket.
    Result<bool> restate(Session &session, api::TicketId id, const QString &why) const;
    // Sets the ticket's timer to what its state asks for, whatever it is set to. One without a ticket is
    // cancelled, and the answer is false.
    Result<bool> resetTimer(Session &session, api::TicketId id) const;
    // Ends a visit that is under way to a ticket nobody should be on. False: there is none.
    Result<bool> endStrayVisit(Session &session, api::TicketId id, const QString &why) const;

    // Waiting for the customer: clocks that allow it stand still, and nobody is looked for.
    Result<api::Ticket>
    pause(Session &session, const Caller &by, api::TicketId id, const api::NewPause &pause) const;
    Result<api::Ticket> resume(Session &session, const Caller &by, api::TicketId id) const;
    // The clocks as far as the caller may see them: a customer's are arrival and resolution.
    Result<api::TicketSla> sla(Session &session, const Caller &by, api::TicketId id) const;

    // Time has come for something: a ticket's next errand, or a piece of a review. A firing that no longer
    // fits does nothing.
    Result<void> wake(Session &session, const TimerFired &fired, const QString &traceId) const;

    // Working calendars and escalation rules. After a change the open tickets are reviewed in pieces: their
    // deadlines and timers follow.
    Result<api::Items<api::Calendar>> calendars(Session &session) const;
    Result<api::Calendar> editCalendar(
        Session &session, const Caller &by, const QString &region, const api::CalendarContent &content
    ) const;
    Result<api::EscalationRules> escalationRules(Session &session) const;
    Result<api::EscalationRules>
    editEscalationRules(Session &session, const Caller &by, const api::EscalationPolicy &policy) const;
    // For seeding: regions that have a calendar keep it. How many were added.
    Result<int> addCalendars(Session &session, const QList<CalendarRow> &calendars) const;

private:
    // What an action does besides moving the state.
    struct Step
    {
        std::optional<QString> reason;
        std::function<void(TicketRow &)> change;
        std::function<void(VisitRow &, Instant now)> visit; // the active one, if any
    };

    Result<TicketRow> draftRow(const Intake &intake) const;
    Result<TicketRow> visible(Session &session, const Caller &by, api::TicketId id) const;
    Result<TicketRow> lockFor(Session &session, const Caller &by, api::TicketId id) const;
    Result<api::Ticket> answer(Session &session, const Caller &by, const TicketRow &row) const;
    static Outbox::Draft eventOf(const QString &type, const TicketRow &row, const TicketMove &move);
    Result<void> apply(Session &session, TicketRow &row, const TicketMove &move) const;
    Result<api::Ticket> advance(
        Session &session, const Caller &by, api::TicketId id, TicketAction action, const Step &step
    ) const;
    // Everything that the moment asks for, until nothing is due any more.
    Result<void> attend(Session &session, TicketRow &row, Instant now, const QString &traceId) const;
    Result<void> run(Session &session, TicketRow &row, const AgendaItem &item, const QString &traceId) const;
    Result<void> nudge(Session &session, TicketRow &row, const QString &traceId) const;
    Result<void> giveUpOnSilent(Session &session, TicketRow &row, const QString &traceId) const;
    Result<void> goOn(Session &session, TicketRow &row, TicketMove move) const;
    Result<void>
    raise(Session &session, TicketRow &row, const api::EscalationRule &rule, const QString &traceId) const;
    Result<bool> raiseOnce(
        Session &session, TicketRow &row, const Escalation &what, const QString &why, const QString &traceId
    ) const;
    Result<void> beginReview(Session &session, const QString &name, const QJsonObject &scope) const;
    Result<void> review(Session &session, const TimerFired &fired, const QString &traceId) const;
    Result<void> coverWaiting(Session &session, api::AccountId customer, const QString &traceId) const;
    Result<void> lookAgain(Session &session, const CoverageLook &look) const;
    Result<void> lookAgain(Session &session, const TimerFired &fired, const QString &traceId) const;
    // Anew by the clocks, when the calendar or the rules have changed.
    Result<void> retime(Session &session, api::TicketId id, const QString &traceId) const;

    // False when the expert has another job; the transaction has then to be given up or left as it was.
    Result<bool>
    give(Session &session, TicketRow &row, const api::ExpertName &expert, const TicketMove &move) const;

    Collaborators m_with;
    TicketClocks m_clocks;
};

#pragma once

#include "server/events/outbox.h"
#include "server/http/caller.h"
#include "server/services/ticket/ticket_audit.h"
#include "server/services/ticket/ticket_move.h"
#include "server/services/ticket/ticket_store.h"
#include "shared/core/clock.h"

class CatalogService;
class ExpertService;
class Localities;

// The rules of a ticket's life: who may file, see and move one, and what each move means.
class TicketService
{
public:
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
    Result<void> endCoverage(Session &session, api::SubscriptionId subscription) const;

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
    // Ends a visit that is under way to a ticket nobody should be on. False: there is none.
    Result<bool> endStrayVisit(Session &session, api::TicketId id, const QString &why) const;

    // How long after its completion a ticket may be opened again.
    static constexpr std::chrono::days reopenWindow { 14 };

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
    // False when the expert has another job; the transaction has then to be given up or left as it was.
    Result<bool>
    give(Session &session, TicketRow &row, const api::ExpertName &expert, const TicketMove &move) const;

    Collaborators m_with;
};

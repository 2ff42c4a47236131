#include "server/services/ticket/ticket_service.h"

#include "server/events/outbox.h"
#include "server/http/cursor.h"
#include "server/services/user/expert_service.h"

using api::Role;
using api::TicketState;
using api::VisitState;

namespace {

const QString matchingName = QStringLiteral("Matching");

Problem noSuchTicket()
{
    return Problem::notFound(QStringLiteral("There is no such ticket."));
}

// What a customer follows: the way to their door, not who was asked before or what colleagues said of it.
bool customerSees(const ChangeRow &change)
{
    static const QSet<QString> behindTheScenes { enumName(TicketAction::assign),
                                                 enumName(TicketAction::reject),
                                                 enumName(TicketAction::silent),
                                                 enumName(TicketAction::escalate),
                                                 enumName(TicketAction::rematch) };
    return !behindTheScenes.contains(change.action);
}

bool customerSees(const VisitRow &visit)
{
    return visit.acceptedAt.has_value() && visit.state != VisitState::rejected
        && visit.state != VisitState::withdrawn;
}

void hideFromCustomer(TicketRow &row)
{
    row.escalation = 0; // how much attention a ticket gets is between us
    // Only an expert who has said yes is announced: the one who was merely asked may still turn it down.
    if (row.state == TicketState::assigned) {
        row.state = TicketState::open;
        row.expertId.reset();
        row.expertName.reset();
    }
}

Problem movedOn(const TicketRow &row, TicketAction action)
{
    const QString who = row.expertName ? QStringLiteral(", with %1").arg(*row.expertName) : QString();
    return Problem::conflict(
        QStringLiteral("ticket.moved-on"),
        QStringLiteral("%1 cannot be done: %2 is %3%4.")
            .arg(enumName(action), spokenNumber(row.number), enumName(row.state), who),
        { { QStringLiteral("ticket"), json::encode(toSummary(row)) } }
    );
}

// Whoever works at the customer's, or has no more to do there, waits for nobody.
bool endsPause(TicketAction action)
{
    return action == TicketAction::arrive || action == TicketAction::complete
        || action == TicketAction::cancel;
}

} // namespace

TicketService::TicketService(const Collaborators &with)
    : m_with(with)
{
}

// Seeing ---------------------------------------------------------------------

Result<TicketRow> TicketService::visible(Session &session, const Caller &by, api::TicketId id) const
{
    std::optional<TicketRow> row = TRY(ticket_store::find(session, id));
    if (!row)
        return fail(noSuchTicket());
    switch (by.role) {
    case Role::customer:
        if (row->customerId != by.account)
            return fail(noSuchTicket());
        hideFromCustomer(*row);
        break;
    case Role::expert:
        if (row->expertId != by.account && !TRY(ticket_store::hasWorkedOn(session, id, by.account)))
            return fail(noSuchTicket());
        break;
    case Role::manager:
    case Role::admin:
        break;
    }
    return *row;
}

Result<api::Ticket> TicketService::answer(Session &session, const Caller &by, const TicketRow &row) const
{
    QList<VisitRow> visits = TRY(ticket_store::visits(session, row.id));
    if (by.role == Role::customer)
        visits.removeIf([](const VisitRow &visit) { return !customerSees(visit); });
    else if (by.role == Role::expert)
        visits.removeIf([&](const VisitRow &visit) { return visit.expertId != by.account; });
    return toTicket(row, visits);
}

Result<api::Ticket> TicketService::fetch(Session &session, const Caller &by, api::TicketId id) const
{
    return answer(session, by, TRY(visible(session, by, id)));
}

Result<api::TicketSummary> TicketService::summary(Session &session, const Caller &by, api::TicketId id) const
{
    return toSummary(TRY(visible(session, by, id)));
}

Result<api::Page<api::TicketSummary>>
TicketService::list(Session &session, const Caller &by, const api::TicketQuery &query) const
{
    // Counting on to the end would cost more than the page; beyond this a list says "many".
    constexpr int mostCounted = 10'000;

    TicketFilter filter { .customer = {}, .expert = {}, .query = query, .before = {}, .limit = 50 };
    if (query.limit)
        filter.limit = query.limit->value;
    filter.before = query.before;
    if (query.cursor)
        filter.before = TRY(fromCursor<api::TicketRef>(*query.cursor)).id;
    if (by.role == Role::customer)
        filter.customer = by.account;
    if (by.role == Role::expert)
        filter.expert = by.account;

    ++filter.limit; // one more than shown tells whether there is a next page
    QList<TicketRow> rows = TRY(ticket_store::list(session, filter));
    api::Page<api::TicketSummary> page;
    if (rows.size() == filter.limit) {
        rows.removeLast();
        page.nextCursor = toCursor(api::TicketRef { rows.last().id });
    }
    for (TicketRow &row : rows) {
        if (by.role == Role::customer)
            hideFromCustomer(row);
        page.items.append(toSummary(row));
    }
    const qint64 total = TRY(ticket_store::count(session, filter, mostCounted + 1));
    if (total <= mostCounted)
        page.total = total;
    return page;
}

Result<api::TicketLadder> TicketService::ladder(Session &session, const api::TicketLadderQuery &query) const
{
    const api::TicketQuery wanted { query.state, query.active, query.region, query.q, {}, {}, {} };
    return ticket_store::ladder(session, { .customer = {}, .expert = {}, .query = wanted, .before = {} });
}

Result<api::Items<api::TicketChange>>
TicketService::history(Session &session, const Caller &by, api::TicketId id) const
{
    TRY(visible(session, by, id));
    api::Items<api::TicketChange> changes;
    for (const ChangeRow &row : TRY(ticket_store::history(session, id))) {
        if (by.role != Role::customer || customerSees(row))
            changes.items.append(toChange(row));
    }
    return changes;
}

Result<api::Items<api::Comment>>
TicketService::comments(Session &session, const Caller &by, api::TicketId id) const
{
    TRY(visible(session, by, id));
    return api::Items<api::Comment> { TRY(ticket_store::comments(session, id)) };
}

Result<api::Comment>
TicketService::comment(Session &session, const Caller &by, api::TicketId id, const QString &text) const
{
    const TicketRow row = TRY(visible(session, by, id));
    const api::Comment comment { by.name, by.role, text, by.at };
    TRY(ticket_store::addComment(session, id, by.account, comment));
    TRY(Outbox::publishAll(
        session,
        { eventOf(QStringLiteral("ticket.commented"), row, TicketMove::by(by, TicketAction::open, row)) }
    ));
    return comment;
}

// Moving ---------------------------------------------------------------------

Result<TicketRow> TicketService::lockFor(Session &session, const Caller &by, api::TicketId id) const
{
    std::optional<TicketRow> row = TRY(ticket_store::lock(session, id));
    if (!row)
        return fail(noSuchTicket());
    if (by.role == Role::customer && row->customerId != by.account)
        return fail(noSuchTicket());
    if (by.role == Role::expert && row->expertId != by.account) {
        // An expert from whom the job was taken learns where it went; one who never had it learns nothing.
        if (!TRY(ticket_store::hasBeenAssigned(session, id, by.account)))
            return fail(noSuchTicket());
        return fail(Problem::conflict(
            QStringLiteral("ticket.taken"),
            row->expertName
                ? QStringLiteral("%1 is with %2 now.").arg(spokenNumber(row->number), *row->expertName)
                : QStringLiteral("%1 is no longer yours.").arg(spokenNumber(row->number)),
            { { QStringLiteral("ticket"), json::encode(toSummary(*row)) } }
        ));
    }
    if (by.ifMatch && *by.ifMatch != row->version) {
        return fail({ ProblemKind::stale,
                      QStringLiteral("%1 has changed since you looked.").arg(spokenNumber(row->number)),
                      {},
                      {},
                      { { QStringLiteral("ticket"), json::encode(toSummary(*row)) } } });
    }
    return *row;
}

Outbox::Draft TicketService::eventOf(const QString &type, const TicketRow &row, const TicketMove &move)
{
    TicketEvent event {
        .ticket = toSummary(row),
        .job = toJob(row),
        .action = type.mid(type.indexOf(u'.') + 1),
        .actor = move.actor,
        .actorId = move.actorId,
        .reason = move.reason,
        .previousExpert = {},
        .decisionId = move.decisionId,
        .escalation = move.escalation,
        .coolUntil = move.coolUntil,
        .from = move.from,
        .category = row.category,
    };
    if (move.previousExpert != row.expertId)
        event.previousExpert = move.previousExpert;
    return { type, row.id.toString(), json::encode(event).toObject(), move.traceId };
}

Result<void> TicketService::apply(Session &session, TicketRow &row, const TicketMove &move) const
{
    row.updatedAt = m_with.clock.now();
    ++row.version;
    if (move.from != row.state || move.action == TicketAction::assign) {
        row.stageSince = row.updatedAt;
        row.nudges = 0;
    }
    if (row.paused && endsPause(move.action)) {
        TRY(sla_store::endPause(session, row.id, row.updatedAt));
        row.paused.reset();
        row.pausedUntil.reset();
    }
    TRY(ticket_store::add(
        session,
        ChangeRow {
            .ticketId = row.id,
            .version = row.version,
            .fromState = move.from,
            .toState = row.state,
            .action = enumName(move.action),
            .actorId = move.actorId,
            .actor = move.actor,
            .actorRole = move.actorRole,
            .reason = move.reason,
            .at = row.updatedAt,
        }
    ));
    // The clocks first: the event tells what they say.
    TRY(m_clocks.settle(session, row, move.traceId));
    TRY(ticket_store::save(session, row));
    return Outbox::publishAll(session, { eventOf(eventType(move.action), row, move) });
}

Result<api::Ticket> TicketService::advance(
    Session &session, const Caller &by, api::TicketId id, TicketAction action, const Step &step
) const
{
    TicketRow row = TRY(lockFor(session, by, id));
    const std::optional<TicketState> after = stateAfter(row.state, action);
    if (!after)
        return fail(movedOn(row, action));
    TicketMove move = TicketMove::by(by, action, row);
    move.reason = step.reason;
    std::optional<VisitRow> visit = TRY(ticket_store::activeVisit(session, id));
    row.state = *after;
    if (step.change)
        step.change(row);
    if (visit && step.visit) {
        step.visit(*visit, m_with.clock.now());
        TRY(ticket_store::save(session, *visit));
    }
    TRY(apply(session, row, move));
    if (by.role == Role::customer)
        hideFromCustomer(row);
    return answer(session, by, row);
}

Result<api::Ticket> TicketService::accept(Session &session, const Caller &by, api::TicketId id) const
{
    return advance(
        session,
        by,
        id,
        TicketAction::accept,
        { .reason = {},
          .change = [](TicketRow &row) { row.silentExperts = 0; },
          .visit =
              [](VisitRow &visit, Instant now) {
                  visit.state = VisitState::accepted;
                  visit.acceptedAt = now;
              } }
    );
}

Result<api::Ticket>
TicketService::reject(Session &session, const Caller &by, api::TicketId id, const QString &reason) const
{
    return advance(
        session,
        by,
        id,
        TicketAction::reject,
        { .reason = reason,
          .change = reopenRow,
          .visit = [&](VisitRow &visit, Instant now) { endVisit(visit, VisitState::rejected, now, reason); } }
    );
}

Result<api::Ticket> TicketService::depart(Session &session, const Caller &by, api::TicketId id) const
{
    return advance(
        session,
        by,
        id,
        TicketAction::depart,
        { .reason = {},
          .change = {},
          .visit =
              [](VisitRow &visit, Instant now) {
                  visit.state = VisitState::enRoute;
                  visit.departedAt = now;
              } }
    );
}

Result<api::Ticket> TicketService::arrive(Session &session, const Caller &by, api::TicketId id) const
{
    return advance(
        session,
        by,
        id,
        TicketAction::arrive,
        { .reason = {},
          .change = {},
          .visit =
              [](VisitRow &visit, Instant now) {
                  visit.state = VisitState::inProgress;
                  visit.arrivedAt = now;
              } }
    );
}

Result<api::Ticket> TicketService::complete(
    Session &session, const Caller &by, api::TicketId id, const api::Completion &completion
) const
{
    const QString note = completion.note.toString();
    const auto finishVisit
        = [&](VisitRow &visit, Instant now) { endVisit(visit, VisitState::done, now, note); };
    if (completion.outcome == api::CompletionOutcome::anotherVisit)
        return advance(
            session,
            by,
            id,
            TicketAction::revisit,
            { .reason = note, .change = reopenRow, .visit = finishVisit }
        );
    const auto resolve = [&](TicketRow &row) {
        row.resolution = note;
        row.completedAt = m_with.clock.now();
    };
    return advance(
        session, by, id, TicketAction::complete, { .reason = note, .change = resolve, .visit = finishVisit }
    );
}

Result<api::Ticket>
TicketService::cancel(Session &session, const Caller &by, api::TicketId id, const QString &reason) const
{
    return advance(
        session,
        by,
        id,
        TicketAction::cancel,
        { .reason = reason,
          .change =
              [](TicketRow &row) {
                  row.expertId.reset();
                  row.expertName.reset();
                  row.waitingFor.reset();
              },
          .visit
          = [&](VisitRow &visit, Instant now) { endVisit(visit, VisitState::withdrawn, now, reason); } }
    );
}

Result<api::Ticket>
TicketService::reopen(Session &session, const Caller &by, api::TicketId id, const QString &reason) const
{
    const TicketRow row = TRY(lockFor(session, by, id));
    if (row.completedAt && m_with.clock.now() > *row.completedAt + reopenWindow) {
        return fail(Problem::conflict(
            QStringLiteral("ticket.too-late-to-reopen"),
            QStringLiteral("%1 was completed more than 14 days ago: please file a new ticket.")
                .arg(spokenNumber(row.number)),
            { { QStringLiteral("ticket"), json::encode(toSummary(row)) } }
        ));
    }
    return advance(
        session, by, id, TicketAction::reopen, { .reason = reason, .change = reopenRow, .visit = {} }
    );
}

Result<api::Ticket>
TicketService::escalate(Session &session, const Caller &by, api::TicketId id, const QString &reason) const
{
    return advance(
        session,
        by,
        id,
        TicketAction::escalate,
        { .reason = reason, .change = [](TicketRow &row) { ++row.escalation; }, .visit = {} }
    );
}

// Assigning ------------------------------------------------------------------

Result<bool> TicketService::give(
    Session &session, TicketRow &row, const api::ExpertName &expert, const TicketMove &move
) const
{
    const Instant now = m_with.clock.now();
    if (std::optional<VisitRow> before = TRY(ticket_store::activeVisit(session, row.id))) {
        endVisit(*before, VisitState::withdrawn, now, move.reason);
        TRY(ticket_store::save(session, *before));
    }
    const VisitRow visit {
        .id = api::VisitId::make(),
        .ticketId = row.id,
        .expertId = expert.id,
        .expertName = expert.name,
        .state = VisitState::assigned,
        .assignedAt = now,
        .acceptedAt = {},
        .departedAt = {},
        .arrivedAt = {},
        .endedAt = {},
        .note = {},
    };
    if (!TRY(ticket_store::beginVisit(session, visit)))
        return false;
    row.state = TicketState::assigned;
    row.expertId = expert.id;
    row.expertName = expert.name;
    row.waitingFor.reset();
    TRY(apply(session, row, move));
    return true;
}

Result<void>
TicketService::take(Session &session, const AssignmentProposed &proposal, const QString &traceId) const
{
    std::optional<TicketRow> row = TRY(ticket_store::lock(session, proposal.ticketId));
    AssignmentRefused refusal {
        .ticketId = proposal.ticketId,
        .round = proposal.round,
        .expertId = proposal.expertId,
        .decisionId = proposal.decisionId,
        .reason = {},
        .stillOpen = false,
    };
    if (!row || row->state != TicketState::open || row->round != proposal.round) {
        refusal.reason = QStringLiteral("The ticket has moved on.");
    } else if (row->paused) {
        refusal.reason = QStringLiteral("The customer is waited for.");
    } else {
        TicketMove move = TicketMove::bySystem(matchingName, TicketAction::assign, *row, traceId);
        move.reason = proposal.summary;
        move.decisionId = proposal.decisionId;
        if (TRY(give(session, *row, { proposal.expertId, proposal.expertName }, move)))
            return {};
        refusal.stillOpen = true;
        refusal.reason = QStringLiteral("The expert has another job by now.");
    }
    return Outbox::publish(session, proposal.ticketId.toString(), refusal, traceId);
}

Result<void> TicketService::take(Session &session, const MatchFailed &failure, const QString &traceId) const
{
    std::optional<TicketRow> row = TRY(ticket_store::lock(session, failure.ticketId));
    // The same words again are no news: nobody should be told twice.
    if (!row || row->state != TicketState::open || row->round != failure.round
        || row->waitingFor == failure.waitingFor)
        return {};
    row->waitingFor = failure.waitingFor;
    row->updatedAt = m_with.clock.now();
    ++row->version;
    TRY(ticket_store::save(session, *row));
    TicketMove move = TicketMove::bySystem(matchingName, TicketAction::open, *row, traceId);
    move.reason = failure.waitingFor;
    move.decisionId = failure.decisionId;
    return Outbox::publishAll(session, { eventOf(QStringLiteral("ticket.waiting"), *row, move) });
}

Result<api::Ticket> TicketService::assign(
    Session &session, const Caller &by, api::TicketId id, const api::Assignment &assignment
) const
{
    TicketRow row = TRY(lockFor(session, by, id));
    if (!stateAfter(row.state, TicketAction::assign))
        return fail(movedOn(row, TicketAction::assign));
    if (row.expertId == assignment.expertId)
        return fail(movedOn(row, TicketAction::assign));
    const api::Expert expert = TRY(m_with.experts.find(assignment.expertId).map_error([](Problem problem) {
        return problem.kind == ProblemKind::notFound
            ? Problem::invalid(QStringLiteral("/expertId"), QStringLiteral("is not an expert of ours"))
            : problem;
    }));
    const bool skilled = std::ranges::any_of(expert.skills, [&](const api::SkillLevel &each) {
        return each.skill.toString() == row.skill;
    });
    if (!skilled) {
        return fail(Problem::invalid(
            QStringLiteral("/expertId"),
            QStringLiteral("does not have the skill this device needs: %1").arg(row.skill)
        ));
    }
    TicketMove move = TicketMove::by(by, TicketAction::assign, row);
    move.reason = assignment.reason.toString();
    ++row.round; // what matching has under way for the old round is refused from here on
    if (!TRY(give(session, row, { expert.id, expert.name.toString() }, move))) {
        return fail(Problem::conflict(
            QStringLiteral("expert.busy"),
            QStringLiteral("%1 has another job at the moment.").arg(expert.name.toString())
        ));
    }
    return answer(session, by, row);
}

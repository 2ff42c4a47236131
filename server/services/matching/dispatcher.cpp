#include "server/services/matching/dispatcher.h"

#include "server/events/outbox.h"

using api::TicketState;
using namespace std::chrono_literals;

namespace {

// An expert whose other job we have not heard of yet is left alone for so long.
constexpr auto cooldown = 30s;
// More than an expert could ever choose from with profit; the longest waiting come first.
constexpr int mostCompared = 500;
// Tickets looked at again in one transaction when shifts begin.
constexpr int mostDue = 500;
// Days begin on a quarter of an hour everywhere on Earth.
using Quarters = std::chrono::duration<qint64, std::ratio<900>>;

MatchExpert toMatchExpert(const ExpertRow &row, Instant now)
{
    const ExpertSnapshot &snapshot = row.snapshot;
    MatchExpert expert {
        .id = row.id,
        .name = snapshot.name,
        .skills = {},
        .areas = { snapshot.areas.begin(), snapshot.areas.end() },
        .hours = WorkingHours(snapshot.shifts, snapshot.timeZone),
        .position = snapshot.position,
        .availability = snapshot.availability,
        .state = row.state,
        .jobsToday = 0,
        .jobsDay = {},
    };
    for (const api::SkillLevel &skill : snapshot.skills)
        expert.skills.insert(skill.skill.toString(), skill.level.value);
    expert.jobsDay = expert.hours.localDate(now);
    if (row.jobsDay == expert.jobsDay.toString(Qt::ISODate))
        expert.jobsToday = row.jobsToday;
    return expert;
}

bool isOpening(const QString &action)
{
    return action == QLatin1String("opened") || action == QLatin1String("rejected")
        || action == QLatin1String("silent") || action == QLatin1String("revisited")
        || action == QLatin1String("reopened") || action == QLatin1String("rematched");
}

bool isPause(const QString &action)
{
    return action == QLatin1String("paused") || action == QLatin1String("resumed");
}

} // namespace

Dispatcher::Dispatcher(const Clock &clock, std::unique_ptr<Strategy> strategy)
    : m_clock(clock)
    , m_strategy(std::move(strategy))
{
}

// Memory and tables ----------------------------------------------------------

Result<void> Dispatcher::reload(Session &session)
{
    const Instant now = m_clock.now();
    m_index.clear();
    for (const ExpertRow &row : TRY(matching_store::experts(session)))
        m_index.put(toMatchExpert(row, now));
    return {};
}

// Before anything else in a transaction. What ended one matters not: an event that could not even be read, a
// lost connection or a failed commit all leave m_isCurrent false.
Result<void> Dispatcher::enter(Session &session)
{
    if (!m_batch.expired())
        return {};
    const bool wasCurrent = std::exchange(m_isCurrent, false);
    const bool othersWorked = TRY(matching_store::takeOver(session, m_node));
    if (!wasCurrent || othersWorked)
        TRY(reload(session));
    const Instant now = m_clock.now();
    if (now >= m_nextDayCheck) {
        m_index.startDays(now);
        m_nextDayCheck = std::chrono::floor<Quarters>(now) + Quarters(1);
    }
    m_open.clear();
    m_freed.clear();
    const auto batch = std::make_shared<int>();
    m_batch = batch;
    session.afterCommit([this, batch] { m_isCurrent = true; });
    return {};
}

Result<ExpertRow> Dispatcher::known(Session &session, api::AccountId id) const
{
    if (auto row = TRY(matching_store::expert(session, id)))
        return *row;
    // A job can be heard of before its expert: they travel on different topics.
    ExpertRow row;
    row.id = id;
    return row;
}

Result<void> Dispatcher::save(Session &session, const ExpertRow &row)
{
    TRY(matching_store::put(session, row));
    m_index.put(toMatchExpert(row, m_clock.now()));
    return {};
}

// Experts --------------------------------------------------------------------

Result<void> Dispatcher::expertChanged(Session &session, const api::Expert &expert)
{
    TRY(enter(session));
    ExpertRow row = TRY(known(session, expert.id));
    if (row.snapshot.version > expert.version)
        return {}; // a replayed event from before what we know
    row.snapshot = ExpertSnapshot::of(expert);
    m_freed.insert(expert.id);
    return save(session, row);
}

Result<void> Dispatcher::expertMoved(Session &session, api::AccountId id, const Position &position)
{
    TRY(enter(session));
    ExpertRow row = TRY(known(session, id));
    row.snapshot.position = position;
    m_freed.insert(id);
    return save(session, row);
}

Result<void> Dispatcher::occupy(Session &session, api::AccountId id, ExpertState state, api::TicketId ticket)
{
    ExpertRow row = TRY(known(session, id));
    if (state == ExpertState::busy && row.state != ExpertState::busy) {
        const WorkingHours hours(row.snapshot.shifts, row.snapshot.timeZone);
        const QString today = hours.localDate(m_clock.now()).toString(Qt::ISODate);
        row.jobsToday = row.jobsDay == today ? row.jobsToday + 1 : 1;
        row.jobsDay = today;
    }
    row.state = state;
    row.ticketId = ticket;
    return save(session, row);
}

Result<void> Dispatcher::release(Session &session, ExpertRow row)
{
    row.state = ExpertState::free;
    row.ticketId.reset();
    m_freed.insert(row.id);
    return save(session, row);
}

// The expert has no more to do with the ticket.
Result<void> Dispatcher::leave(Session &session, api::AccountId id, api::TicketId ticket)
{
    const ExpertRow row = TRY(known(session, id));
    return row.ticketId == ticket ? release(session, row) : Result<void>();
}

// Left alone for a while. Nothing else may happen when that ends: those who wait for this expert look again
// then.
Result<void> Dispatcher::cool(Session &session, api::AccountId id, Instant until)
{
    TRY(matching_store::cool(session, id, until));
    return matching_store::tryAgain(session, TRY(known(session, id)).snapshot, until);
}

// Tickets --------------------------------------------------------------------

Result<void> Dispatcher::ticketOpened(Session &session, const TicketEvent &event, const QString &traceId)
{
    const api::TicketSummary &ticket = event.ticket;
    // While the customer is waited for, nobody is looked for: the ticket is held as if somebody had it.
    const bool isHeld = ticket.paused.has_value();
    if (isHeld)
        m_open.erase(ticket.id);
    else
        m_open.insert(ticket.id);
    return matching_store::put(
        session,
        WaitingRow { ticket.id,
                     ticket,
                     event.job,
                     ticket.skill,
                     ticket.zip,
                     ticket.createdAt,
                     {},
                     isHeld,
                     {},
                     traceId }
    );
}

Result<void> Dispatcher::ticketTaken(Session &session, const TicketEvent &event)
{
    const api::TicketSummary &ticket = event.ticket;
    if (event.decisionId)
        TRY(matching_store::settle(session, *event.decisionId, api::DecisionOutcome::assigned));
    if (ticket.expert)
        TRY(occupy(session, ticket.expert->id, ExpertState::busy, ticket.id));
    // Exclusions stay: if this expert gives it back, nobody who did so before is asked again.
    if (auto row = TRY(matching_store::waiting(session, ticket.id))) {
        row->proposed = true;
        TRY(matching_store::put(session, *row));
    }
    return {};
}

// A plan that became known changes how urgent a ticket is, not who may get it.
Result<void> Dispatcher::ticketCovered(Session &session, const TicketEvent &event)
{
    if (auto row = TRY(matching_store::waiting(session, event.ticket.id))) {
        row->summary = event.ticket;
        row->job = event.job;
        TRY(matching_store::put(session, *row));
    }
    return {};
}

Result<void> Dispatcher::ticketChanged(Session &session, const TicketEvent &event, const QString &traceId)
{
    TRY(enter(session));
    const api::TicketSummary &ticket = event.ticket;
    if (event.previousExpert) {
        TRY(leave(session, *event.previousExpert, ticket.id));
        if (event.action == QLatin1String("rejected") || event.action == QLatin1String("silent"))
            TRY(matching_store::exclude(session, ticket.id, *event.previousExpert, {}));
        if (event.coolUntil)
            TRY(cool(session, *event.previousExpert, *event.coolUntil));
    }
    if (isOpening(event.action) || (isPause(event.action) && ticket.state == TicketState::open))
        return ticketOpened(session, event, traceId);
    if (event.action == QLatin1String("assigned"))
        return ticketTaken(session, event);
    if (event.action == QLatin1String("covered") || event.action == QLatin1String("retimed"))
        return ticketCovered(session, event);
    if (ticket.state == TicketState::completed || ticket.state == TicketState::closed
        || ticket.state == TicketState::cancelled) {
        if (ticket.expert)
            TRY(leave(session, ticket.expert->id, ticket.id));
        return matching_store::forget(session, ticket.id);
    }
    return {};
}

// Everybody who is held for the ticket goes free, but for whom it is with.
Result<void>
Dispatcher::releaseAll(Session &session, api::TicketId ticket, std::optional<api::AccountId> except)
{
    for (const HeldExpert &held : TRY(matching_store::heldFor(session, { ticket }))) {
        if (held.expertId != except)
            TRY(leave(session, held.expertId, ticket));
    }
    return {};
}

// A proposal that is on its way for an open ticket is doubled by this: the ticket service takes whichever
// comes first and refuses the other.
Result<void> Dispatcher::ticketRestated(Session &session, const TicketEvent &event, const QString &traceId)
{
    TRY(enter(session));
    const api::TicketSummary &ticket = event.ticket;
    switch (ticket.state) {
    case TicketState::open:
        TRY(releaseAll(session, ticket.id, {}));
        return ticketOpened(session, event, traceId);
    case TicketState::assigned:
    case TicketState::accepted:
    case TicketState::enRoute:
    case TicketState::inProgress:
        TRY(releaseAll(session, ticket.id, ticket.expert ? std::optional(ticket.expert->id) : std::nullopt));
        return ticketTaken(session, event);
    case TicketState::completed:
    case TicketState::closed:
    case TicketState::cancelled:
        TRY(releaseAll(session, ticket.id, {}));
        return matching_store::forget(session, ticket.id);
    }
    return {};
}

Result<void> Dispatcher::ticketUnknown(Session &session, api::TicketId id)
{
    TRY(enter(session));
    TRY(releaseAll(session, id, {}));
    return matching_store::forget(session, id);
}

Result<void> Dispatcher::refused(Session &session, const AssignmentRefused &refusal)
{
    TRY(enter(session));
    TRY(matching_store::settle(session, refusal.decisionId, api::DecisionOutcome::refused));
    // Only the reservation ends: a manager may have given this very job to this very expert meanwhile.
    const ExpertRow expert = TRY(known(session, refusal.expertId));
    if (expert.ticketId == refusal.ticketId && expert.state == ExpertState::reserved)
        TRY(release(session, expert));
    if (!refusal.stillOpen)
        return {};
    // Busy with something we have not heard of yet: let that news arrive before asking for this expert again.
    TRY(matching_store::exclude(session, refusal.ticketId, refusal.expertId, m_clock.now() + cooldown));
    if (auto row = TRY(matching_store::waiting(session, refusal.ticketId))) {
        row->proposed = false;
        TRY(matching_store::put(session, *row));
        m_open.insert(refusal.ticketId);
    }
    return {};
}

Result<void> Dispatcher::shiftsBegan(Session &session)
{
    TRY(enter(session));
    for (const api::TicketId &id : TRY(matching_store::due(session, m_clock.now(), mostDue)))
        m_open.insert(id);
    return {};
}

// Deciding -------------------------------------------------------------------

Result<void> Dispatcher::decideAll(Session &session)
{
    if (m_batch.expired())
        return {}; // nothing of ours was in the batch
    // First those who wait for just this expert, or a stream of new tickets would always be quicker.
    for (const api::AccountId &id : std::exchange(m_freed, {}))
        TRY(employ(session, id));
    return decideOpen(session);
}

// The best ticket for somebody may still be better off with somebody else, who became free as well: then it
// is the next one's turn.
Result<void> Dispatcher::employ(Session &session, api::AccountId id)
{
    while (true) {
        const MatchExpert *expert = m_index.find(id);
        if (expert == nullptr || !expert->isDispatchable())
            return {};
        const std::optional<api::TicketId> best = TRY(bestWaitingFor(session, *expert));
        if (!best)
            return {};
        const std::optional<OpenTicket> ticket = TRY(openTicket(session, *best));
        if (!ticket || !TRY(decide(session, *ticket)))
            return {};
    }
}

Result<std::optional<api::TicketId>>
Dispatcher::bestWaitingFor(Session &session, const MatchExpert &expert) const
{
    const Instant now = m_clock.now();
    const MatchWeights weights = m_strategy->weights();
    std::optional<api::TicketId> best;
    qint64 bestScore = 0;
    for (const WaitingJob &row : TRY(matching_store::waitingFor(session, expert, now, mostCompared))) {
        const MatchJob job {
            .ticketId = row.ticketId,
            .skill = row.skill,
            .level = row.job.level,
            .zip = row.zip,
            .position = row.job.position,
            .minutes = row.job.minutes,
            .priority = row.priority,
            .arriveBy = row.job.arriveBy,
            .excluded = {}, // the statement left those out
            .excludedUntil = {},
        };
        if (failedRules(expert, job, now))
            continue;
        const MatchFacts facts = factsOf(expert, job, now, m_index.meanJobsToday());
        const qint64 score = scoreWaiting(facts, now - row.since, weights);
        if (!best || score < bestScore) {
            best = row.ticketId;
            bestScore = score;
        }
    }
    return best;
}

Result<std::optional<Dispatcher::OpenTicket>> Dispatcher::openTicket(Session &session, api::TicketId id) const
{
    std::optional<WaitingRow> row = TRY(matching_store::waiting(session, id));
    if (!row || row->proposed)
        return std::optional<OpenTicket>(); // decided already, or taken over by a manager, in the same batch
    MatchJob job {
        .ticketId = id,
        .skill = row->skill,
        .level = row->job.level,
        .zip = row->zip,
        .position = row->job.position,
        .minutes = row->job.minutes,
        .priority = row->summary.priority,
        .arriveBy = row->job.arriveBy,
        .excluded = {},
        .excludedUntil = {},
    };
    for (const ExclusionRow &exclusion : TRY(matching_store::exclusions(session, id, m_clock.now()))) {
        job.excluded.insert(exclusion.expertId);
        if (exclusion.until && (!job.excludedUntil || *exclusion.until < *job.excludedUntil))
            job.excludedUntil = exclusion.until;
    }
    return OpenTicket { *std::move(row), std::move(job) };
}

// When many tickets open at once, or a shift begins for many that wait, they compete for the same experts:
// the trips best spent come first, as they would if an expert chose.
Result<void> Dispatcher::decideOpen(Session &session)
{
    const Instant now = m_clock.now();
    const MatchWeights weights = m_strategy->weights();
    std::vector<OpenTicket> tickets;
    for (const api::TicketId &id : std::exchange(m_open, {})) {
        std::optional<OpenTicket> ticket = TRY(openTicket(session, id));
        if (!ticket)
            continue;
        const auto best = m_index.cheapest(ticket->job, now, 1, weights);
        ticket->rank = best.empty() ? std::numeric_limits<qint64>::max()
                                    : scoreWaiting(best.front().facts, now - ticket->row.since, weights);
        tickets.push_back(*std::move(ticket));
    }
    std::ranges::stable_sort(tickets, {}, &OpenTicket::rank);
    for (const OpenTicket &ticket : tickets)
        TRY(decide(session, ticket));
    return {};
}

// Whether somebody was found.
Result<bool> Dispatcher::decide(Session &session, const OpenTicket &ticket)
{
    const Choice choice = choose(m_index, ticket.job, m_clock.now(), *m_strategy);
    if (choice.expert)
        TRY(propose(session, ticket.row, choice));
    else
        TRY(explainNobody(session, ticket.row, choice));
    return choice.expert.has_value();
}

DecisionRow Dispatcher::decisionOf(const WaitingRow &ticket, const Choice &choice) const
{
    return {
        .id = Id<api::DecisionConcept>::make(),
        .ticketId = ticket.ticketId,
        .round = ticket.job.round,
        .at = m_clock.now(),
        .strategy = m_strategy->name(),
        .outcome = choice.expert ? api::DecisionOutcome::proposed : api::DecisionOutcome::nobody,
        .expertId = choice.expert,
        .summary = choice.summary,
        .considered = choice.considered,
        .candidates = choice.candidates,
    };
}

Result<void> Dispatcher::propose(Session &session, WaitingRow ticket, const Choice &choice)
{
    const DecisionRow decision = decisionOf(ticket, choice);
    TRY(matching_store::put(session, decision));
    TRY(occupy(session, *choice.expert, ExpertState::reserved, ticket.ticketId));
    ticket.proposed = true;
    ticket.nextTry.reset();
    ticket.decisionId.reset();
    TRY(matching_store::put(session, ticket));
    const AssignmentProposed proposal { ticket.ticketId,   ticket.job.round, *choice.expert,
                                        choice.expertName, decision.id,      choice.summary };
    return Outbox::publish(session, ticket.ticketId.toString(), proposal, ticket.traceId);
}

Result<void> Dispatcher::explainNobody(Session &session, WaitingRow ticket, const Choice &choice)
{
    DecisionRow decision = decisionOf(ticket, choice);
    // Nobody again is the same decision, brought up to date: a week of waiting is not ten thousand rows.
    if (ticket.decisionId)
        decision.id = *ticket.decisionId;
    TRY(matching_store::put(session, decision));
    // The same words again are no news.
    const bool isNews = !ticket.decisionId || ticket.summary.waitingFor != choice.summary;
    ticket.decisionId = decision.id;
    ticket.nextTry = choice.tryAgainAt;
    ticket.summary.waitingFor = choice.summary;
    TRY(matching_store::put(session, ticket));
    if (!isNews)
        return {};
    const MatchFailed failure { ticket.ticketId, ticket.job.round, decision.id, choice.summary };
    return Outbox::publish(session, ticket.ticketId.toString(), failure, ticket.traceId);
}

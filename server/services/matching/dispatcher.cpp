#include "server/services/matching/dispatcher.h"

#include "server/events/outbox.h"

#include <QTimeZone>

using api::TicketState;

namespace {

// An expert whose other job we have not heard of yet is left alone for so long.
constexpr std::chrono::seconds cooldown { 30 };
// More than an expert could ever choose from with profit; the oldest come first.
constexpr int mostCompared = 200;

QString localDay(const api::Expert &expert, Instant now)
{
    const QTimeZone zone(expert.timeZone.toLatin1());
    const QDateTime local = toDateTime(now).toTimeZone(zone.isValid() ? zone : QTimeZone::utc());
    return local.date().toString(Qt::ISODate);
}

MatchExpert toMatchExpert(const ExpertRow &row, Instant now)
{
    MatchExpert expert = MatchExpert::of(row.snapshot);
    expert.state = row.state;
    expert.jobsToday = row.jobsDay == localDay(row.snapshot, now) ? row.jobsToday : 0;
    return expert;
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
    m_isLoaded = true;
    return {};
}

Result<void> Dispatcher::enter(Session &session)
{
    if (m_isInBatch)
        return {};
    const bool lostLastBatch = !*m_isCommitted;
    const bool othersWorked = TRY(matching_store::takeOver(session, m_node));
    if (!m_isLoaded || lostLastBatch || othersWorked)
        TRY(reload(session));
    m_open.clear();
    m_freed.clear();
    m_isInBatch = true;
    m_isCommitted = std::make_shared<bool>(false);
    session.afterCommit([committed = m_isCommitted] { *committed = true; });
    return {};
}

// Whatever fails, throws included, ends the batch: its transaction is rolled back, and the next one starts
// from the tables.
template <class Work>
Result<void> Dispatcher::guarded(Session &session, Work work)
{
    struct Leave
    {
        bool &isInBatch;
        bool ok = false;
        ~Leave()
        {
            if (!ok)
                isInBatch = false;
        }
    } leave { m_isInBatch };
    TRY(enter(session));
    TRY(work());
    leave.ok = true;
    return {};
}

Result<ExpertRow> Dispatcher::known(Session &session, api::AccountId id) const
{
    if (auto row = TRY(matching_store::expert(session, id)))
        return *row;
    // A job can be heard of before its expert: they travel on different topics.
    ExpertRow row;
    row.id = id;
    row.snapshot.id = id;
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
    return guarded(session, [&]() -> Result<void> {
        ExpertRow row = TRY(known(session, expert.id));
        if (row.snapshot.version > expert.version)
            return {}; // a replayed event from before what we know
        row.snapshot = expert;
        TRY(save(session, row));
        m_freed.insert(expert.id);
        return {};
    });
}

Result<void> Dispatcher::expertMoved(Session &session, api::AccountId id, const Position &position)
{
    return guarded(session, [&]() -> Result<void> {
        ExpertRow row = TRY(known(session, id));
        row.snapshot.position = position;
        TRY(save(session, row));
        m_freed.insert(id);
        return {};
    });
}

Result<void> Dispatcher::occupy(Session &session, api::AccountId id, ExpertState state, api::TicketId ticket)
{
    ExpertRow row = TRY(known(session, id));
    if (state == ExpertState::busy && row.state != ExpertState::busy) {
        const QString today = localDay(row.snapshot, m_clock.now());
        row.jobsToday = row.jobsDay == today ? row.jobsToday + 1 : 1;
        row.jobsDay = today;
    }
    row.state = state;
    row.ticketId = ticket;
    return save(session, row);
}

Result<void> Dispatcher::release(Session &session, api::AccountId id, api::TicketId ticket)
{
    ExpertRow row = TRY(known(session, id));
    if (row.ticketId != ticket)
        return {}; // has another job by now
    row.state = ExpertState::free;
    row.ticketId.reset();
    TRY(save(session, row));
    m_freed.insert(id);
    return {};
}

// Tickets --------------------------------------------------------------------

Result<void> Dispatcher::awaitExpert(Session &session, const TicketEvent &event, const QString &traceId)
{
    const api::TicketSummary &ticket = event.ticket;
    TRY(matching_store::put(
        session,
        WaitingRow {
            ticket.id, ticket, event.job, ticket.skill, ticket.zip, ticket.createdAt, {}, false, {}, traceId }
    ));
    m_open.append(ticket.id);
    return {};
}

Result<void> Dispatcher::ticketChanged(Session &session, const TicketEvent &event, const QString &traceId)
{
    return guarded(session, [&]() -> Result<void> {
        const api::TicketSummary &ticket = event.ticket;
        if (event.previousExpert)
            TRY(release(session, *event.previousExpert, ticket.id));
        if (event.action == QLatin1String("rejected"))
            TRY(matching_store::exclude(session, ticket.id, *event.previousExpert, {}));

        switch (ticket.state) {
        case TicketState::open:
            if (event.action == QLatin1String("opened") || event.action == QLatin1String("rejected")
                || event.action == QLatin1String("revisited") || event.action == QLatin1String("reopened"))
                return awaitExpert(session, event, traceId);
            return {};
        case TicketState::assigned:
        case TicketState::accepted:
        case TicketState::enRoute:
        case TicketState::inProgress:
            if (event.decisionId)
                TRY(matching_store::settle(session, *event.decisionId, api::DecisionOutcome::assigned));
            if (event.action == QLatin1String("assigned")) {
                TRY(occupy(session, ticket.expert->id, ExpertState::busy, ticket.id));
                // Exclusions stay: if this expert gives it back, nobody who did so before is asked again.
                if (auto row = TRY(matching_store::waiting(session, ticket.id))) {
                    row->proposed = true;
                    TRY(matching_store::put(session, *row));
                }
            }
            return {};
        case TicketState::completed:
        case TicketState::closed:
        case TicketState::cancelled:
            if (ticket.expert)
                TRY(release(session, ticket.expert->id, ticket.id));
            return matching_store::forget(session, ticket.id);
        }
        return {};
    });
}

Result<void> Dispatcher::refused(Session &session, const AssignmentRefused &refusal)
{
    return guarded(session, [&]() -> Result<void> {
        TRY(matching_store::settle(session, refusal.decisionId, api::DecisionOutcome::refused));
        TRY(release(session, refusal.expertId, refusal.ticketId));
        if (!refusal.stillOpen)
            return {};
        // Busy with something we have not heard of yet: let that news arrive before asking for this expert
        // again.
        TRY(matching_store::exclude(session, refusal.ticketId, refusal.expertId, m_clock.now() + cooldown));
        if (auto row = TRY(matching_store::waiting(session, refusal.ticketId))) {
            row->proposed = false;
            TRY(matching_store::put(session, *row));
            m_open.append(refusal.ticketId);
        }
        return {};
    });
}

Result<void> Dispatcher::shiftsBegan(Session &session)
{
    return guarded(session, [&]() -> Result<void> {
        for (const WaitingRow &row : TRY(matching_store::due(session, m_clock.now(), 1000)))
            m_open.append(row.ticketId);
        return {};
    });
}

// Deciding -------------------------------------------------------------------

Result<MatchJob> Dispatcher::jobOf(Session &session, const WaitingRow &ticket) const
{
    const QList<api::AccountId> excluded
        = TRY(matching_store::excluded(session, ticket.ticketId, m_clock.now()));
    return MatchJob {
        .ticketId = ticket.ticketId,
        .skill = ticket.skill,
        .level = ticket.job.level,
        .zip = ticket.zip,
        .position = ticket.job.position,
        .minutes = ticket.job.minutes,
        .priority = ticket.summary.priority,
        .arriveBy = ticket.job.arriveBy,
        .excluded = { excluded.begin(), excluded.end() },
    };
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

Result<void> Dispatcher::propose(Session &session, WaitingRow &ticket, const Choice &choice)
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

Result<void> Dispatcher::explainNobody(Session &session, WaitingRow &ticket, const Choice &choice)
{
    DecisionRow decision = decisionOf(ticket, choice);
    // Nobody again is the same decision, brought up to date: a week of waiting is not ten thousand rows.
    if (ticket.decisionId)
        decision.id = *ticket.decisionId;
    TRY(matching_store::put(session, decision));
    ticket.decisionId = decision.id;
    ticket.nextTry = choice.tryAgainAt;
    TRY(matching_store::put(session, ticket));
    const MatchFailed failure { ticket.ticketId, ticket.job.round, decision.id, choice.summary };
    return Outbox::publish(session, ticket.ticketId.toString(), failure, ticket.traceId);
}

Result<void> Dispatcher::decide(Session &session, WaitingRow ticket)
{
    const MatchJob job = TRY(jobOf(session, ticket));
    const Choice choice = choose(m_index, job, m_clock.now(), *m_strategy);
    return choice.expert ? propose(session, ticket, choice) : explainNobody(session, ticket, choice);
}

// Of the tickets this expert could take at once, the one where the trip is best spent: the cost, less a part
// of the time it has waited. Never simply the oldest, which would send people across the county past nearer
// work.
Result<std::optional<WaitingRow>>
Dispatcher::bestWaitingFor(Session &session, const MatchExpert &expert) const
{
    const Instant now = m_clock.now();
    const MatchWeights weights = m_strategy->weights();
    const QStringList areas(expert.areas.begin(), expert.areas.end());
    std::optional<WaitingRow> best;
    double bestCost = 0;
    for (auto skill = expert.skills.cbegin(); skill != expert.skills.cend(); ++skill) {
        for (const WaitingRow &row :
             TRY(matching_store::waitingFor(session, skill.key(), areas, mostCompared))) {
            const MatchJob job = TRY(jobOf(session, row));
            if (!failedRules(expert, job, now).isEmpty())
                continue;
            const MatchFacts facts {
                .miles = milesBetween(*expert.position, *job.position),
                .now = now,
                .arriveBy = job.arriveBy,
                .priority = job.priority,
                .jobsToday = expert.jobsToday,
                .meanJobsToday = m_index.meanJobsToday(),
                .level = skill.value(),
                .neededLevel = job.level,
            };
            const double waited = std::chrono::duration<double, std::ratio<60>>(now - row.since).count();
            const double cost = double(scoreMatch(facts, weights).total()) - weights.age * waited * 100;
            if (!best || cost < bestCost) {
                best = row;
                bestCost = cost;
            }
        }
    }
    return best;
}

Result<void> Dispatcher::decideAll(Session &session)
{
    if (!m_isInBatch)
        return {};
    TRY(guarded(session, [&]() -> Result<void> {
        for (const api::TicketId &id : std::exchange(m_open, {})) {
            // Decided already, or taken over by a manager, later in the same batch.
            if (auto ticket = TRY(matching_store::waiting(session, id)); ticket && !ticket->proposed)
                TRY(decide(session, *ticket));
        }
        for (const api::AccountId &id : std::exchange(m_freed, {})) {
            const MatchExpert *expert = m_index.find(id);
            if (!expert || !expert->isDispatchable())
                continue;
            if (auto ticket = TRY(bestWaitingFor(session, *expert)))
                TRY(decide(session, *ticket));
        }
        return {};
    }));
    m_isInBatch = false;
    return {};
}

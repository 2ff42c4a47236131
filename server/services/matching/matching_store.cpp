#include "server/services/matching/matching_store.h"

#include "server/db/record.h"

ExpertSnapshot ExpertSnapshot::of(const api::Expert &expert)
{
    ExpertSnapshot snapshot {
        .name = expert.name.toString(),
        .skills = expert.skills,
        .areas = {},
        .timeZone = expert.timeZone,
        .shifts = expert.shifts,
        .position = expert.position,
        .availability = expert.availability,
        .version = expert.version,
    };
    for (const auto &area : expert.areas)
        snapshot.areas.append(area.toString());
    return snapshot;
}

namespace matching_store {

namespace {

    const Statement takeOverSql { "matching.takeOver",
                                  "update matching.owner set node = $1 where node <> $1" };

    const Statement expertsSql { "matching.experts", "select * from matching.expert" };
    const Statement expertSql { "matching.expert", "select * from matching.expert where id = $1" };

    const RecordInsert<ExpertRow> putExpert {
        "matching.putExpert",
        "matching.expert",
        "on conflict (id) do update set snapshot = excluded.snapshot, state = excluded.state, "
        "ticket_id = excluded.ticket_id, jobs_day = excluded.jobs_day, jobs_today = excluded.jobs_today"
    };

    const RecordInsert<WaitingRow> putWaiting {
        "matching.putWaiting",
        "matching.waiting",
        "on conflict (ticket_id) do update set summary = excluded.summary, job = excluded.job, skill = "
        "excluded.skill, "
        "zip = excluded.zip, since = excluded.since, next_try = excluded.next_try, proposed = "
        "excluded.proposed, "
        "decision_id = excluded.decision_id, trace_id = excluded.trace_id"
    };

    const Statement waitingSql { "matching.waiting", "select * from matching.waiting where ticket_id = $1" };

    const Statement forgetSql { "matching.forget", "delete from matching.waiting where ticket_id = $1" };
    const Statement forgetExclusionsSql { "matching.forgetExclusions",
                                          "delete from matching.exclusion where ticket_id = $1" };

    const Statement waitingForSql { "matching.waitingFor", R"sql(
    select w.ticket_id, w.job, w.summary ->> 'priority' as priority, w.skill, w.zip, w.since
    from matching.waiting w
    where w.skill = any ($2::text[]) and not w.proposed
        and (w.zip = any ($3::text[]) or left(w.zip, 3) = any ($3::text[]))
        and not exists (
            select from matching.exclusion e
            where e.ticket_id = w.ticket_id and e.expert_id = $1 and (e.until is null or e.until > $4)
        )
        and not exists (select from matching.cooldown c where c.expert_id = $1 and c.until > $4)
    order by w.since, w.ticket_id limit $5
)sql" };

    const Statement dueSql { "matching.dueTickets", R"sql(
    select ticket_id from matching.waiting where not proposed and next_try <= $1 order by since limit $2
)sql" };

    const Statement anyDueSql { "matching.anyDue", R"sql(
    select exists (select from matching.waiting where not proposed and next_try <= $1)
)sql" };

    const Statement excludeSql { "matching.exclude", R"sql(
    insert into matching.exclusion (ticket_id, expert_id, until) values ($1, $2, $3)
    on conflict (ticket_id, expert_id) do update set until = excluded.until where matching.exclusion.until is not null
)sql" };

    const Statement exclusionsSql { "matching.exclusions", R"sql(
    select expert_id, until from matching.exclusion where ticket_id = $1 and (until is null or until > $2)
    union all
    select expert_id, until from matching.cooldown where until > $2
)sql" };

    const Statement coolSql { "matching.cool", R"sql(
    insert into matching.cooldown (expert_id, until) values ($1, $2)
    on conflict (expert_id) do update set until = greatest(matching.cooldown.until, excluded.until)
)sql" };

    // Only what this expert could do, and only sooner than it would be looked at anyhow.
    const Statement tryAgainSql { "matching.tryAgain", R"sql(
    update matching.waiting w set next_try = $3
    where w.skill = any ($1::text[]) and not w.proposed
        and (w.zip = any ($2::text[]) or left(w.zip, 3) = any ($2::text[]))
        and (w.next_try is null or w.next_try > $3)
)sql" };

    const RecordInsert<DecisionRow> putDecision { "matching.putDecision",
                                                  "matching.decision",
                                                  "on conflict (id) do update set at = excluded.at, summary "
                                                  "= excluded.summary, considered = excluded.considered, "
                                                  "candidates = excluded.candidates" };

    const Statement settleSql { "matching.settle",
                                "update matching.decision set outcome = $2 where id = $1" };

    const Statement decisionsSql { "matching.decisions", R"sql(
    select * from matching.decision where ticket_id = $1 order by id desc limit 20
)sql" };

} // namespace

Result<bool> takeOver(Session &session, const QUuid &node)
{
    return TRY(session.exec(takeOverSql, node)) == 1;
}

Result<QList<ExpertRow>> experts(Session &session)
{
    return session.many<ExpertRow>(expertsSql);
}

Result<std::optional<ExpertRow>> expert(Session &session, api::AccountId id)
{
    return session.maybe<ExpertRow>(expertSql, id);
}

Result<void> put(Session &session, const ExpertRow &expert)
{
    TRY(putExpert.run(session, { expert }));
    return {};
}

Result<void> put(Session &session, const WaitingRow &ticket)
{
    TRY(putWaiting.run(session, { ticket }));
    return {};
}

Result<std::optional<WaitingRow>> waiting(Session &session, api::TicketId id)
{
    return session.maybe<WaitingRow>(waitingSql, id);
}

Result<void> forget(Session &session, api::TicketId id)
{
    TRY(session.exec(forgetSql, id));
    TRY(session.exec(forgetExclusionsSql, id));
    return {};
}

Result<QList<WaitingJob>> waitingFor(Session &session, const MatchExpert &expert, Instant now, int most)
{
    return session.many<WaitingJob>(
        waitingForSql,
        expert.id,
        QStringList(expert.skills.keyBegin(), expert.skills.keyEnd()),
        QStringList(expert.areas.begin(), expert.areas.end()),
        now,
        most
    );
}

Result<QList<api::TicketId>> due(Session &session, Instant now, int most)
{
    return session.many<api::TicketId>(dueSql, now, most);
}

Result<bool> anyDue(Session &session, Instant now)
{
    return session.one<bool>(anyDueSql, now);
}

Result<void>
exclude(Session &session, api::TicketId ticket, api::AccountId expert, const std::optional<Instant> &until)
{
    TRY(session.exec(excludeSql, ticket, expert, until));
    return {};
}

Result<void> cool(Session &session, api::AccountId expert, Instant until)
{
    TRY(session.exec(coolSql, expert, until));
    return {};
}

Result<void> tryAgain(Session &session, const ExpertSnapshot &expert, Instant at)
{
    QStringList skills;
    for (const api::SkillLevel &skill : expert.skills)
        skills.append(skill.skill.toString());
    TRY(session.exec(tryAgainSql, skills, expert.areas, at));
    return {};
}

Result<QList<ExclusionRow>> exclusions(Session &session, api::TicketId ticket, Instant now)
{
    return session.many<ExclusionRow>(exclusionsSql, ticket, now);
}

Result<void> put(Session &session, const DecisionRow &decision)
{
    TRY(putDecision.run(session, { decision }));
    return {};
}

Result<void> settle(Session &session, Id<api::DecisionConcept> id, api::DecisionOutcome outcome)
{
    TRY(session.exec(settleSql, id, outcome));
    return {};
}

Result<QList<DecisionRow>> decisions(Session &session, api::TicketId ticket)
{
    return session.many<DecisionRow>(decisionsSql, ticket);
}

// For the accounts ------------------------------------------------------------

namespace {

    const Statement waitingOfSql { "matching.waitingOf", R"sql(
    select ticket_id, (job ->> 'round')::int as round, proposed, decision_id is not null as decided
    from matching.waiting where ticket_id = any ($1::uuid[])
)sql" };

    const Statement heldForSql { "matching.heldFor", R"sql(
    select id as expert_id, state, ticket_id from matching.expert where ticket_id = any ($1::uuid[])
)sql" };

    const Statement waitingAfterSql { "matching.waitingAfter", R"sql(
    select ticket_id from matching.waiting where ticket_id > $1 order by ticket_id limit $2
)sql" };

    const Statement heldAfterSql { "matching.heldAfter", R"sql(
    select id as expert_id, state, ticket_id from matching.expert
    where id > $1 and ticket_id is not null
    order by id limit $2
)sql" };

} // namespace

Result<QList<WaitingTicket>> waitingOf(Session &session, const QList<api::TicketId> &tickets)
{
    return session.many<WaitingTicket>(waitingOfSql, tickets);
}

Result<QList<HeldExpert>> heldFor(Session &session, const QList<api::TicketId> &tickets)
{
    return session.many<HeldExpert>(heldForSql, tickets);
}

Result<QList<api::TicketId>> waitingAfter(Session &session, const QUuid &after, int limit)
{
    return session.many<api::TicketId>(waitingAfterSql, after, limit);
}

Result<QList<HeldExpert>> heldAfter(Session &session, const QUuid &afterExpert, int limit)
{
    return session.many<HeldExpert>(heldAfterSql, afterExpert, limit);
}

} // namespace matching_store

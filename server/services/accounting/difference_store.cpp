#include "server/db/record.h"
#include "server/services/accounting/accounting_store.h"

// The second half of the schema's SQL: what disagrees, and what was done about it.

namespace accounting_store {

namespace {

    const Statement differencesSql {
        "accounting.differences", "select * from accounting.difference where ticket_id = any ($1::uuid[])"
    };

    const Statement suspectsSql { "accounting.suspects", R"sql(
    select distinct ticket_id from accounting.difference where ticket_id > $1 order by ticket_id limit $2
)sql" };

    const Statement suspicionsSql { "accounting.suspicions", R"sql(
    select count(*) from (select from accounting.difference limit $1) d
)sql" };

    const Statement raiseSql { "accounting.raise", R"sql(
    insert into accounting.difference (ticket_id, kind, evidence, sources, number, region, place, first_seen,
        watched_since, sightings, confirmed_at, attempts, gave_up)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict (ticket_id, kind) do update set evidence = excluded.evidence, number = excluded.number,
        region = excluded.region, place = excluded.place, watched_since = excluded.watched_since,
        raised_at = clock_timestamp(), sightings = excluded.sightings, confirmed_at = excluded.confirmed_at,
        attempts = excluded.attempts, gave_up = excluded.gave_up
)sql" };

    const Statement confirmSql { "accounting.confirm", R"sql(
    update accounting.difference set confirmed_at = $3, gave_up = $4 where ticket_id = $1 and kind = $2
)sql" };

    const Statement withdrawSql { "accounting.withdraw",
                                  "delete from accounting.difference where ticket_id = $1 and kind = $2" };

    // One that is being mended stays in sight until it is gone.
    const Statement confirmedSql { "accounting.confirmed", R"sql(
    select * from accounting.difference where confirmed_at is not null or attempts > 0
    order by first_seen, ticket_id limit $1
)sql" };

    const Statement countConfirmedSql { "accounting.countConfirmed", R"sql(
    select count(*) from accounting.difference where confirmed_at is not null or attempts > 0
)sql" };

    const Statement countHopelessSql { "accounting.countHopeless", R"sql(
    select count(*) from accounting.difference where confirmed_at is not null and gave_up
)sql" };

    const Statement correctionsSql { "accounting.corrections", R"sql(
    select region, place, sum(case kind when 'lost' then -1 else 1 end)::bigint as tickets
    from accounting.difference
    where kind in ('lost', 'unheard') and (confirmed_at is not null or attempts > 0)
        and region is not null and place is not null
    group by region, place
)sql" };

} // namespace

Result<QList<DifferenceRow>> differences(Session &session, const QList<api::TicketId> &ids)
{
    return session.many<DifferenceRow>(differencesSql, ids);
}

Result<QList<api::TicketId>> suspects(Session &session, const QUuid &after, int limit)
{
    return session.many<api::TicketId>(suspectsSql, after, limit);
}

Result<qint64> suspicions(Session &session, qint64 most)
{
    return session.one<qint64>(suspicionsSql, most);
}

Result<void> raise(Session &session, const DifferenceRow &row)
{
    TRY(session.exec(
        raiseSql,
        row.ticketId,
        row.kind,
        row.evidence,
        row.sources,
        row.number,
        row.region,
        row.place,
        row.firstSeen,
        row.watchedSince,
        row.sightings,
        row.confirmedAt,
        row.attempts,
        row.gaveUp
    ));
    return {};
}

Result<void> confirm(Session &session, const DifferenceRow &row, Instant at)
{
    TRY(session.exec(confirmSql, row.ticketId, row.kind, at, row.gaveUp));
    return {};
}

Result<void> withdraw(Session &session, const DifferenceRow &row)
{
    TRY(session.exec(withdrawSql, row.ticketId, row.kind));
    return {};
}

Result<QList<DifferenceRow>> confirmed(Session &session, int limit)
{
    return session.many<DifferenceRow>(confirmedSql, limit);
}

Result<qint64> countConfirmed(Session &session)
{
    return session.one<qint64>(countConfirmedSql);
}

Result<qint64> countHopeless(Session &session)
{
    return session.one<qint64>(countHopelessSql);
}

Result<QList<TallyRow>> corrections(Session &session)
{
    return session.many<TallyRow>(correctionsSql);
}

// Repairs --------------------------------------------------------------------

namespace {

    const Statement mendableSql { "accounting.mendable", R"sql(
    select * from accounting.difference
    where confirmed_at is not null and not gave_up and kind = any ($1::text[])
    order by first_seen, ticket_id limit $2
    for update
)sql" };

    const Statement attemptsSinceSql { "accounting.attemptsSince", R"sql(
    select count(*) from accounting.repair where ticket_id = $1 and kind = $2 and at > $3
)sql" };

    const RecordInsert<RepairRow> addRepair { "accounting.addRepair", "accounting.repair" };

    const Statement noteHelpedSql { "accounting.noteHelped", R"sql(
    update accounting.repair set helped = true where id = (
        select id from accounting.repair where ticket_id = $1 and kind = $2 order by at desc, id desc limit 1
    )
)sql" };

    const Statement repairsSql { "accounting.repairs",
                                 "select * from accounting.repair order by id desc limit $1" };

    const Statement forgetRepairsSql { "accounting.forgetRepairs",
                                       "delete from accounting.repair where at < $1" };

} // namespace

Result<QList<DifferenceRow>> mendable(Session &session, const QStringList &kinds, int limit)
{
    return session.many<DifferenceRow>(mendableSql, kinds, limit);
}

Result<int> attemptsSince(Session &session, api::TicketId id, api::DifferenceKind kind, Instant since)
{
    return session.one<int>(attemptsSinceSql, id, kind, since);
}

Result<void> add(Session &session, const RepairRow &repair)
{
    TRY(addRepair.run(session, { repair }));
    return {};
}

Result<void> noteHelped(Session &session, api::TicketId id, api::DifferenceKind kind)
{
    TRY(session.exec(noteHelpedSql, id, kind));
    return {};
}

Result<QList<RepairRow>> repairs(Session &session, int limit)
{
    return session.many<RepairRow>(repairsSql, limit);
}

Result<void> forgetRepairs(Session &session, Instant before)
{
    TRY(session.exec(forgetRepairsSql, before));
    return {};
}

} // namespace accounting_store

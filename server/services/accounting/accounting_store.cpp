#include "server/services/accounting/accounting_store.h"

#include "server/db/record.h"

namespace accounting_store {

// Books ----------------------------------------------------------------------

namespace {

    const Statement holdBooksSql { "accounting.holdBooks",
                                   "select pg_advisory_xact_lock(hashtext('accounting.books'), 0)" };

    // The rows and their totals in one statement: a batch of events costs one round trip, whatever its size.
    const Statement enterSql { "accounting.enter", R"sql(
    with heard as (
        select distinct on (h.id) h.*
        from jsonb_to_recordset($1::jsonb) as h (
            id uuid, number text, region text, place text, round int, version int, "expertId" uuid, "toldAt" timestamptz
        )
        order by h.id, h.version desc, h."toldAt" desc
    ), before as (
        select t.id, t.region, t.place from accounting.ticket t join heard using (id)
    ), kept as (
        insert into accounting.ticket as t (id, number, region, place, round, version, expert_id, told_at)
        select id, number, region, place, round, version, "expertId", "toldAt" from heard
        on conflict (id) do update set region = excluded.region, place = excluded.place, round = excluded.round,
            version = excluded.version, expert_id = excluded.expert_id, told_at = excluded.told_at
        where t.version < excluded.version
            or t.version = excluded.version
                and (t.region, t.place, t.round, t.expert_id)
                    is distinct from (excluded.region, excluded.place, excluded.round, excluded.expert_id)
        returning t.id, t.region, t.place
    ), moved as (
        select m.region, m.place, sum(m.n)::bigint as n from (
            select region, place, 1 as n from kept
            union all select region, 'created', 1 from kept
            union all select b.region, b.place, -1 from before b join kept using (id)
            union all select b.region, 'created', -1 from before b join kept using (id)
        ) m
        group by m.region, m.place having sum(m.n) <> 0
    )
    insert into accounting.tally as t (region, place, tickets)
    select region, place, n from moved order by region, place
    on conflict (region, place) do update set tickets = t.tickets + excluded.tickets
)sql" };

    const Statement booksSql { "accounting.books",
                               "select * from accounting.ticket where id = any ($1::uuid[])" };
    const Statement bookIdsSql { "accounting.bookIds",
                                 "select id from accounting.ticket where id > $1 order by id limit $2" };
    const Statement talliesSql {
        "accounting.tallies", "select region, place, tickets from accounting.tally order by region, place"
    };

    const Statement recountSql { "accounting.recount", R"sql(
    with counted as (
        select region, place, count(*) as tickets from accounting.ticket group by region, place
    ), due as (
        select region, place, tickets from counted
        union all
        select region, 'created', sum(tickets)::bigint from counted group by region
    ), wrong as (
        select region, place, coalesce(t.tickets, 0) as was, coalesce(d.tickets, 0) as tickets
        from due d full join accounting.tally t using (region, place)
        where coalesce(t.tickets, 0) <> coalesce(d.tickets, 0)
    ), mended as (
        insert into accounting.tally (region, place, tickets) select region, place, tickets from wrong
        on conflict (region, place) do update set tickets = excluded.tickets
    )
    select region, place, was, tickets from wrong order by region, place
)sql" };

} // namespace

Result<void> holdBooks(Session &session)
{
    TRY(session.exec(holdBooksSql));
    return {};
}

Result<void> enter(Session &session, const QList<BookRow> &rows)
{
    if (rows.isEmpty())
        return {};
    TRY(holdBooks(session));
    TRY(session.exec(enterSql, rows));
    return {};
}

Result<QList<BookRow>> books(Session &session, const QList<api::TicketId> &ids)
{
    return session.many<BookRow>(booksSql, ids);
}

Result<QList<api::TicketId>> bookIds(Session &session, const QUuid &after, int limit)
{
    return session.many<api::TicketId>(bookIdsSql, after, limit);
}

Result<QList<TallyRow>> tallies(Session &session)
{
    return session.many<TallyRow>(talliesSql);
}

Result<QList<MiscountRow>> recount(Session &session)
{
    TRY(holdBooks(session));
    return session.many<MiscountRow>(recountSql);
}

// Looking --------------------------------------------------------------------

namespace {

    const Statement holdSql { "accounting.hold",
                              "select pg_try_advisory_xact_lock(hashtext('accounting.look'), 0)" };
    const Statement lastLookSql { "accounting.lastLook", "select number, at from accounting.look" };
    const Statement noteLookSql { "accounting.noteLook",
                                  "update accounting.look set number = number + 1, at = $1" };

    const Statement laneSql { "accounting.lane", R"sql(
    insert into accounting.lane (name, started_at) values ($1, $2)
    on conflict (name) do update set name = excluded.name
    returning name, position, checked, rounds, started_at, completed_at
)sql" };

    const Statement lanesSql {
        "accounting.lanes",
        "select name, position, checked, rounds, started_at, completed_at from accounting.lane"
    };

    const Statement saveLaneSql { "accounting.saveLane", R"sql(
    update accounting.lane set position = $2, checked = $3, rounds = $4, started_at = $5, completed_at = $6
    where name = $1
)sql" };

} // namespace

Result<bool> hold(Session &session)
{
    return session.one<bool>(holdSql);
}

Result<LookRow> lastLook(Session &session)
{
    return session.one<LookRow>(lastLookSql);
}

Result<void> noteLook(Session &session, Instant now)
{
    TRY(session.exec(noteLookSql, now));
    return {};
}

Result<LaneRow> lane(Session &session, const QString &name, Instant now)
{
    return session.one<LaneRow>(laneSql, name, now);
}

Result<QList<LaneRow>> lanes(Session &session)
{
    return session.many<LaneRow>(lanesSql);
}

Result<void> save(Session &session, const LaneRow &lane)
{
    TRY(session.exec(
        saveLaneSql, lane.name, lane.position, lane.checked, lane.rounds, lane.startedAt, lane.completedAt
    ));
    return {};
}

// Alarms ---------------------------------------------------------------------

namespace {

    const Statement dropAlarmsSql { "accounting.dropAlarms",
                                    "delete from accounting.alarm where name <> all ($1::text[])" };

    const Statement putAlarmsSql { "accounting.putAlarms", R"sql(
    insert into accounting.alarm as a (name, text, since)
    select n.name, n.text, n.since from jsonb_to_recordset($1::jsonb) as n (name text, text text, since timestamptz)
    on conflict (name) do update set text = excluded.text where a.text <> excluded.text
    returning (xmax = 0) as is_new
)sql" };

    const Statement alarmsSql { "accounting.alarms",
                                "select name, text, since from accounting.alarm order by since, name" };

    const Statement beatSql { "accounting.beat", R"sql(
    insert into accounting.node (name, stopped) values ($1, $2)
    on conflict (name) do update set stopped = excluded.stopped, seen_at = excluded.seen_at
)sql" };

    const Statement leaveSql { "accounting.leave", R"sql(
    delete from accounting.node where name = $1 or seen_at < clock_timestamp() - interval '1 day'
)sql" };

    // After the database was away everybody is late by the same: that is nobody's silence.
    const Statement nodesSql { "accounting.nodes", R"sql(
    select name, stopped, extract(epoch from max(seen_at) over () - seen_at)::int as silent_seconds
    from accounting.node where seen_at > clock_timestamp() - interval '1 day' order by name
)sql" };

} // namespace

Result<void> beat(Session &session, const QString &node, const QStringList &stopped)
{
    TRY(session.exec(beatSql, node, stopped));
    return {};
}

Result<void> leave(Session &session, const QString &node)
{
    TRY(session.exec(leaveSql, node));
    return {};
}

Result<QList<NodeRow>> nodes(Session &session)
{
    return session.many<NodeRow>(nodesSql);
}

Result<bool> putAlarms(Session &session, const QList<api::Alarm> &alarms)
{
    QStringList names;
    for (const api::Alarm &alarm : alarms)
        names += alarm.name;
    bool changed = TRY(session.exec(dropAlarmsSql, names)) > 0;
    if (!alarms.isEmpty()) {
        for (const bool isNew : TRY(session.many<bool>(putAlarmsSql, alarms)))
            changed = changed || isNew;
    }
    return changed;
}

Result<QList<api::Alarm>> alarms(Session &session)
{
    return session.many<api::Alarm>(alarmsSql);
}

} // namespace accounting_store

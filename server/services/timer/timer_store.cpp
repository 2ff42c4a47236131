#include "server/services/timer/timer_store.h"

#include "server/events/event.h"

namespace timer_store {

namespace {

    const Statement applySql { "timer.apply", "select timer.apply($1, $2, $3, $4, $5, $6, $7)" };

    const Statement fireSql { "timer.fire", "select * from timer.fire($1, $2, $3)" };
    const Statement moveOnSql { "timer.moveOn", "select timer.move_on($1, $2, $3)" };
    const Statement nextDueSql { "timer.nextDue", "select timer.next_due()" };

    const Statement pendingSql { "timer.pending", R"sql(
    select owner, count(*) as pending from timer.timer group by owner order by owner
)sql" };

    const Statement dueSql { "timer.due", R"sql(
    select d.owner, count(*) as due, min(d.due_at) as oldest_due
    from (select t.owner, t.due_at from timer.timer t where t.due_at <= $1 order by t.due_at limit $2) d
    group by d.owner order by d.owner
)sql" };

    const Statement listSql { "timer.list", R"sql(
    select key, due_at, recurrence is not null as recurs
    from timer.timer where owner = $1 and key > $2 order by key limit $3
)sql" };

    const Statement findSql { "timer.find", R"sql(
    select key, due_at, recurrence is not null as recurs
    from timer.timer where owner = $1 and key = any ($2::text[])
)sql" };

    const Statement warpReachedSql { "timer.warpReached", "select reached from timer.warp for update" };

    const Statement takeWarpSql { "timer.takeWarp", R"sql(
    insert into timer.warp (reached, node) values ($2, $1)
    on conflict (one) do update set node = excluded.node, reached = greatest(warp.reached, excluded.reached)
)sql" };

    const Statement moveWarpSql { "timer.moveWarp", "update timer.warp set reached = $2 where node = $1" };

    QString text(const auto &document)
    {
        return QString::fromUtf8(json::write(document));
    }

} // namespace

Result<void> apply(Session &session, const QList<TimerRow> &commands)
{
    QStringList owners;
    QStringList keys;
    QList<std::optional<Instant>> due;
    QStringList busKeys;
    QStringList traceIds;
    QList<std::optional<QString>> recurrences;
    QStringList payloads;
    for (const TimerRow &command : commands) {
        owners += command.owner;
        keys += command.key;
        due += command.dueAt;
        busKeys += command.busKey;
        traceIds += command.traceId;
        recurrences += command.recurrence ? std::optional(text(*command.recurrence)) : std::nullopt;
        payloads += QString::fromUtf8(json::toText(command.payload));
    }
    TRY(session.exec(applySql, owners, keys, due, busKeys, traceIds, recurrences, payloads));
    return {};
}

Result<FiredRow> fire(Session &session, Instant now, int limit, int expected)
{
    QList<EventId> ids;
    for (int i = 0; i < std::min(expected, limit); ++i)
        ids += EventId::make();
    return session.one<FiredRow>(fireSql, now, limit, ids);
}

Result<void> moveOn(Session &session, const QList<RecurringRow> &next)
{
    QStringList owners;
    QStringList keys;
    QList<Instant> due;
    for (const RecurringRow &row : next) {
        owners += row.owner;
        keys += row.key;
        due += row.dueAt;
    }
    TRY(session.exec(moveOnSql, owners, keys, due));
    return {};
}

Result<std::optional<Instant>> nextDue(Session &session)
{
    return session.one<std::optional<Instant>>(nextDueSql);
}

Result<QList<PendingRow>> pending(Session &session)
{
    return session.many<PendingRow>(pendingSql);
}

Result<QList<DueRow>> due(Session &session, Instant now, int most)
{
    return session.many<DueRow>(dueSql, now, most);
}

Result<QList<TimerSet>> list(Session &session, const QString &owner, const QString &afterKey, int limit)
{
    return session.many<TimerSet>(listSql, owner, afterKey, limit);
}

Result<QList<TimerSet>> find(Session &session, const QString &owner, const QStringList &keys)
{
    return session.many<TimerSet>(findSql, owner, keys);
}

Result<std::optional<Instant>> warpReached(Session &session)
{
    return session.maybe<Instant>(warpReachedSql);
}

Result<void> takeWarp(Session &session, QUuid node, Instant reached)
{
    TRY(session.exec(takeWarpSql, node, reached));
    return {};
}

Result<bool> moveWarp(Session &session, QUuid node, Instant reached)
{
    return TRY(session.exec(moveWarpSql, node, reached)) > 0;
}

} // namespace timer_store

#include "server/events/event_log.h"

const Statement fetchEvents { "bus.fetch", R"sql(
    select id, topic, type, key, version, occurred_at, trace_id, payload from bus.fetch($1, $2)
)sql" };

Result<QList<Event>> EventLog::fetch(Session &session, const QString &group, int limit)
{
    return session.many<Event>(fetchEvents, group, limit);
}

const Statement askOutlook { "bus.outlook", "select held, behind, retry_in_ms from bus.outlook($1)" };

Result<Outlook> EventLog::outlook(Session &session, const QString &group)
{
    return session.one<Outlook>(askOutlook, group);
}

const Statement parkEvent { "bus.park", "select bus.park($1, $2, $3, $4, $5)" };

Result<void> EventLog::park(Session &session, const QString &group, EventId event, const Verdict &verdict)
{
    TRY(session.exec(
        parkEvent, group, event, verdict.error, qint64(verdict.delay.count()), verdict.maxAttempts
    ));
    return {};
}

const Statement takeDueRetry { "bus.take_retry", R"sql(
    select seq, attempts, id as event_id, topic as event_topic, type as event_type, key as event_key,
        version as event_version, occurred_at as event_occurred_at, trace_id as event_trace_id, payload as event_payload
    from bus.take_retry($1)
)sql" };

Result<std::optional<FailedEvent>> EventLog::takeRetry(Session &session, const QString &group)
{
    return session.maybe<FailedEvent>(takeDueRetry, group);
}

const Statement deferEvent { "bus.defer", "select bus.defer($1, $2, $3, $4, $5)" };

Result<void> EventLog::defer(Session &session, const QString &group, qint64 seq, const Verdict &verdict)
{
    TRY(session.exec(
        deferEvent, group, seq, verdict.error, qint64(verdict.delay.count()), verdict.maxAttempts
    ));
    return {};
}

const Statement subscribeGroup { "bus.subscribe", "select bus.subscribe($1, $2, $3)" };

Result<void> EventLog::subscribe(Session &session, const Consumer &consumer)
{
    TRY(session.exec(subscribeGroup, consumer.group(), QString::fromLatin1(consumer.role()), consumer.types())
    );
    return {};
}

const Statement rebaseLog { "bus.rebase", "select bus.rebase()" };

Result<bool> EventLog::rebase(Session &session)
{
    return session.one<bool>(rebaseLog);
}

const Statement maintainLog { "bus.maintain", "select bus.maintain($1 * interval '1 hour', $2)" };

Result<void> EventLog::maintain(Session &session, std::chrono::hours keep, int daysAhead)
{
    TRY(session.exec(maintainLog, static_cast<int>(keep.count()), daysAhead));
    return {};
}

const Statement listStandings { "bus.health", R"sql(
    select grp as "group", waiting, retrying, dead, oldest_waiting, moved_at, clock_timestamp() as now from bus.health()
)sql" };

Result<QList<GroupStanding>> EventLog::standings(Session &session)
{
    return session.many<GroupStanding>(listStandings);
}

const Statement listDeadLetters { "bus.dead_letters", R"sql(
    select grp as "group", id as event_id, split_part(type, '.', 1) as event_topic, type as event_type, key as event_key,
        version as event_version, at as event_occurred_at, trace_id as event_trace_id, payload as event_payload,
        attempts, dead_at, error
    from bus.retry where dead_at is not null order by dead_at desc limit $1
)sql" };

Result<QList<DeadLetter>> EventLog::deadLetters(Session &session, int limit)
{
    return session.many<DeadLetter>(listDeadLetters, limit);
}

const Statement replayEvent { "bus.replay", "select bus.replay($1, $2)" };

Result<bool> EventLog::replay(Session &session, const QString &group, EventId event)
{
    return session.one<bool>(replayEvent, group, event);
}

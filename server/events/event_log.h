#pragma once

#include "server/events/event_bus.h"

// A failed event whose next attempt is due.
struct FailedEvent
{
    qint64 seq = 0;
    int attempts = 0; // so far
    Event event;
};
BOOST_DESCRIBE_STRUCT(FailedEvent, (), (seq, attempts, event))

// What a group should do when there was nothing to fetch.
struct Outlook
{
    bool held = false; // false: another node has the group at the moment
    bool behind = false; // there is more by now
    std::optional<qint64> retryInMs; // until the next failed event is due
};
BOOST_DESCRIBE_STRUCT(Outlook, (), (held, behind, retryInMs))

struct GroupStanding
{
    QString group;
    qint64 waiting = 0;
    qint64 retrying = 0;
    qint64 dead = 0;
    std::optional<Instant> oldestWaiting;
    Instant movedAt; // when the group last got any further
    Instant now; // of the database
};
BOOST_DESCRIBE_STRUCT(GroupStanding, (), (group, waiting, retrying, dead, oldestWaiting, movedAt, now))

// How a failure is recorded: why, when the next attempt is due, and how many there are at most.
struct Verdict
{
    QString error;
    std::chrono::milliseconds delay {};
    int maxAttempts = 1;
};

// The SQL of the event log (schema/001_bus.sql explains how it works).
class EventLog
{
public:
    // As the group's role. fetch() must be the first statement of its transaction.
    static Result<QList<Event>> fetch(Session &session, const QString &group, int limit);
    static Result<Outlook> outlook(Session &session, const QString &group);
    static Result<void> park(Session &session, const QString &group, EventId event, const Verdict &verdict);
    static Result<std::optional<FailedEvent>> takeRetry(Session &session, const QString &group);
    static Result<void> defer(Session &session, const QString &group, qint64 seq, const Verdict &verdict);

    // As the bus itself.
    static constexpr const char *role = "squad_bus";
    static Result<void> subscribe(Session &session, const Consumer &consumer);
    static Result<bool> rebase(Session &session);
    static Result<void> maintain(Session &session, std::chrono::hours keep, int daysAhead);
    static Result<QList<GroupStanding>> standings(Session &session);
    static Result<QList<DeadLetter>> deadLetters(Session &session, int limit);
    static Result<bool> replay(Session &session, const QString &group, EventId event);
};

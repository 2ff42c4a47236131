#pragma once

#include "server/events/consumer.h"

struct DeadLetter
{
    QString group;
    Event event;
    int attempts = 0;
    Instant deadAt;
    QString error;
};
BOOST_DESCRIBE_STRUCT(DeadLetter, (), (group, event, attempts, deadAt, error))

struct GroupHealth
{
    QString group;
    qint64 waiting = 0; // events published but not handled; an estimate beyond 10,000
    qint64 retrying = 0;
    qint64 dead = 0;
    std::optional<Instant> oldestWaiting;
    bool running = false; // in this process
    bool stalled = false; // events wait and nothing has moved for a while, on whatever node
};
BOOST_DESCRIBE_STRUCT(GroupHealth, (), (group, waiting, retrying, dead, oldestWaiting, running, stalled))

// Carries events from outboxes to consumer groups.
class EventBus
{
public:
    EventBus() = default;
    virtual ~EventBus() = default;
    EventBus(const EventBus &) = delete;
    EventBus &operator=(const EventBus &) = delete;

    // Before start(). A group that subscribes for the first time starts with the oldest event still kept.
    virtual void subscribe(std::shared_ptr<const Consumer> consumer) = 0;
    // Before start(). Runs `action` in this process soon after something of the type, or topic ("gateway.*"),
    // was published on any node, and whenever that may have been missed: for what each node keeps in memory.
    // It tells that something happened, not what, so the action reads anew. On a thread of the bus; may
    // block.
    virtual void watch(const QString &type, std::function<void()> action) = 0;
    virtual void start() = 0;
    virtual void stop() = 0; // returns when no handler or action runs any more

    // Something was published in this process: consumers look at once instead of at the next notification.
    virtual void wake() = 0;

    virtual Result<QList<GroupHealth>> health() = 0;
    virtual Result<QList<DeadLetter>> deadLetters(int limit) = 0;
    virtual Result<void> replay(const QString &group, EventId event) = 0;
};

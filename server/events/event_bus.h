#pragma once

#include "server/db/session.h"
#include "server/events/event.h"

#include <functional>

// A consumer group: every event of `types` reaches it at least once, and those of one key in order. handle() runs in a
// transaction as `role` which also moves the group's cursor: its database effects happen exactly once. Effects elsewhere
// belong behind Session::afterCommit and must bear a repetition.
//
// A Problem is retried with back-off; meanwhile later events of the same key wait and other keys go on; after the last try
// the event is a dead letter, which an admin sees and can replay.
class Consumer
{
public:
    using Handler = std::function<Result<void>(Session &, const Event &)>;

    Consumer(QString group, const char *role);

    // One handler per payload type.
    template<EventPayload E>
    Consumer &on(std::function<Result<void>(Session &, const Event &, const E &)> handler)
    {
        return onType(toQString(E::type), [handler = std::move(handler)](Session &session, const Event &event) -> Result<void> {
            return handler(session, event, TRY(json::fromJson<E>(event.payload)));
        });
    }

    // For consumers that treat many types alike; `type` may end in ".*".
    Consumer &onType(const QString &type, Handler handler);

    // Runs in the transaction of a batch, after its events were handled: the place for work worth doing once per batch.
    Consumer &afterBatch(std::function<Result<void>(Session &)> handler);

    [[nodiscard]] const QString &group() const { return m_group; }
    [[nodiscard]] const char *role() const { return m_role; }
    [[nodiscard]] QStringList types() const;
    [[nodiscard]] Result<void> handle(Session &session, const Event &event) const;
    [[nodiscard]] Result<void> endBatch(Session &session) const;

private:
    QString m_group;
    const char *m_role;
    QList<std::pair<QString, Handler>> m_handlers;
    std::function<Result<void>(Session &)> m_afterBatch;
};

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
    bool running = false;
};
BOOST_DESCRIBE_STRUCT(GroupHealth, (), (group, waiting, retrying, dead, oldestWaiting, running))

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
    virtual void start() = 0;
    virtual void stop() = 0; // returns when no handler runs any more

    // Something was published in this process: consumers look at once instead of at the next notification.
    virtual void wake() = 0;

    virtual Result<QList<GroupHealth>> health() = 0;
    virtual Result<QList<DeadLetter>> deadLetters(int limit) = 0;
    virtual Result<void> replay(const QString &group, EventId event) = 0;
};

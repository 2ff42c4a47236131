#pragma once

#include "server/events/event_bus.h"
#include "server/services/timer/command_batch.h"
#include "server/services/timer/firing_thread.h"

// One service's timers, as health sees them.
struct OwnerTimers
{
    QString owner;
    qint64 pending = 0; // counted now and then
    qint64 due = 0; // and not fired; up to 10,000 over all owners
    std::optional<Instant> oldestDue;
};
BOOST_DESCRIBE_STRUCT(OwnerTimers, (), (owner, pending, due, oldestDue))

struct TimerHealth
{
    QList<OwnerTimers> owners;
    qint64 pending = 0;
    qint64 due = 0;
    std::optional<Instant> oldestDue;
    qint64 overdueMs = 0; // of the oldest, in real time
    qint64 fired = 0; // by this node, since it started
    qint64 latenessMs = 0; // of the last batch that this node fired, in real time
    std::optional<Instant> lastFiredAt; // by this node
    bool running = false; // in this process
    bool stalled = false; // timers are due and nothing has moved for a while, on whatever node
};
BOOST_DESCRIBE_STRUCT(
    TimerHealth,
    (),
    (owners, pending, due, oldestDue, overdueMs, fired, latenessMs, lastFiredAt, running, stalled)
)

// Keeps timers for every service and fires them: by events, both ways (timer_events.h).
class TimerService
{
public:
    struct Options
    {
        FiringThread::Options firing {};
        std::chrono::milliseconds recount { 30'000 }; // the pending ones: it reads them all
        std::chrono::milliseconds stallAfter { 30'000 };
    };

    TimerService(Database &database, const Clock &clock, const Options &options);
    TimerService(Database &database, const Clock &clock)
        : TimerService(database, clock, Options {})
    {
    }

    // What to listen to. The service outlives the consumer and the bus.
    [[nodiscard]] std::shared_ptr<const Consumer> consumer();
    void watch(EventBus &bus); // before the bus starts

    void start();
    void stop(); // returns when nothing fires any more
    void wake(); // for whoever has moved the clock by hand

    // Asks the database. Meant to be called every few seconds.
    Result<TimerHealth> health();
    // What it said last; does not block.
    [[nodiscard]] TimerHealth lastHealth() const;

    // The timers of a service, for whoever wants to know whether each is there: those after `afterKey` in the
    // database's order of keys, or those with these keys. As `role`.
    static constexpr const char *role = "squad_timer";
    Result<QList<TimerSet>>
    list(Session &session, const QString &owner, const QString &afterKey, int limit) const;
    Result<QList<TimerSet>> find(Session &session, const QString &owner, const QStringList &keys) const;

private:
    using Real = std::chrono::steady_clock;

    Result<void> apply(Session &session);
    Result<TimerHealth> ask(bool count);
    void judge(TimerHealth &health);

    Database &m_database;
    const Clock &m_clock;
    Options m_options;
    FiringThread m_firing;
    CommandBatch m_batch; // of the consumer's thread only

    mutable std::mutex m_mutex;
    TimerHealth m_health;
    std::optional<Real::time_point> m_countedAt;
    Real::time_point m_movedAt; // when what is due last changed
};

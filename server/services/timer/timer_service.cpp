#include "server/services/timer/timer_service.h"

#include "server/events/outbox.h"
#include "server/services/timer/timer_store.h"

namespace {

constexpr int mostDue = 10'000;

// Tells the other nodes that something is due sooner than what they may be waiting for.
struct SoonerTimer
{
    static constexpr std::string_view type = "timer.sooner";

    Instant dueAt;
};
BOOST_DESCRIBE_STRUCT(SoonerTimer, (), (dueAt))

OwnerTimers &ofOwner(QList<OwnerTimers> &owners, const QString &owner)
{
    const auto found = std::ranges::find(owners, owner, &OwnerTimers::owner);
    if (found != owners.end())
        return *found;
    return owners.emplaceBack(OwnerTimers { .owner = owner, .oldestDue = {} });
}

qint64 milliseconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

} // namespace

TimerService::TimerService(Database &database, const Clock &clock, const Options &options)
    : m_database(database)
    , m_clock(clock)
    , m_options(options)
    , m_firing(database, clock, options.firing)
{
}

std::shared_ptr<const Consumer> TimerService::consumer()
{
    auto consumer = std::make_shared<Consumer>(QStringLiteral("timer"), timer_store::role);
    consumer->beforeBatch([this](Session &) -> Result<void> {
        m_batch.clear();
        return {};
    });
    consumer->on<SetTimer>([this](Session &, const Event &event, const SetTimer &command) {
        return m_batch.add(event, command);
    });
    consumer->on<CancelTimer>([this](Session &, const Event &event, const CancelTimer &command) {
        return m_batch.add(event, command);
    });
    consumer->afterBatch([this](Session &session) { return apply(session); });
    return consumer;
}

void TimerService::watch(EventBus &bus)
{
    bus.watch(toQString(SoonerTimer::type), [this] { m_firing.wake(); });
}

Result<void> TimerService::apply(Session &session)
{
    TRY(timer_store::apply(session, m_batch.commands()));
    const Instant earliest = m_batch.earliest();
    if (earliest < m_firing.nextDue())
        TRY(Outbox::publish(session, QStringLiteral("timer"), SoonerTimer { earliest }, {}));
    // Once more here and after the commit: what the other nodes are told is a hint, and may be decided on
    // what was true a moment ago. This node must not miss it.
    session.afterCommit([this, earliest] { m_firing.expect(earliest); });
    return {};
}

void TimerService::start()
{
    m_firing.start();
}

void TimerService::stop()
{
    m_firing.stop();
}

void TimerService::wake()
{
    m_firing.wake();
}

Result<TimerHealth> TimerService::health()
{
    bool count = false;
    {
        const std::lock_guard lock(m_mutex);
        count = !m_countedAt || Real::now() - *m_countedAt >= m_options.recount;
    }
    TimerHealth health = TRY(ask(count));
    const std::lock_guard lock(m_mutex);
    if (count)
        m_countedAt = Real::now();
    judge(health);
    m_health = health;
    return health;
}

Result<TimerHealth> TimerService::ask(bool count)
{
    TimerHealth health;
    if (!count) {
        for (const OwnerTimers &owner : lastHealth().owners)
            health.owners.append({ owner.owner, owner.pending, 0, {} });
    }
    const Instant now = m_clock.now();
    TRY(m_database.transact(timer_store::role, [&](Session &session) -> Result<void> {
        if (count) {
            health.owners.clear();
            for (const PendingRow &row : TRY(timer_store::pending(session)))
                ofOwner(health.owners, row.owner).pending = row.pending;
        }
        for (const DueRow &row : TRY(timer_store::due(session, now, mostDue))) {
            OwnerTimers &owner = ofOwner(health.owners, row.owner);
            owner.due = row.due;
            owner.oldestDue = row.oldestDue;
        }
        return {};
    }));
    for (const OwnerTimers &owner : health.owners) {
        health.pending += owner.pending;
        health.due += owner.due;
        if (owner.oldestDue)
            health.oldestDue = std::min(*owner.oldestDue, health.oldestDue.value_or(*owner.oldestDue));
    }
    if (health.oldestDue)
        health.overdueMs = milliseconds(m_clock.realTime(now - *health.oldestDue));
    return health;
}

// Under the lock: compares with what was last.
void TimerService::judge(TimerHealth &health)
{
    const FiringThread::Report report = m_firing.report();
    health.running = report.isRunning;
    health.fired = report.fired;
    health.lastFiredAt = report.lastFiredAt;
    health.latenessMs = milliseconds(report.lateness);
    // After a time without any node much is late and all is well, as long as it gets less.
    if (!health.oldestDue || health.oldestDue != m_health.oldestDue || health.due != m_health.due)
        m_movedAt = Real::now();
    health.stalled = health.oldestDue && Real::now() - m_movedAt >= m_options.stallAfter;
}

TimerHealth TimerService::lastHealth() const
{
    const std::lock_guard lock(m_mutex);
    return m_health;
}

Result<QList<TimerSet>>
TimerService::list(Session &session, const QString &owner, const QString &afterKey, int limit) const
{
    return timer_store::list(session, owner, afterKey, limit);
}

Result<QList<TimerSet>>
TimerService::find(Session &session, const QString &owner, const QStringList &keys) const
{
    return timer_store::find(session, owner, keys);
}

#include "server/services/timer/time_warp.h"

#include "server/services/timer/timer_store.h"

#include <QLoggingCategory>

using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcWarp, "squad.timer")

namespace {

// In real time: how often the database is told, and how far ahead. A kill costs at most the latter.
constexpr auto interval = 50ms;
constexpr auto reach = 250ms;

} // namespace

TimeWarp::TimeWarp(const QString &databaseUrl, int factor)
    : m_database({ .url = databaseUrl, .workers = 1 })
    , m_factor(factor)
{
}

Result<std::unique_ptr<TimeWarp>>
TimeWarp::open(const QString &databaseUrl, std::optional<int> factor, const Clock &real)
{
    std::unique_ptr<TimeWarp> warp(new TimeWarp(databaseUrl, factor.value_or(1)));
    if (!TRY(warp->begin(factor.has_value(), real)))
        return std::unique_ptr<TimeWarp>();
    qCWarning(lcWarp).noquote() << "time runs" << warp->m_factor << "times as fast as the world's and is now"
                                << toText(warp->clock().now());
    return warp;
}

Result<bool> TimeWarp::begin(bool wanted, const Clock &real)
{
    const bool isWarped = TRY(m_database.transact(timer_store::role, [&](Session &session) -> Result<bool> {
        const std::optional<Instant> reached = TRY(timer_store::warpReached(session));
        if (!reached && !wanted)
            return false;
        m_clock = std::make_unique<WarpedClock>(reached.value_or(real.now()), m_factor);
        TRY(timer_store::takeWarp(session, m_node, ahead()));
        return true;
    }));
    if (!isWarped)
        return false;
    m_clock->allowUntil(ahead());
    m_thread = std::thread([this] { keep(); });
    return true;
}

TimeWarp::~TimeWarp()
{
    if (!m_thread.joinable())
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
    // Nobody asks the clock any more: the next start need not leave out what lay ahead.
    static_cast<void>(moveTo(m_clock->now()));
}

Instant TimeWarp::ahead() const
{
    return m_clock->now() + reach * m_factor;
}

// While the database cannot be told, the clock reaches its limit and stands.
void TimeWarp::keep()
{
    std::unique_lock lock(m_mutex);
    while (!m_changed.wait_for(lock, interval, [this] { return m_stopping; })) {
        lock.unlock();
        const Instant limit = ahead();
        const Result<bool> moved = moveTo(limit);
        if (moved && *moved)
            m_clock->allowUntil(limit);
        lock.lock();
        if (moved && !*moved) {
            qCCritical(lcWarp
            ) << "another server has taken over the warped time: the clock of this one stands";
            return;
        }
    }
}

Result<bool> TimeWarp::moveTo(Instant reached)
{
    return m_database.transact(timer_store::role, [&](Session &session) {
        return timer_store::moveWarp(session, m_node, reached);
    });
}

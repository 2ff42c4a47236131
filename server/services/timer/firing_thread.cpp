#include "server/services/timer/firing_thread.h"

#include "server/events/outbox.h"
#include "server/services/timer/timer_store.h"

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// The clock may be set while we sleep, or the machine be suspended: look at it now and then.
constexpr auto longestNap = 5000ms;
constexpr auto shortestNap = 1ms;
constexpr int leastExpected = 16;
constexpr auto firstPause = 5ms;
constexpr auto longestHeld = 200ms;
constexpr auto longestTrouble = 5000ms;

std::chrono::milliseconds doubled(int times, std::chrono::milliseconds limit)
{
    return std::min<std::chrono::milliseconds>(limit, firstPause * (1L << std::min(times, 20)));
}

} // namespace

FiringThread::FiringThread(Database &database, const Clock &clock, const Options &options)
    : m_database(database)
    , m_clock(clock)
    , m_options(options)
{
}

FiringThread::~FiringThread()
{
    stop();
}

void FiringThread::start()
{
    m_stopping = false;
    beat();
    m_thread = std::thread([this] { run(); });
}

void FiringThread::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void FiringThread::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_one();
}

void FiringThread::expect(Instant due)
{
    {
        const std::lock_guard lock(m_mutex);
        if (due >= m_nextDue)
            return;
        m_woken = true;
    }
    m_changed.notify_one();
}

Instant FiringThread::nextDue() const
{
    const std::lock_guard lock(m_mutex);
    return m_nextDue;
}

FiringThread::Report FiringThread::report() const
{
    const Real::duration age = Real::now().time_since_epoch() - Real::duration(m_lastBeat);
    const std::lock_guard lock(m_mutex);
    Report report = m_report;
    report.isRunning = m_thread.joinable() && !m_stopping && age < m_options.stallAfter;
    return report;
}

void FiringThread::run()
{
    while (!m_stopping) {
        {
            // What is committed from here on may be too late for this look, so it asks for another one.
            const std::lock_guard lock(m_mutex);
            m_woken = false;
            m_nextDue = Instant::max();
        }
        const Turn turn = look();
        beat();
        m_expected = std::max(leastExpected, 2 * turn.fired);
        note(turn);
        rest(turn);
    }
}

FiringThread::Turn FiringThread::look()
{
    const auto fired
        = m_database.transact(timer_store::role, [this](Session &session) { return fire(session); });
    if (fired)
        return *fired;
    Turn turn;
    turn.troubled = true;
    return turn;
}

Result<FiringThread::Turn> FiringThread::fire(Session &session)
{
    Turn turn;
    turn.now = m_clock.now();
    FiredRow row = TRY(timer_store::fire(session, turn.now, m_options.batch, m_expected));
    for (RecurringRow &recurring : row.recurring)
        recurring.dueAt = nextOccurrence(recurring.recurrence, recurring.dueAt);
    if (!row.recurring.isEmpty())
        TRY(timer_store::moveOn(session, row.recurring));
    for (const QString &owner : row.owners)
        Outbox::announce(session, u"timer.fired."_s + owner);
    turn.fired = row.fired;
    turn.oldest = row.oldest;
    turn.more = row.fired == m_options.batch;
    if (!turn.more)
        turn.nextDue = TRY(timer_store::nextDue(session)).value_or(Instant::max());
    return turn;
}

void FiringThread::note(const Turn &turn)
{
    const std::lock_guard lock(m_mutex);
    m_nextDue = turn.nextDue;
    if (turn.fired == 0)
        return;
    m_report.fired += turn.fired;
    m_report.lastFiredAt = turn.now;
    m_report.lateness = m_clock.realTime(turn.now - *turn.oldest);
}

void FiringThread::rest(const Turn &turn)
{
    if (turn.troubled)
        return pause(doubled(m_setbacks++, longestTrouble));
    if (turn.more || (turn.fired > 0 && turn.nextDue <= turn.now)) {
        m_setbacks = 0;
        return;
    }
    if (turn.nextDue <= turn.now) // another transaction has it in hand: it is gone or back in a moment
        return pause(doubled(m_setbacks++, longestHeld));
    m_setbacks = 0;
    sleepUntil(turn.nextDue);
}

void FiringThread::sleepUntil(Instant due)
{
    const Real::time_point safety = Real::now() + m_options.safetyLook;
    std::unique_lock lock(m_mutex);
    while (!m_stopping && !m_woken && m_clock.now() < due && Real::now() < safety) {
        // Far times first: they may be too far to subtract from.
        const auto span = due == Instant::max() ? std::chrono::milliseconds(longestNap) : due - m_clock.now();
        const auto nap = std::clamp<std::chrono::nanoseconds>(
            m_clock.realTime(span),
            shortestNap,
            std::min<std::chrono::nanoseconds>(longestNap, m_options.safetyLook)
        );
        m_changed.wait_for(lock, nap);
        beat();
    }
}

void FiringThread::pause(std::chrono::milliseconds time)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, time, [this] { return m_stopping.load(); });
}

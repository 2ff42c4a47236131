#include "shared/core/warped_clock.h"

using namespace std::chrono_literals;

WarpedClock::WarpedClock(Instant start, int factor, Ticks ticks)
    : m_factor(factor)
    , m_ticks(std::move(ticks))
    , m_from(start)
    , m_fromTicks(m_ticks())
    , m_limit(start)
{
}

std::chrono::nanoseconds WarpedClock::steadyTicks()
{
    return std::chrono::steady_clock::now().time_since_epoch();
}

Instant WarpedClock::now() const
{
    const std::lock_guard lock(m_mutex);
    return std::min(unlimited(), m_limit);
}

Instant WarpedClock::unlimited() const
{
    const std::chrono::duration<double, std::milli> elapsed = m_ticks() - m_fromTicks;
    return m_from + std::chrono::milliseconds(static_cast<qint64>(elapsed.count() * m_factor));
}

std::chrono::nanoseconds WarpedClock::realTime(std::chrono::milliseconds span) const
{
    // Divided first: in nanoseconds the centuries that a warped clock passes would not fit.
    const std::chrono::duration<double, std::nano> real
        = std::chrono::duration<double, std::milli>(span) / m_factor;
    constexpr std::chrono::duration<double, std::nano> year = 24h * 365;
    return std::chrono::nanoseconds(static_cast<qint64>(std::clamp(real, -year, year).count()));
}

void WarpedClock::allowUntil(Instant limit)
{
    const std::lock_guard lock(m_mutex);
    if (unlimited() > m_limit) {
        m_from = m_limit;
        m_fromTicks = m_ticks();
    }
    m_limit = std::max(m_limit, limit);
}

#pragma once

#include "shared/core/clock.h"

#include <functional>
#include <mutex>

// A clock that runs `factor` times as fast as the world's, from `start` on: two years in a minute, for a
// demo. It stands still at a limit that its keeper moves on, so that no time is ever shown which a restart
// could forget.
class WarpedClock final : public Clock
{
public:
    using Ticks = std::function<std::chrono::nanoseconds()>; // real time since whenever; never goes back

    WarpedClock(Instant start, int factor, Ticks ticks = steadyTicks);

    [[nodiscard]] Instant now() const override;
    [[nodiscard]] std::chrono::nanoseconds realTime(std::chrono::milliseconds span) const override;
    [[nodiscard]] int factor() const { return m_factor; }

    // Where it had to stand still it goes on from there, without making up for it.
    void allowUntil(Instant limit);

    static std::chrono::nanoseconds steadyTicks();

private:
    [[nodiscard]] Instant unlimited() const;

    const int m_factor;
    const Ticks m_ticks;
    mutable std::mutex m_mutex;
    Instant m_from;
    std::chrono::nanoseconds m_fromTicks;
    Instant m_limit;
};

#pragma once

#include "shared/core/instant.h"

#include <algorithm>
#include <atomic>

// Where everything that decides by time gets the time from, so that tests and the warped demo can move it.
class Clock
{
public:
    Clock() = default;
    virtual ~Clock() = default;
    Clock(const Clock &) = delete;
    Clock &operator=(const Clock &) = delete;

    [[nodiscard]] virtual Instant now() const = 0;

    // How long a span of this clock's time really takes: what to sleep until that much of it has passed. At
    // most a year, which is longer than anything sleeps.
    [[nodiscard]] virtual std::chrono::nanoseconds realTime(std::chrono::milliseconds span) const
    {
        return std::clamp<std::chrono::milliseconds>(
            span, std::chrono::hours(-24 * 365), std::chrono::hours(24 * 365)
        );
    }
};

class SystemClock final : public Clock
{
public:
    [[nodiscard]] Instant now() const override
    {
        return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

// A clock that stands until it is told to move. Safe to move from another thread.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(Instant start)
        : m_now(start.time_since_epoch().count())
    {
    }

    [[nodiscard]] Instant now() const override { return Instant(std::chrono::milliseconds(m_now.load())); }
    void advance(std::chrono::milliseconds step) { m_now += step.count(); }
    void set(Instant instant) { m_now = instant.time_since_epoch().count(); }

private:
    std::atomic<std::chrono::milliseconds::rep> m_now;
};

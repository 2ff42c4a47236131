#pragma once

#include "server/http/http_limits.h"

// How long a connection may stay as it is. A phase's time begins when the phase does, and anew with each
// request: bytes that trickle in do not prolong it.
class PhaseClock
{
public:
    using Clock = std::chrono::steady_clock;

    // What the client is being waited for.
    enum class Phase {
        connected, // its first byte
        idle, // its next request
        header,
        body,
        working, // nothing: it is our turn, and each request has a deadline of its own
        ending, // that it closes, too
    };

    explicit PhaseClock(const HttpLimits &limits)
        : m_limits(limits)
    {
        begin(Phase::connected, 0);
    }

    void watch(Phase phase, quint64 request)
    {
        if (m_phase == Phase::connected && phase == Phase::header)
            m_phase = phase; // the first header's time has begun with the connection
        else if (phase != m_phase || request != m_request)
            begin(phase, request);
    }

    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] bool isOver(Clock::time_point now) const { return now >= m_end; }

private:
    void begin(Phase phase, quint64 request)
    {
        m_phase = phase;
        m_request = request;
        m_end = phase == Phase::working ? Clock::time_point::max() : Clock::now() + timeout(phase);
    }

    [[nodiscard]] HttpLimits::Duration timeout(Phase phase) const
    {
        switch (phase) {
        case Phase::connected:
        case Phase::header:
            return m_limits.headerTimeout;
        case Phase::idle:
            return m_limits.idleTimeout;
        case Phase::body:
            return m_limits.bodyTimeout;
        case Phase::ending:
            return m_limits.lingerTimeout;
        case Phase::working:
            break;
        }
        return HttpLimits::Duration::max();
    }

    const HttpLimits &m_limits;
    Phase m_phase = Phase::connected;
    quint64 m_request = 0;
    Clock::time_point m_end;
};

#pragma once

#include <QRandomGenerator>

#include <algorithm>
#include <chrono>

// How long to wait before the next try: twice as long after each failure, up to a limit, and anywhere between
// half of that and all of it, so that a thousand clients that lost the same server do not come back in the
// same moment.
class Backoff
{
public:
    using Duration = std::chrono::milliseconds;

    Backoff(Duration first, Duration longest)
        : m_first(first)
        , m_longest(longest)
        , m_next(first)
    {
    }

    [[nodiscard]] Duration next()
    {
        const Duration step = m_next;
        m_next = std::min(m_next * 2, m_longest);
        return step / 2 + Duration(QRandomGenerator::global()->bounded(qint64(step.count() / 2 + 1)));
    }

    void reset() { m_next = m_first; }

private:
    Duration m_first;
    Duration m_longest;
    Duration m_next;
};

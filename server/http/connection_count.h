#pragma once

#include "server/http/http_limits.h"

#include <QHash>
#include <QHostAddress>

#include <condition_variable>
#include <mutex>
#include <optional>

// How many connections there are, in all and from each address. Shared by all I/O threads.
class ConnectionCount
{
public:
    // A place among the connections: given back when it goes.
    class Lease
    {
    public:
        Lease() = default;
        Lease(Lease &&other) noexcept
            : m_count(std::exchange(other.m_count, nullptr))
            , m_origin(std::move(other.m_origin))
        {
        }
        Lease &operator=(Lease &&other) noexcept
        {
            std::swap(m_count, other.m_count);
            std::swap(m_origin, other.m_origin);
            return *this;
        }
        ~Lease();

    private:
        friend class ConnectionCount;
        Lease(ConnectionCount *count, QHostAddress origin)
            : m_count(count)
            , m_origin(std::move(origin))
        {
        }

        ConnectionCount *m_count = nullptr;
        QHostAddress m_origin;
    };

    enum class Verdict { admitted, tooMany, tooManyFromAddress };

    struct Admission
    {
        Verdict verdict = Verdict::admitted;
        // Of a refused connection too, which stays for as long as it takes to tell it so; none: there are so
        // many of these that this one is closed without a word.
        std::optional<Lease> lease;
    };

    explicit ConnectionCount(const HttpLimits &limits)
        : m_limits(limits)
    {
    }

    // Connections from a trusted proxy are many people's: only their number in all counts.
    [[nodiscard]] Admission admit(const QHostAddress &peer, bool isProxy);
    [[nodiscard]] int total() const;
    [[nodiscard]] bool awaitNone(std::chrono::milliseconds timeout);

private:
    static constexpr int maxRefusals = 256;

    void release(const QHostAddress &origin);
    // The unit that is counted: an IPv6 host has a /64 to itself.
    [[nodiscard]] static QHostAddress originOf(const QHostAddress &peer);

    const HttpLimits m_limits;
    mutable std::mutex m_mutex; // guards what follows
    std::condition_variable m_none;
    QHash<QHostAddress, int> m_byOrigin;
    int m_total = 0;
};

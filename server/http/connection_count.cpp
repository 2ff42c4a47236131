#include "server/http/connection_count.h"

ConnectionCount::Lease::~Lease()
{
    if (m_count)
        m_count->release(m_origin);
}

ConnectionCount::Admission ConnectionCount::admit(const QHostAddress &peer, bool isProxy)
{
    const QHostAddress origin = isProxy ? QHostAddress() : originOf(peer);
    const std::lock_guard lock(m_mutex);
    Verdict verdict = Verdict::admitted;
    if (m_total >= m_limits.connections)
        verdict = Verdict::tooMany;
    else if (!isProxy && m_byOrigin.value(origin) >= m_limits.connectionsPerAddress)
        verdict = Verdict::tooManyFromAddress;
    if (verdict != Verdict::admitted && m_total >= m_limits.connections + maxRefusals)
        return { verdict, std::nullopt };
    if (verdict == Verdict::tooManyFromAddress
        && m_byOrigin.value(origin) >= 2 * m_limits.connectionsPerAddress)
        return { verdict, std::nullopt };
    ++m_total;
    if (!isProxy)
        ++m_byOrigin[origin];
    return { verdict, Lease(this, origin) };
}

int ConnectionCount::total() const
{
    const std::lock_guard lock(m_mutex);
    return m_total;
}

bool ConnectionCount::awaitNone(std::chrono::milliseconds timeout)
{
    std::unique_lock lock(m_mutex);
    return m_none.wait_for(lock, timeout, [this] { return m_total == 0; });
}

void ConnectionCount::release(const QHostAddress &origin)
{
    const std::lock_guard lock(m_mutex);
    if (!origin.isNull() && --m_byOrigin[origin] == 0)
        m_byOrigin.remove(origin);
    if (--m_total == 0)
        m_none.notify_all();
}

QHostAddress ConnectionCount::originOf(const QHostAddress &peer)
{
    if (peer.protocol() != QAbstractSocket::IPv6Protocol)
        return peer;
    bool isMapped = false; // ::ffff:192.0.2.1
    const quint32 ipv4 = peer.toIPv4Address(&isMapped);
    if (isMapped)
        return QHostAddress(ipv4);
    Q_IPV6ADDR address = peer.toIPv6Address();
    std::fill(address.c + 8, address.c + 16, quint8(0));
    return QHostAddress(address);
}

#include "server/services/gateway/login_throttle.h"

#include <QHostAddress>

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds forgottenAfter = 30min;

QString networkOf(const QString &address)
{
    const QHostAddress host(address);
    bool isIpv4 = false;
    host.toIPv4Address(&isIpv4); // also one that is mapped into IPv6
    if (isIpv4 || host.protocol() != QAbstractSocket::IPv6Protocol)
        return address;
    Q_IPV6ADDR bytes = host.toIPv6Address();
    std::fill(std::begin(bytes.c) + 8, std::end(bytes.c), quint8(0));
    return QHostAddress(bytes).toString() + QLatin1String("/64");
}

// No e-mail address has a new line in it, so the three kinds of key cannot meet.
QString pairKey(const QString &email, const QString &network)
{
    return email + u'\n' + network;
}

QString accountKey(const QString &email)
{
    return email + u'\n';
}

} // namespace

const LoginThrottle::Limit LoginThrottle::ofPair { 5, 5min };
const LoginThrottle::Limit LoginThrottle::ofAddress { 50, 5min };
const LoginThrottle::Limit LoginThrottle::ofAccount { 50, 30s };

std::chrono::milliseconds LoginThrottle::rest(const QString &key, const Limit &limit, Instant now) const
{
    const auto found = m_failures.constFind(key);
    if (found == m_failures.cend() || now - found->last >= forgottenAfter || found->count < limit.freeTries)
        return 0ms;
    const int doublings = std::min(found->count - limit.freeTries, 16);
    const std::chrono::milliseconds pause
        = std::min(limit.longestPause, std::chrono::milliseconds(1000LL << doublings));
    return std::max(0ms, std::chrono::milliseconds(found->last + pause - now));
}

std::chrono::milliseconds
LoginThrottle::waitFor(const QString &email, const QString &address, Instant now) const
{
    const QString network = networkOf(address);
    const QMutexLocker lock(&m_mutex);
    return std::max(rest(pairKey(email, network), ofPair, now), rest(network, ofAddress, now));
}

std::chrono::milliseconds LoginThrottle::waitForStranger(const QString &email, Instant now) const
{
    const QMutexLocker lock(&m_mutex);
    return rest(accountKey(email), ofAccount, now);
}

void LoginThrottle::count(const QString &key, Instant now)
{
    Failures &failures = m_failures[key];
    if (now - failures.last >= forgottenAfter)
        failures.count = 0;
    ++failures.count;
    failures.last = now;
}

void LoginThrottle::failed(const QString &email, const QString &address, Instant now)
{
    const QString network = networkOf(address);
    const QMutexLocker lock(&m_mutex);
    count(pairKey(email, network), now);
    count(network, now);
    count(accountKey(email), now);
    if (m_failures.size() > mostKept)
        forgetOldest();
}

void LoginThrottle::forgetOldest()
{
    QList<Instant> times;
    times.reserve(m_failures.size());
    for (const Failures &each : std::as_const(m_failures))
        times.append(each.last);
    const auto middle = times.begin() + times.size() / 2;
    std::ranges::nth_element(times, middle);
    m_failures.removeIf([&](auto each) { return each.value().last <= *middle; });
}

void LoginThrottle::succeeded(const QString &email, const QString &address)
{
    const QString network = networkOf(address);
    const QMutexLocker lock(&m_mutex);
    m_failures.remove(pairKey(email, network));
}

qsizetype LoginThrottle::size() const
{
    const QMutexLocker lock(&m_mutex);
    return m_failures.size();
}

#include "server/services/gateway/login_throttle.h"

namespace {

using namespace std::chrono_literals;

constexpr int freeTriesPerAccount = 5;
constexpr int freeTriesPerAddress = 50; // a shop's whole staff may share one
constexpr std::chrono::milliseconds longestPause = 5min;
constexpr std::chrono::milliseconds forgottenAfter = 30min;

QString pairKey(const QString &email, const QString &address)
{
    return email + u'\n' + address;
}

} // namespace

std::chrono::milliseconds LoginThrottle::pause(const Failures &failures, int freeTries)
{
    if (failures.count < freeTries)
        return 0ms;
    const int doublings = std::min(failures.count - freeTries, 16);
    return std::min(longestPause, std::chrono::milliseconds(1000LL << doublings));
}

std::chrono::milliseconds
LoginThrottle::waitFor(const QString &email, const QString &address, Instant now) const
{
    const QMutexLocker lock(&m_mutex);
    std::chrono::milliseconds wait = 0ms;
    const auto look = [&](const QString &key, int freeTries) {
        const auto found = m_failures.constFind(key);
        if (found != m_failures.cend() && now - found->last < forgottenAfter)
            wait = std::max(wait, std::chrono::milliseconds(found->last + pause(*found, freeTries) - now));
    };
    look(pairKey(email, address), freeTriesPerAccount);
    look(address, freeTriesPerAddress);
    return wait;
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
    const QMutexLocker lock(&m_mutex);
    count(pairKey(email, address), now);
    count(address, now);
    if (m_failures.size() <= mostKept)
        return;
    QList<Instant> times;
    for (const Failures &each : std::as_const(m_failures))
        times.append(each.last);
    const auto middle = times.begin() + times.size() / 2;
    std::ranges::nth_element(times, middle);
    m_failures.removeIf([&](auto each) { return each.value().last <= *middle; });
}

void LoginThrottle::succeeded(const QString &email, const QString &address)
{
    const QMutexLocker lock(&m_mutex);
    m_failures.remove(pairKey(email, address));
}

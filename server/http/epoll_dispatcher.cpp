#include "server/http/epoll_dispatcher.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QThread>

#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace {

constexpr quint64 wakeUpKey = 0;
constexpr std::array<quint32, 3> eventsOfType { EPOLLIN | EPOLLRDHUP, EPOLLOUT, EPOLLPRI };
// A peer that has gone is news to readers and writers alike.
constexpr std::array<quint32, 3> newsForType { EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR,
                                               EPOLLOUT | EPOLLHUP | EPOLLERR,
                                               EPOLLPRI };

quint64 keyOf(int number, quint32 generation)
{
    return static_cast<quint64>(generation) << 32 | static_cast<quint32>(number);
}

} // namespace

quint32 EpollDispatcher::Descriptor::wanted() const
{
    quint32 events = 0;
    for (size_t type = 0; type < notifiers.size(); ++type)
        events |= notifiers.at(type) ? eventsOfType.at(type) : 0;
    return events;
}

EpollDispatcher::EpollDispatcher()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
    , m_wakeUps(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    epoll_event event {};
    event.events = EPOLLIN;
    event.data.u64 = wakeUpKey;
    if (m_epoll < 0 || m_wakeUps < 0 || ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_wakeUps, &event) != 0)
        qFatal("no event loop: %s", std::strerror(errno));
}

EpollDispatcher::~EpollDispatcher()
{
    ::close(m_wakeUps);
    ::close(m_epoll);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags)
{
    m_isInterrupted = false;
    emit awake();
    // Whatever is posted from here on sets it again, so that nothing is slept over.
    int handled = m_isAwake.exchange(false) ? 1 : 0;
    QCoreApplication::sendPostedEvents();
    if (m_isInterrupted)
        return handled > 0;

    tellKernel();
    const bool mayWait = flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_isAwake && handled == 0;
    if (mayWait)
        emit aboutToBlock();
    const int timeout = mayWait && !m_isAwake ? waitTime() : 0;
    handled += activateNotifiers(timeout, flags.testFlag(QEventLoop::ExcludeSocketNotifiers));
    handled += activateTimers();
    return handled > 0;
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier *notifier)
{
    const int number = static_cast<int>(notifier->socket());
    Descriptor &descriptor = m_descriptors[number];
    if (descriptor.generation == 0)
        descriptor.generation = ++m_lastGeneration;
    descriptor.notifiers.at(notifier->type()) = notifier;
    if (!std::exchange(descriptor.isChanged, true))
        m_changed.append(number);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier *notifier)
{
    const int number = static_cast<int>(notifier->socket());
    const auto found = m_descriptors.find(number);
    if (found == m_descriptors.end() || found->notifiers.at(notifier->type()) != notifier)
        return;
    found->notifiers.at(notifier->type()) = nullptr;
    if (found->wanted() != 0) {
        if (!std::exchange(found->isChanged, true))
            m_changed.append(number);
        return;
    }
    // At once: the descriptor may be closed next, and its number given to another one.
    if (found->told != 0)
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, number, nullptr);
    m_descriptors.erase(found);
}

// Changes are told when the loop is about to look, not when they happen: a socket that is written to and
// emptied in one go wants to know of room to write and then not, and the kernel need not hear of either.
void EpollDispatcher::tellKernel()
{
    for (const int number : std::exchange(m_changed, {})) {
        const auto found = m_descriptors.find(number);
        if (found != m_descriptors.end() && std::exchange(found->isChanged, false))
            tellKernel(number, *found);
    }
}

void EpollDispatcher::tellKernel(int number, Descriptor &descriptor)
{
    epoll_event event {};
    event.events = descriptor.wanted();
    event.data.u64 = keyOf(number, descriptor.generation);
    if (event.events == descriptor.told)
        return;
    const int operation = descriptor.told == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (::epoll_ctl(m_epoll, operation, number, &event) != 0)
        qWarning("epoll: descriptor %d: %s", number, std::strerror(errno));
    else
        descriptor.told = event.events;
}

int EpollDispatcher::waitTime() const
{
    if (m_due.empty())
        return -1;
    const auto left = m_due.begin()->first - Clock::now();
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::clamp<qint64>(milliseconds, 0, std::numeric_limits<int>::max()));
}

int EpollDispatcher::activateNotifiers(int timeout, bool areExcluded)
{
    std::array<epoll_event, 256> events {};
    const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), timeout);
    int handled = 0;
    for (int i = 0; i < count; ++i) {
        const epoll_event &event = events.at(static_cast<size_t>(i));
        if (event.data.u64 == wakeUpKey) {
            quint64 wakeUps = 0;
            handled += ::read(m_wakeUps, &wakeUps, sizeof(wakeUps)) > 0 ? 1 : 0;
        } else if (!areExcluded) {
            handled += activate(event.data.u64, event.events);
        }
    }
    return handled;
}

// What one notifier does may end another one, or the descriptor: each is looked up when its turn comes.
int EpollDispatcher::activate(quint64 key, quint32 events)
{
    const int number = static_cast<int>(key & 0xffffffff);
    int handled = 0;
    for (size_t type = 0; type < newsForType.size(); ++type) {
        if ((events & newsForType.at(type)) == 0)
            continue;
        const auto found = m_descriptors.constFind(number);
        if (found == m_descriptors.constEnd() || found->generation != key >> 32)
            return handled;
        if (QSocketNotifier *notifier = found->notifiers.at(type)) {
            QEvent event(QEvent::SockAct);
            QCoreApplication::sendEvent(notifier, &event);
            ++handled;
        }
    }
    return handled;
}

void EpollDispatcher::registerTimer(int timerId, qint64 interval, Qt::TimerType timerType, QObject *object)
{
    const Timer timer { object,
                        std::chrono::milliseconds(interval),
                        timerType,
                        Clock::now() + std::chrono::milliseconds(interval) };
    m_timers.insert(timerId, timer);
    m_due.emplace(timer.due, timerId);
}

void EpollDispatcher::removeTimer(QHash<int, Timer>::iterator timer)
{
    const auto [first, last] = m_due.equal_range(timer->due);
    const auto entry
        = std::find_if(first, last, [&](const auto &each) { return each.second == timer.key(); });
    if (entry != last)
        m_due.erase(entry);
    m_timers.erase(timer);
}

bool EpollDispatcher::unregisterTimer(int timerId)
{
    const auto found = m_timers.find(timerId);
    if (found == m_timers.end())
        return false;
    removeTimer(found);
    return true;
}

bool EpollDispatcher::unregisterTimers(QObject *object)
{
    const QList<TimerInfo> timers = registeredTimers(object);
    for (const TimerInfo &timer : timers)
        unregisterTimer(timer.timerId);
    return !timers.isEmpty();
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject *object) const
{
    QList<TimerInfo> timers;
    for (auto each = m_timers.begin(); each != m_timers.end(); ++each) {
        if (each->object == object)
            timers.append(TimerInfo(each.key(), static_cast<int>(each->interval.count()), each->type));
    }
    return timers;
}

int EpollDispatcher::remainingTime(int timerId)
{
    const auto found = m_timers.constFind(timerId);
    if (found == m_timers.constEnd())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(found->due - Clock::now()).count();
    return static_cast<int>(std::max<qint64>(left, 0));
}

int EpollDispatcher::activateTimers()
{
    const Clock::time_point now = Clock::now();
    int handled = 0;
    // Those that are due now and no more: a timer of interval 0 is due again at once.
    for (size_t left = m_due.size(); left > 0 && !m_due.empty() && m_due.begin()->first <= now; --left) {
        const int id = m_due.begin()->second;
        m_due.erase(m_due.begin());
        Timer &timer = m_timers[id];
        timer.due = std::max(timer.due + timer.interval, now); // what was missed is not made up for
        m_due.emplace(timer.due, id);
        if (std::exchange(timer.isFiring, true))
            continue; // its handler runs an event loop of its own
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer.object, &event);
        ++handled;
        if (const auto still = m_timers.find(id); still != m_timers.end())
            still->isFiring = false;
    }
    return handled;
}

void EpollDispatcher::wakeUp()
{
    // Its own thread is awake and looks at the flag before it sleeps: no need to tell the kernel.
    if (m_isAwake.exchange(true) || QThread::currentThread() == thread())
        return;
    const quint64 one = 1;
    static_cast<void>(::write(m_wakeUps, &one, sizeof(one)));
}

void EpollDispatcher::interrupt()
{
    m_isInterrupted = true;
    wakeUp();
}

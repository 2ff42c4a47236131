#include "server/events/lookout.h"

#include "server/events/consumer.h"

Q_LOGGING_CATEGORY(lcLookout, "squad.bus")

Lookout::~Lookout()
{
    stop();
}

void Lookout::watch(const QString &type, std::function<void()> action)
{
    Q_ASSERT(!m_thread.joinable());
    m_watches.push_back({ type, std::move(action) });
}

void Lookout::start()
{
    m_stopping = false;
    if (!m_watches.empty())
        m_thread = std::thread([this] { run(); });
}

void Lookout::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void Lookout::saw(const QString &type)
{
    {
        const std::lock_guard lock(m_mutex);
        for (Watch &watch : m_watches)
            watch.isDue = watch.isDue || typeMatches(watch.type, type);
    }
    m_changed.notify_all();
}

void Lookout::sawAnything()
{
    {
        const std::lock_guard lock(m_mutex);
        for (Watch &watch : m_watches)
            watch.isDue = true;
    }
    m_changed.notify_all();
}

void Lookout::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        const auto due = std::ranges::find_if(m_watches, &Watch::isDue);
        if (due == m_watches.end()) {
            m_changed.wait(lock);
            continue;
        }
        due->isDue = false;
        lock.unlock();
        try {
            due->action();
        } catch (const std::exception &exception) {
            qCCritical(lcLookout).noquote() << "who watches" << due->type << "threw:" << exception.what();
        }
        lock.lock();
    }
}

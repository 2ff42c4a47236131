#include "server/db/worker_threads.h"

#include <QLoggingCategory>

Q_LOGGING_CATEGORY(lcWorker, "squad.db")

WorkerThreads::WorkerThreads(int threads, int queueLimit)
    : m_queueLimit(static_cast<size_t>(queueLimit))
{
    for (int i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { loop(); });
}

WorkerThreads::~WorkerThreads()
{
    std::deque<std::function<void()>> dropped; // what they hold is let go outside the lock
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        dropped.swap(m_queue);
    }
    m_filled.notify_all();
    m_threads.clear();
}

bool WorkerThreads::post(std::function<void()> work)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping || m_queue.size() >= m_queueLimit)
            return false;
        m_queue.push_back(std::move(work));
    }
    m_filled.notify_one();
    return true;
}

void WorkerThreads::loop()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_filled.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
        if (m_stopping)
            return;
        std::function<void()> work = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        try {
            work();
        } catch (const std::exception &exception) {
            // A worker outlives whatever it was given.
            qCCritical(lcWorker) << "work threw:" << exception.what();
        } catch (...) {
            qCCritical(lcWorker) << "work threw something that is no exception";
        }
        work = nullptr;
        lock.lock();
    }
}

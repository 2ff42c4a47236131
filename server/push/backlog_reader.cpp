#include "server/push/backlog_reader.h"

BacklogReader::BacklogReader(Database &database)
    : m_database(database)
{
}

BacklogReader::~BacklogReader()
{
    std::unique_lock lock(m_mutex);
    m_waiting.clear();
    m_idle.wait(lock, [this] { return m_running == 0; });
}

void BacklogReader::read(const QStringList &audiences, qint64 since, Done done)
{
    std::deque<Request> refused;
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back({ audiences, since, std::move(done) });
        if (m_running == atOnce)
            return;
        if (m_database.post([this] { work(); }))
            ++m_running;
        else if (m_running == 0) // otherwise whoever runs takes it
            refused.swap(m_waiting);
    }
    for (const Request &request : refused)
        request.done(fail(Problem::unavailable(QStringLiteral("The server is busy."))));
}

// Takes requests until none are left.
void BacklogReader::work()
{
    std::unique_lock lock(m_mutex);
    while (!m_waiting.empty()) {
        const Request request = std::move(m_waiting.front());
        m_waiting.pop_front();
        lock.unlock();
        request.done(m_database.transact(PushFeed::role, [&](Session &session) {
            return PushFeed::page(session, request.audiences, request.since, pageSize);
        }));
        lock.lock();
    }
    --m_running;
    m_idle.notify_all();
}

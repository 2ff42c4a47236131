#pragma once

#include "server/db/database.h"
#include "server/push/push_feed.h"

#include <condition_variable>
#include <deque>
#include <mutex>

// Reads pages of the feed for sessions that catch up, on the database's workers and only on a few of them:
// after a restart everybody comes back at once, and those who file tickets must not wait behind those who
// catch up.
class BacklogReader
{
public:
    using Done = std::function<void(Result<PushFeed::Page>)>; // called on a worker thread

    static constexpr int pageSize = 200;
    static constexpr int atOnce = 2;

    explicit BacklogReader(Database &database);
    ~BacklogReader(); // waits for what runs, drops what waits

    void read(const QStringList &audiences, qint64 since, Done done);

private:
    struct Request
    {
        QStringList audiences;
        qint64 since;
        Done done;
    };

    void work();

    Database &m_database;
    std::mutex m_mutex;
    std::condition_variable m_idle;
    std::deque<Request> m_waiting;
    int m_running = 0;
};

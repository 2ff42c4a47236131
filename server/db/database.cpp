#include "server/db/database.h"

#include "server/db/connection.h"
#include "server/db/worker_threads.h"

#include <QLoggingCategory>
#include <QRandomGenerator>

#include <mutex>
#include <thread>

Q_LOGGING_CATEGORY(lcTransaction, "squad.db")

// The idle connections, most recently used first, so that few stay warm when little happens.
class Database::Pool
{
public:
    Pool(QString url, qsizetype keep)
        : m_url(std::move(url))
        , m_keep(keep)
    {
    }

    Result<std::unique_ptr<Connection>> take()
    {
        {
            const std::lock_guard lock(m_mutex);
            // One that died is not used: where the first thing to be sent is the whole transaction, nobody
            // could say afterwards whether it was committed.
            while (!m_idle.empty()) {
                std::unique_ptr<Connection> connection = std::move(m_idle.back());
                m_idle.pop_back();
                if (connection->isLeftAlone())
                    return connection;
            }
            // While the server is down one caller at a time finds out, and the others need not wait for it.
            if (std::chrono::steady_clock::now() < m_nextTry)
                return fail(
                    Problem::unavailable(QStringLiteral("The database cannot be reached. Please try again."))
                );
            if (m_isDown)
                m_nextTry = std::chrono::steady_clock::now() + retryPause;
        }
        auto connection = Connection::open(m_url);
        noteArrival(connection ? nullptr : &connection.error());
        return std::move(connection).map_error(sqlProblem);
    }

    void give(std::unique_ptr<Connection> connection)
    {
        if (!connection->isUsable()) {
            // Most likely the server went down: the others are as dead, and the next transaction should not
            // find out.
            dropIdle();
            return;
        }
        const std::lock_guard lock(m_mutex);
        if (std::ssize(m_idle) < m_keep)
            m_idle.push_back(std::move(connection));
    }

private:
    static constexpr auto retryPause = std::chrono::milliseconds(50);

    // Says once that the server is gone, and once that it is back.
    void noteArrival(const SqlError *error)
    {
        const std::lock_guard lock(m_mutex);
        if (error != nullptr && !m_isDown)
            qCWarning(lcTransaction).noquote() << "the database cannot be reached:" << error->message;
        if (error == nullptr && m_isDown)
            qCInfo(lcTransaction) << "the database is there again";
        m_isDown = error != nullptr;
        m_nextTry = m_isDown ? std::chrono::steady_clock::now() + retryPause
                             : std::chrono::steady_clock::time_point();
    }

    void dropIdle()
    {
        std::vector<std::unique_ptr<Connection>> dead;
        const std::lock_guard lock(m_mutex);
        dead.swap(m_idle);
    }

    QString m_url;
    qsizetype m_keep;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Connection>> m_idle;
    bool m_isDown = false;
    std::chrono::steady_clock::time_point m_nextTry;
};

Database::Database(const Options &options)
    // Two per worker, for a transaction and one nested in it; consumer threads come on top.
    : m_pool(std::make_unique<Pool>(options.url, 2 * options.workers + 8))
    , m_workers(std::make_unique<WorkerThreads>(options.workers, options.queueLimit))
{
}

Database::~Database() = default;

bool Database::post(std::function<void()> work)
{
    return m_workers->post(std::move(work));
}

Result<void> Database::run(const char *role, const Work &work)
{
    for (int tries = 2;; --tries) {
        std::unique_ptr<Connection> connection = TRY(m_pool->take());
        Result<void> result = attempt(*connection, role, work);
        const bool again = !result && tries > 1 && connection->isWorthRepeating();
        const auto actions = result ? connection->takeAfterCommit() : QList<std::function<void()>>();
        m_pool->give(std::move(connection));
        if (again) {
            // Whoever waited for what we held has it first. At once, we would take it again before they wake
            // up, and stand in each other's way a second time.
            std::this_thread::sleep_for(std::chrono::milliseconds(QRandomGenerator::global()->bounded(10, 50))
            );
            continue;
        }
        for (const auto &action : actions) {
            try {
                action();
            } catch (const std::exception &exception) {
                qCCritical(lcTransaction) << "after the commit:" << exception.what();
            }
        }
        return result;
    }
}

Result<void> Database::attempt(Connection &connection, const char *role, const Work &work)
{
    connection.begin(role);
    Session session(connection);
    Result<void> result;
    try {
        result = work(session);
        if (result)
            result = session.runBeforeCommit();
        if (result)
            result = connection.commit();
    } catch (const std::exception &exception) {
        qCCritical(lcTransaction) << role << "threw:" << exception.what();
        result = fail(Problem::internal(QStringLiteral("Something failed on our side.")));
    } catch (...) {
        qCCritical(lcTransaction) << role << "threw something that is no exception";
        result = fail(Problem::internal(QStringLiteral("Something failed on our side.")));
    }
    if (!result)
        connection.rollback();
    return result;
}

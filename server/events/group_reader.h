#pragma once

#include "server/db/database.h"
#include "server/events/event_log.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

// How a group reads. The defaults suit an installation; tests make them shorter, or so long that they cannot
// matter.
struct ReadPolicy
{
    using Milliseconds = std::chrono::milliseconds;

    int batch = 200; // events in one transaction, at most
    Milliseconds batchTime {
        200
    }; // smaller batches when they take longer: their locks are in the way of requests
    Milliseconds poll { 2000 }; // a look without being woken: for what no wake-up can promise after a crash
    Milliseconds firstRetry { 250 }; // doubled after each further failure …
    Milliseconds lastRetry { 60'000 }; // … up to this
    int attempts = 25; // of one event, about 20 minutes in all
    Milliseconds stallAfter { 30'000 };
    // Groups that nobody waits for: their news may gather for so long, so that a batch is worth its commit.
    QHash<QString, Milliseconds> patience {};
};

// Reads for one consumer group on a thread of its own.
//
// A batch is one transaction. If an event fails in it, all of it is rolled back, those before the failed one
// are run again as a batch, the failed one alone, and if that fails too it is parked. So a batch's cost is
// paid once, and an event is blamed only for what it does alone.
class GroupReader
{
public:
    GroupReader(Database &database, std::shared_ptr<const Consumer> consumer, const ReadPolicy &policy);
    ~GroupReader();
    GroupReader(const GroupReader &) = delete;
    GroupReader &operator=(const GroupReader &) = delete;

    void start();
    void stop(); // returns when no handler runs any more
    void wake(); // from any thread; returns at once

    [[nodiscard]] const Consumer &consumer() const { return *m_consumer; }
    [[nodiscard]] bool isRunning() const; // and not stuck in a handler

private:
    using Clock = std::chrono::steady_clock;
    using Milliseconds = std::chrono::milliseconds;

    // What one turn came to, and so what to do next.
    enum class Turn { progress, idle, heldElsewhere, troubled };

    // How far a batch got.
    struct Progress
    {
        qsizetype fetched = 0;
        qsizetype handled = 0;
        EventId current; // being handled; null before the first and after the last
        Outlook outlook; // when there was nothing
    };

    void run();
    Turn takeTurn();
    Turn readBatch();
    Turn rest(const Outlook &outlook);
    Turn narrow(const Progress &progress, const Problem &problem);
    Turn park(EventId event, const Problem &problem);
    Turn retryDue();
    Result<void> handleBatch(Session &session, int limit, Progress &progress);
    int nextLimit();
    void adapt(Milliseconds took);
    void expectRetryIn(Milliseconds delay);
    void pause(Turn turn);
    void gather(std::unique_lock<std::mutex> &lock);
    [[nodiscard]] Verdict verdict(const Problem &problem, int attempts) const;

    Database &m_database;
    std::shared_ptr<const Consumer> m_consumer;
    ReadPolicy m_policy;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_woken = false;
    std::atomic<bool> m_stopping = false;
    std::atomic<Clock::rep> m_lastTurn = 0;

    // Of the group's thread only.
    bool m_subscribed = false;
    int m_batch;
    int m_nextLimit = 0; // of the batch that repeats what came before a failed event
    qsizetype m_singles = 0; // then so many events one by one
    bool m_retried = false; // in the last turn
    bool m_isCaughtUp = false; // the last batch was all there was
    Clock::time_point m_retryAt; // when to look for a failed event that is due
    int m_setbacks = 0; // turns in a row that had to wait: for the database, or for another node

    std::thread m_thread;
};

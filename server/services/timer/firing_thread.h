#pragma once

#include "server/db/database.h"
#include "shared/core/clock.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

// Fires what is due, on a thread of its own, and sleeps until the next timer is due. It does not ask the
// database in between: whoever sets a sooner timer says so. Several nodes may each run one on the same
// database and share the work.
class FiringThread
{
public:
    struct Options
    {
        int batch = 1000; // timers in one transaction, at most
        // A look without being woken: for what no wake-up can promise, when a node dies between setting a
        // timer and saying so.
        std::chrono::milliseconds safetyLook { 30'000 };
        std::chrono::milliseconds stallAfter { 60'000 };
    };

    // What it has done since it started.
    struct Report
    {
        bool isRunning = false; // and not stuck in a transaction
        qint64 fired = 0;
        std::optional<Instant> lastFiredAt;
        std::chrono::nanoseconds lateness {}; // of the latest one in the last batch, in real time
    };

    FiringThread(Database &database, const Clock &clock, const Options &options);
    ~FiringThread();
    FiringThread(const FiringThread &) = delete;
    FiringThread &operator=(const FiringThread &) = delete;

    void start();
    void stop(); // returns when nothing fires any more

    // From any thread; return at once.
    void wake(); // look now
    void expect(Instant due); // a timer has been set and committed
    [[nodiscard]] Instant nextDue() const; // as far as it knows; Instant::max() while it looks, or for none
    [[nodiscard]] Report report() const;

private:
    using Real = std::chrono::steady_clock;

    struct Turn
    {
        bool troubled = false; // the database could not be asked
        bool more = false; // there is more to fire at once
        int fired = 0;
        Instant now;
        Instant nextDue = Instant::max();
        std::optional<Instant> oldest; // due time of the first that fired
    };

    void run();
    Turn look();
    Result<Turn> fire(Session &session);
    void note(const Turn &turn);
    void rest(const Turn &turn);
    void sleepUntil(Instant due);
    void pause(std::chrono::milliseconds time);
    void beat() { m_lastBeat = Real::now().time_since_epoch().count(); }

    Database &m_database;
    const Clock &m_clock;
    Options m_options;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_woken = false;
    Instant m_nextDue = Instant::max();
    Report m_report;
    std::atomic<bool> m_stopping = false;
    std::atomic<Real::rep> m_lastBeat = 0;

    // Of the thread only.
    int m_setbacks = 0; // looks in a row that came to nothing although timers were due
    int m_expected = 0; // how many may be due at the next look, going by the last one

    std::thread m_thread;
};

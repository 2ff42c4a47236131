#pragma once

#include "server/db/database.h"
#include "shared/core/warped_clock.h"

#include <QUuid>

#include <condition_variable>
#include <mutex>
#include <thread>

// The faster time of a demo installation, kept in its database: a restart goes on where time was, and never
// before, also after a kill. So the database always holds an instant a little ahead of the clock, which the
// clock does not pass.
class TimeWarp
{
public:
    // None for an installation that has never been warped and should not be now. One that was goes on from
    // its own time, at the world's pace if there is no factor: to go back would undo what has happened.
    // `real` outlives it.
    static Result<std::unique_ptr<TimeWarp>>
    open(const QString &databaseUrl, std::optional<int> factor, const Clock &real);
    ~TimeWarp();
    TimeWarp(const TimeWarp &) = delete;
    TimeWarp &operator=(const TimeWarp &) = delete;

    [[nodiscard]] const Clock &clock() const { return *m_clock; }

private:
    TimeWarp(const QString &databaseUrl, int factor);
    Result<bool> begin(bool wanted, const Clock &real); // false: there is no warped time
    void keep();
    Result<bool> moveTo(Instant reached); // false: it is another node's by now
    [[nodiscard]] Instant ahead() const;

    Database m_database;
    const int m_factor;
    const QUuid m_node = QUuid::createUuid();
    std::unique_ptr<WarpedClock> m_clock;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    std::thread m_thread;
};

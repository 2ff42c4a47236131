#pragma once

#include <QStringList>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

class QProcess;

// Keeps one PostgreSQL running: starts it, forwards what it says to our log, and starts it again when it
// dies, after growing pauses when it does not get ready. Watched by a thread of its own, so that no event
// loop waits for it. It is given up when it does not get ready time after time, but never while the disk is
// full, because that is over as soon as somebody makes room.
class PostgresProcess
{
public:
    struct Command
    {
        QString program;
        QStringList arguments;
        std::function<void()> inChild; // between fork and exec
        std::function<void()> makeWay; // before each start; may take its time
        std::function<bool()> isDiskFull;
    };

    // gaveUp runs on the watching thread, at most once.
    PostgresProcess(Command command, std::function<void(const QString &why)> gaveUp);
    ~PostgresProcess(); // stops it: what is committed is written, sessions are ended
    PostgresProcess(const PostgresProcess &) = delete;
    PostgresProcess &operator=(const PostgresProcess &) = delete;

    // What every program of PostgreSQL is started with: nothing of the caller's PGDATA, PGOPTIONS or locale.
    static void prepare(QProcess &process, const std::function<void()> &inChild);

    [[nodiscard]] qint64 pid() const { return m_pid; } // 0 while it is down
    // Waits a moment; why it was given up, if it was.
    [[nodiscard]] std::optional<QString> failureWithin(std::chrono::milliseconds patience);
    // It accepts connections: from now on a crash is an accident, not a wrong setting, and deserves more
    // patience.
    void confirmStarted() { m_hasStarted = true; }

private:
    void watch();
    void runOnce();
    void forward(const QByteArray &line);
    [[nodiscard]] bool pauseAfter(int failures);

    Command m_command;
    std::function<void(const QString &)> m_gaveUp;
    std::atomic<qint64> m_pid = 0;
    std::atomic<bool> m_hasStarted = false;
    QStringList m_lastWords; // of the watching thread, as the next
    bool m_wasReady = false; // this time

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    bool m_ended = false;
    std::optional<QString> m_failure;

    std::thread m_thread; // the last member: starts when the others are there
};

#pragma once

#include <QByteArray>
#include <QSet>
#include <QStringList>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

struct pg_conn;

// Carries short words between the nodes that share a database, by NOTIFY over a connection of its own.
//
// NOTIFY takes a lock on the whole cluster when it commits, so that publishers which notify commit one after
// the other. So they do not: they tell the line, which passes on what it was told in a transaction of its
// own, at most every few milliseconds, and not at all while no other node listens. A word is a hint to look,
// never the news itself: it may come twice, and after a lost connection the listener is told to look at
// everything.
class NodeLine
{
public:
    // Runs on the line's thread. No words: anything may have happened.
    using Heard = std::function<void(const QStringList &words)>;

    NodeLine(QString url, QByteArray channel, Heard heard);
    ~NodeLine();
    NodeLine(const NodeLine &) = delete;
    NodeLine &operator=(const NodeLine &) = delete;

    // From any thread; returns at once. A word has no spaces; the empty one means everything.
    void tell(const QString &word);

private:
    struct Close
    {
        void operator()(pg_conn *connection) const;
    };

    void run();
    [[nodiscard]] bool connect();
    void sleep(std::chrono::milliseconds time) const;
    [[nodiscard]] bool listen();
    [[nodiscard]] bool passOn();
    [[nodiscard]] bool othersListen();
    [[nodiscard]] bool execute(const char *sql, const QByteArrayList &arguments = {});
    void interrupt() const;

    using Time = std::chrono::steady_clock::time_point;

    QString m_url;
    QByteArray m_channel;
    Heard m_heard;
    int m_interrupt; // an eventfd: readable when there is something to pass on, or to stop for
    std::atomic<bool> m_stopping = false;
    std::mutex m_mutex;
    QSet<QString> m_words; // to be passed on

    // Of the line's thread only.
    std::unique_ptr<pg_conn, Close> m_connection;
    std::optional<bool> m_othersListen; // unknown until asked
    Time m_asked;
    Time m_passedOn;

    std::thread m_thread; // the last member: starts when the others are there
};

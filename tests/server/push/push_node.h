#pragma once

#include "server/push/push_hub.h"
#include "tests/support/test_database.h"

#include <QThread>
#include <QWebSocketServer>

// A node that serves nothing but the feed: a hub, and one I/O thread whose WebSocket server believes what the
// URL says about who is there.
class PushNode
{
public:
    explicit PushNode(TestDatabase &test, PushHub::Options options = {});
    ~PushNode();
    PushNode(const PushNode &) = delete;
    PushNode &operator=(const PushNode &) = delete;

    [[nodiscard]] PushHub &hub() { return *m_hub; }
    [[nodiscard]] QUrl url(const Caller &caller) const;

    // Appends to the feed and delivers, as the consumer does.
    void publish(const QList<PushFeed::Entry> &entries);
    // The most that ever waited in the queue of any connection.
    [[nodiscard]] qint64 longestQueue() const { return m_longestQueue; }

private:
    Database &m_database;
    std::unique_ptr<PushHub> m_hub;
    QThread m_thread;
    QWebSocketServer *m_server = nullptr; // of that thread
    quint16 m_port = 0;
    std::atomic<qint64> m_longestQueue = 0;
};

[[nodiscard]] Caller customer();
[[nodiscard]] Caller manager();
[[nodiscard]] PushFeed::Entry note(const Audience &audience, const QString &text);

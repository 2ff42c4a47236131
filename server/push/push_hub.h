#pragma once

#include "server/db/database.h"
#include "server/events/node_line.h"
#include "server/push/backlog_reader.h"
#include "server/push/push_lane.h"
#include "server/push/push_session.h"

#include <condition_variable>
#include <mutex>
#include <thread>

class QThread;

// Brings what is appended to the feed to whoever is connected to this node.
//
// The hub knows up to which number it has delivered. Messages that continue there are handed to the I/O
// threads as they are; if there is a hole, because another node has appended meanwhile, it reads the feed
// once for all its sessions.
//
// It has to outlive the HTTP server, whose threads its lanes and sessions live on, and the bus, whose
// consumers deliver.
class PushHub
{
public:
    struct Options
    {
        QString url; // of the database, for the line on which nodes wake each other
        PushLimits limits {};
        PushFeed::Retention retention {};
        std::chrono::milliseconds upkeep { 10'000 }; // acknowledgements are stored this often
        // Asked at every heartbeat: whether this sign-in is over.
        std::function<bool(const Caller &)> isEnded = [](const Caller &) { return false; };
    };

    PushHub(Database &database, Options options);
    ~PushHub();
    PushHub(const PushHub &) = delete;
    PushHub &operator=(const PushHub &) = delete;

    void start(); // before it, and while the database cannot be reached, sessions are sent away to try again
    void stop(); // delivers nothing more

    // Takes over a signed-in WebSocket, on the thread it lives on. The socket stays its owner's.
    void accept(const Caller &caller, QWebSocket *socket);

    // Messages that were appended by a transaction that has committed. From any thread.
    void deliver(const QList<FeedRow> &rows);
    // Ends the connections of every sign-in that is over, at once instead of at their next heartbeat.
    void dismissEnded();
    [[nodiscard]] int sessions() const;

    // For the sessions.
    [[nodiscard]] const PushLimits &limits() const { return m_options.limits; }
    [[nodiscard]] bool isEnded(const Caller &caller) const { return m_options.isEnded(caller); }
    [[nodiscard]] BacklogReader &backlog() { return m_backlog; }
    void acknowledge(api::AccountId account, qint64 seq);
    void leave(const Caller &caller);

private:
    // More than this many messages behind, the sessions read for themselves what each of them misses.
    static constexpr int mostAtOnce = 1000;

    [[nodiscard]] PushLane *laneOfThisThread();
    [[nodiscard]] bool enter(const Caller &caller);
    void refresh();
    bool catchUp();
    void post(const QList<FeedRow> &rows);
    void keepUp();
    void storeAcknowledgements();
    void trim();

    Database &m_database;
    Options m_options;
    BacklogReader m_backlog;
    std::unique_ptr<NodeLine> m_line;

    mutable std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    std::optional<qint64> m_delivered; // unknown until the feed has been read for the first time
    QHash<QThread *, std::shared_ptr<PushLane>> m_lanes;
    QHash<api::AccountId, int> m_present;
    QHash<QString, qint64> m_acknowledged;
    bool m_refreshWanted = false;
    bool m_stopping = true;
    std::thread m_thread; // reads what other nodes appended, and keeps the feed tidy
};

#pragma once

#include "server/http/http_connection.h"
#include "server/http/mailbox.h"
#include "server/http/server_state.h"
#include "server/http/web_socket_door.h"

#include <QThread>
#include <QTimer>

#include <unordered_map>

// A thread with an event loop and the connections it serves. Everything but the members that say otherwise is
// called on that thread.
class IoThread : public QObject
{
    Q_OBJECT

public:
    explicit IoThread(ServerState &state); // starts it; on any thread
    ~IoThread() override; // closes what is still open and ends it; on the thread that made it

    // Callable from any thread.
    void adopt(qintptr descriptor, ConnectionCount::Admission admission);
    void drain();
    void run(std::function<void()> work, Qt::ConnectionType type = Qt::QueuedConnection);

    [[nodiscard]] Responder responder(quint64 connection, const Exchange &exchange) const;
    [[nodiscard]] const QByteArray &date();
    [[nodiscard]] WebSocketDoor &door() { return *m_door; }

private:
    static constexpr std::chrono::milliseconds tickTime { 100 };

    void start();
    void stop();
    void serve(qintptr descriptor, ConnectionCount::Admission admission);
    void tick();

    ServerState &m_state;
    QThread m_thread;
    std::shared_ptr<Mailbox> m_mailbox;
    std::unique_ptr<WebSocketDoor> m_door;
    std::unique_ptr<QTimer> m_timer;
    std::unordered_map<quint64, HttpConnection *> m_connections;
    quint64 m_lastConnection = 0;
    qint64 m_dateSecond = 0;
    QByteArray m_date;
};

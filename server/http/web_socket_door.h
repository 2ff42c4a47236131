#pragma once

#include "server/http/server_state.h"
#include "server/http/web_socket_handshake.h"

#include <QObject>
#include <QPointer>
#include <QTcpSocket>
#include <QWebSocketServer>

// The WebSockets of one I/O thread: lets connections in that HTTP has checked, hands them to who takes them
// on, and keeps watch over what they may hold in memory.
class WebSocketDoor : public QObject
{
    Q_OBJECT

public:
    // Who comes in, and who expects them.
    struct Guest
    {
        Caller caller;
        Router::UpgradeHandler handler;
        ConnectionCount::Lease lease;
    };

    explicit WebSocketDoor(ServerState &state);
    ~WebSocketDoor() override;

    // `rest` is what the client sent after its handshake.
    void open(
        std::unique_ptr<QTcpSocket> socket,
        const WebSocketHandshake &handshake,
        const QByteArray &rest,
        Guest guest
    );
    void tick();
    void drain(); // close code 1001: the client connects again, to another node

private:
    struct Open
    {
        QTcpSocket *transport; // lives as long as the entry
        QPointer<QWebSocket> socket; // null until the handshake is over
        Guest guest;
        QByteArray rest; // what the client sent behind its handshake
    };

    void onConnected();
    static void welcome(const Guest &guest, QWebSocket &socket);
    void limitMemory(const Open &open) const;

    ServerState &m_state;
    QWebSocketServer m_server;
    quint64 m_lastNumber = 0;
    std::map<quint64, Open> m_open;
};

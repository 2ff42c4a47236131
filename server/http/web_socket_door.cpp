#include "server/http/web_socket_door.h"

#include <QNetworkRequest>
#include <QWebSocket>

Q_LOGGING_CATEGORY(lcWebSocket, "squad.http")

namespace {

// Puts bytes in front of those that the socket has yet to hand out.
void giveBack(QTcpSocket &socket, const QByteArray &bytes)
{
    for (auto byte = bytes.crbegin(); byte != bytes.crend(); ++byte)
        socket.ungetChar(*byte);
}

} // namespace

WebSocketDoor::WebSocketDoor(ServerState &state)
    : m_state(state)
    , m_server(
          QStringLiteral("sysops-server"),
          state.tls ? QWebSocketServer::SecureMode : QWebSocketServer::NonSecureMode
      )
{
    // The server never listens: it only reads the handshake that we have checked and written anew.
    m_server.setHandshakeTimeout(std::chrono::milliseconds(state.limits.headerTimeout));
    connect(&m_server, &QWebSocketServer::newConnection, this, &WebSocketDoor::onConnected);
}

WebSocketDoor::~WebSocketDoor()
{
    while (!m_open.empty()) { // a transport's end removes its entry
        const QPointer<QTcpSocket> transport = m_open.begin()->second.transport;
        delete m_open.begin()->second.socket;
        delete transport;
    }
}

void WebSocketDoor::open(
    std::unique_ptr<QTcpSocket> socket,
    const WebSocketHandshake &handshake,
    const QByteArray &rest,
    Guest guest
)
{
    const quint64 number = ++m_lastNumber;
    QTcpSocket *transport = socket.release(); // Qt's server takes it over
    m_open.emplace(number, Open { transport, nullptr, std::move(guest), rest });
    ++m_state.metrics.webSockets;
    if (!handshake.subprotocol.isEmpty())
        m_server.setSupportedSubprotocols({ QString::fromLatin1(handshake.subprotocol) });

    // Qt's WebSocket cuts every connection of its transport when it closes, so a child of the transport tells
    // its end.
    connect(new QObject(transport), &QObject::destroyed, this, [this, number] {
        m_open.erase(number);
        --m_state.metrics.webSockets;
    });
    // A client that pings and never reads makes Qt queue an answer for each: look each time something comes.
    connect(transport, &QTcpSocket::readyRead, this, [this, number] { limitMemory(m_open.at(number)); });

    // Qt's server would throw away what follows the handshake.
    giveBack(*transport, handshake.text(number));
    m_server.handleConnection(transport);
}

void WebSocketDoor::onConnected()
{
    while (QWebSocket *socket = m_server.nextPendingConnection()) {
        const quint64 number = socket->request().rawHeader(WebSocketHandshake::numberHeader).toULongLong();
        const auto found = m_open.find(number);
        if (found == m_open.end()) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        Open &open = found->second;
        open.socket = socket;
        socket->setMaxAllowedIncomingMessageSize(static_cast<quint64>(m_state.limits.messageBytes));
        socket->setMaxAllowedIncomingFrameSize(static_cast<quint64>(m_state.limits.messageBytes));
        connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
        if (m_state.isDraining)
            socket->close(QWebSocketProtocol::CloseCodeGoingAway);
        else
            welcome(open.guest, *socket);
        if (!open.rest.isEmpty()) {
            giveBack(*open.transport, std::exchange(open.rest, {}));
            QMetaObject::invokeMethod(open.transport, &QTcpSocket::readyRead, Qt::QueuedConnection);
        }
    }
}

void WebSocketDoor::welcome(const Guest &guest, QWebSocket &socket)
{
    try {
        guest.handler(guest.caller, &socket);
    } catch (const std::exception &exception) {
        qCCritical(lcWebSocket).noquote()
            << "the WebSocket of request" << guest.caller.requestId << "failed:" << exception.what();
        socket.close(QWebSocketProtocol::CloseCodeBadOperation);
    }
}

void WebSocketDoor::limitMemory(const Open &open) const
{
    if (open.transport->bytesToWrite() <= m_state.limits.pushBytes)
        return;
    qCInfo(lcWebSocket).noquote() << "reset the WebSocket of request" << open.guest.caller.requestId
                                  << "whose peer does not read";
    if (open.socket)
        open.socket->abort();
    else
        open.transport->abort();
}

void WebSocketDoor::tick()
{
    // Aborting removes the entry: collect first.
    std::vector<quint64> numbers;
    for (const auto &[number, open] : m_open) {
        if (open.transport->bytesToWrite() > m_state.limits.pushBytes)
            numbers.push_back(number);
    }
    for (const quint64 number : numbers) {
        if (const auto found = m_open.find(number); found != m_open.end())
            limitMemory(found->second);
    }
}

void WebSocketDoor::drain()
{
    for (const auto &[number, open] : m_open) {
        if (open.socket)
            open.socket->close(QWebSocketProtocol::CloseCodeGoingAway);
    }
}

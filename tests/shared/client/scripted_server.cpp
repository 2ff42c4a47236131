#include "scripted_server.h"

#include <QSslServer>
#include <QTcpSocket>
#include <QWebSocket>

using namespace Qt::StringLiterals;

namespace {

// The request at the head of what has arrived, if it is all there.
std::optional<ReceivedRequest> requestIn(const QByteArray &bytes)
{
    const qsizetype end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return std::nullopt;
    ReceivedRequest request;
    QList<QByteArray> lines = bytes.left(end).split('\n');
    const QList<QByteArray> start = lines.takeFirst().trimmed().split(' ');
    request.method = start.value(0);
    request.target = start.value(1);
    for (const QByteArray &line : std::as_const(lines)) {
        const qsizetype colon = line.indexOf(':');
        request.headers.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
    }
    const qsizetype length = request.headers.value("content-length").toLongLong();
    if (bytes.size() < end + 4 + length)
        return std::nullopt;
    request.body = bytes.mid(end + 4, length);
    return request;
}

} // namespace

ScriptedServer::ScriptedServer(const std::optional<QSslConfiguration> &tls)
    : m_webSockets(u"scripted"_s, QWebSocketServer::NonSecureMode)
    , m_isTls(tls.has_value())
{
    if (tls) {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(*tls);
        m_tcp = std::move(server);
    } else {
        m_tcp = std::make_unique<QTcpServer>();
    }
    connect(m_tcp.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *socket = m_tcp->nextPendingConnection())
            take(socket);
    });
    connect(&m_webSockets, &QWebSocketServer::newConnection, this, &ScriptedServer::greet);
    start();
}

ScriptedServer::~ScriptedServer()
{
    stop();
}

QUrl ScriptedServer::url() const
{
    return QUrl(u"%1://127.0.0.1:%2"_s.arg(m_isTls ? u"https"_s : u"http"_s).arg(m_port));
}

void ScriptedServer::start()
{
    if (!m_tcp->listen(QHostAddress::LocalHost, m_port))
        qFatal("cannot listen: %s", qPrintable(m_tcp->errorString()));
    m_port = m_tcp->serverPort();
}

void ScriptedServer::stop()
{
    m_tcp->close();
    for (const auto &socket : std::as_const(m_sockets)) {
        if (socket)
            socket->abort();
    }
    m_sockets.clear();
}

void ScriptedServer::take(QTcpSocket *socket)
{
    m_sockets += socket;
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
}

void ScriptedServer::read(QTcpSocket *socket)
{
    const auto request = requestIn(socket->peek(1 << 20));
    if (!request)
        return;
    const bool isPush = request->headers.value("upgrade").toLower() == "websocket";
    requests += *request;
    if (isPush && request->headers.value("authorization") == "Bearer " + m_pushToken) {
        disconnect(socket, nullptr, this, nullptr);
        return m_webSockets.handleConnection(socket);
    }
    socket->readAll();
    const auto answer = isPush ? ScriptedAnswer { 401, {} } : m_script(*request);
    if (!answer)
        return socket->abort();
    socket->write(
        "HTTP/1.1 " + QByteArray::number(answer->status) + " x\r\nContent-Type: " + answer->contentType
        + "\r\nContent-Length: " + QByteArray::number(answer->body.size()) + "\r\n\r\n" + answer->body
    );
}

void ScriptedServer::greet()
{
    push = m_webSockets.nextPendingConnection();
    connect(push, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
        pushed += text;
        emit pushReceived();
    });
    emit pushConnected();
}

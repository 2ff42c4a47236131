#pragma once

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QUrl>
#include <QWebSocketServer>

#include <functional>
#include <optional>

class QTcpSocket;
class QWebSocket;

struct ReceivedRequest
{
    QByteArray method;
    QByteArray target;
    QHash<QByteArray, QByteArray> headers; // names in lower case
    QByteArray body;
};

struct ScriptedAnswer
{
    int status = 200;
    QByteArray body {};
    QByteArray contentType = "application/json";
};

// A real network peer that says exactly what a test tells it to: the faults of networks and servers cannot be
// had from a server that works.
class ScriptedServer : public QObject
{
    Q_OBJECT
public:
    // What to answer; nothing means: drop the connection without a word.
    using Script = std::function<std::optional<ScriptedAnswer>(const ReceivedRequest &)>;

    explicit ScriptedServer(const std::optional<QSslConfiguration> &tls = {});
    ~ScriptedServer() override;

    void answerWith(Script script) { m_script = std::move(script); }
    void acceptPushOnlyWith(const QByteArray &token) { m_pushToken = token; }
    [[nodiscard]] QUrl url() const;

    void stop(); // refuse new connections and drop the open ones
    void start(); // on the same port as before

    QList<ReceivedRequest> requests;
    QPointer<QWebSocket> push; // the newest one
    QStringList pushed; // what the client said over it

signals:
    void pushConnected();
    void pushReceived();

private:
    void take(QTcpSocket *socket);
    void read(QTcpSocket *socket);
    void greet();

    std::unique_ptr<QTcpServer> m_tcp;
    QWebSocketServer m_webSockets;
    quint16 m_port = 0;
    bool m_isTls;
    Script m_script;
    QByteArray m_pushToken;
    QList<QPointer<QTcpSocket>> m_sockets;
};

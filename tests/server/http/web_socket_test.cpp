#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "tests/server/http/answer_to.h"
#include "tests/server/http/raw_client.h"
#include "tests/support/why.h"

#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A server that greets each WebSocket by its caller's name and echoes what it says.
class Greeter
{
public:
    explicit Greeter(const HttpLimits &limits = {})
        : m_server(options(limits), m_router, m_metrics)
    {
        m_router.setAuthenticator(testAuthenticator);
        m_router.get(u"/hello"_s, [](const Request &) { return Response::text("hello"); });
        m_router.upgrade(u"/push"_s, [this](const Caller &by, QWebSocket *socket) {
            m_thread = QThread::currentThread();
            socket->sendTextMessage(u"welcome "_s + by.name);
            QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [socket](const QString &text) {
                if (text == u"flood"_s)
                    socket->sendTextMessage(QString(3'000'000, u'x'));
                else
                    socket->sendTextMessage(u"echo "_s + text);
            });
        });
        Router::Upgrade staff;
        staff.path = u"/staff"_s;
        staff.roles = api::staff;
        staff.subprotocol = u"squad.v1"_s;
        staff.handler = [](const Caller &, QWebSocket *) {};
        m_router.upgrade(staff);
        const Result<void> listening = m_server.listen();
        if (!listening)
            qFatal("%s", why(listening));
    }

    [[nodiscard]] quint16 port() const { return m_server.port(); }
    [[nodiscard]] HttpServer &server() { return m_server; }
    [[nodiscard]] QByteArray metrics() const { return m_metrics.text(); }
    [[nodiscard]] QThread *thread() const { return m_thread; }

private:
    static HttpServer::Options options(const HttpLimits &limits)
    {
        HttpServer::Options options;
        options.limits = limits;
        return options;
    }

    Router m_router;
    Metrics m_metrics;
    std::atomic<QThread *> m_thread = nullptr;
    HttpServer m_server;
};

// A WebSocket client that waits.
class Visitor
{
public:
    explicit Visitor(
        quint16 port,
        const QByteArray &token = "customer-1",
        const QStringList &subprotocols = { u"squad.v1"_s }
    )
    {
        QObject::connect(&m_socket, &QWebSocket::textMessageReceived, &m_socket, [this](const QString &text) {
            m_texts += text;
        });
        QNetworkRequest request(QUrl(u"ws://127.0.0.1:%1/push"_s.arg(port)));
        if (!token.isEmpty())
            request.setRawHeader("Authorization", "Bearer " + token);
        QWebSocketHandshakeOptions options;
        options.setSubprotocols(subprotocols);
        m_socket.open(request, options);
    }

    [[nodiscard]] QWebSocket &socket() { return m_socket; }
    [[nodiscard]] bool hears(const QString &text)
    {
        return QTest::qWaitFor([&] { return m_texts.contains(text); }, 10'000);
    }
    [[nodiscard]] bool isClosed()
    {
        return QTest::qWaitFor([&] { return m_socket.state() == QAbstractSocket::UnconnectedState; }, 10'000);
    }

private:
    QWebSocket m_socket;
    QStringList m_texts;
};

QByteArray handshake(const QByteArray &more, const QByteArray &path = "/push")
{
    return "GET " + path
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + more + "\r\n";
}

const QByteArray signedIn = "Authorization: Bearer customer-1\r\n";

// A frame as a client sends it, masked with zeros.
QByteArray frame(char opcode, const QByteArray &payload)
{
    QByteArray bytes(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
        bytes += static_cast<char>(0x80 | payload.size());
    } else {
        bytes += static_cast<char>(0x80 | 126);
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    }
    return bytes + QByteArray(4, '\0') + payload;
}

} // namespace

class WebSocketTest : public QObject
{
    Q_OBJECT

private slots:
    void aSignedInClientIsLetIn();
    void aBrowserSignsInBySubprotocol();
    void whatFollowsTheHandshakeIsNotLost();
    void handshakesAreChecked_data();
    void handshakesAreChecked();
    void aPlainRequestIsToldToUpgrade();
    void tooLargeMessagesCloseTheSocket();
    void aPeerThatPingsAndNeverReadsIsReset();
    void aPeerThatNeverReadsWhatIsPushedIsReset();
    void webSocketsCountAsConnections();
    void drainSendsThemAway();
    void aServerThatEndsTakesThemAlong();
    void manyComeAndGo();
};

void WebSocketTest::aSignedInClientIsLetIn()
{
    Greeter greeter;
    Visitor visitor(greeter.port());

    QVERIFY(visitor.hears(u"welcome customer-1"_s));
    visitor.socket().sendTextMessage(u"hello"_s);
    QVERIFY(visitor.hears(u"echo hello"_s));
    QCOMPARE(visitor.socket().subprotocol(), u"squad.v1"_s);
    QVERIFY(greeter.thread() != QThread::currentThread());
    QVERIFY(greeter.metrics().contains("squad_http_websockets 1\n"));
    visitor.socket().close();
    QVERIFY(visitor.isClosed());
    QTRY_VERIFY(greeter.metrics().contains("squad_http_websockets 0\n"));
    QTRY_COMPARE(greeter.server().connections(), 0);
}

void WebSocketTest::aBrowserSignsInBySubprotocol()
{
    Greeter greeter;
    RawClient client(greeter.port());

    const RawClient::Answer answer = client.ask(
        handshake("Origin: http://localhost\r\nSec-WebSocket-Protocol: squad.v1, bearer.expert-5\r\n")
    );

    QCOMPARE(answer.status, 101);
    QCOMPARE(answer.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    QCOMPARE(answer.header("sec-websocket-protocol"), "squad.v1"); // and not the token
}

void WebSocketTest::whatFollowsTheHandshakeIsNotLost()
{
    Greeter greeter;
    RawClient client(greeter.port());

    client.send(handshake(signedIn) + frame(1, "first") + frame(1, "second"));

    QCOMPARE(client.receive().status, 101);
    QByteArray received = client.unread();
    while (!received.contains("echo second") && client.socket().waitForReadyRead(RawClient::patience))
        received += client.socket().readAll();
    QVERIFY(received.contains("echo first"));
    QVERIFY(received.contains("echo second"));
}

void WebSocketTest::handshakesAreChecked_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    const auto without = [](const QByteArray &line, const QByteArray &instead = {}) {
        return handshake(signedIn).replace(line, instead);
    };
    const QByteArray key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    QTest::newRow("nobody") << handshake({}) << 401;
    QTest::newRow("forged token") << handshake("Authorization: Bearer forged\r\n") << 401;
    QTest::newRow("forged sub-protocol token")
        << handshake("Sec-WebSocket-Protocol: squad.v1, bearer.forged\r\n") << 401;
    QTest::newRow("another role") << handshake(signedIn, "/staff") << 403;
    QTest::newRow("another site") << handshake(signedIn + "Origin: http://evil.example\r\n") << 403;
    QTest::newRow("another port") << handshake(signedIn + "Origin: http://localhost:81\r\n") << 403;
    QTest::newRow("a site with our name in it")
        << handshake(signedIn + "Origin: http://localhost.evil.example\r\n") << 403;
    QTest::newRow("null origin") << handshake(signedIn + "Origin: null\r\n") << 403;
    QTest::newRow("the same site") << handshake(signedIn + "Origin: http://localhost\r\n") << 101;
    QTest::newRow("another sub-protocol") << handshake(signedIn + "Sec-WebSocket-Protocol: chat\r\n") << 400;
    QTest::newRow("no connection header") << without("Connection: keep-alive, Upgrade\r\n") << 400;
    QTest::newRow("old version") << without("Version: 13", "Version: 8") << 426;
    QTest::newRow("no key") << without(key) << 400;
    QTest::newRow("short key") << without(key, "Sec-WebSocket-Key: c2hvcnQ=\r\n") << 400;
    QTest::newRow("key that is no base64")
        << without(key, "Sec-WebSocket-Key: ????????????????????????\r\n") << 400;
    QTest::newRow("with a body") << handshake(signedIn + "Content-Length: 3\r\n") << 400;
    QTest::newRow("POST") << without("GET", "POST") << 405;
    QTest::newRow("1.0") << without("HTTP/1.1", "HTTP/1.0") << 400;
    QTest::newRow("nothing to upgrade") << handshake(signedIn, "/hello") << 200;
    QTest::newRow("nothing there") << handshake(signedIn, "/nothing") << 404;
}

void WebSocketTest::handshakesAreChecked()
{
    QFETCH(const QByteArray, request);
    Greeter greeter;
    RawClient client(greeter.port());

    const RawClient::Answer answer = client.ask(request);

    QTEST(answer.status, "status");
    if (answer.status == 426)
        QCOMPARE(answer.header("sec-websocket-version"), "13");
}

void WebSocketTest::aPlainRequestIsToldToUpgrade()
{
    Greeter greeter;
    RawClient client(greeter.port());

    const RawClient::Answer answer = client.ask("GET /push HTTP/1.1\r\nHost: localhost\r\n\r\n");

    QCOMPARE(answer.status, 426);
    QCOMPARE(answer.header("upgrade"), "websocket");
}

void WebSocketTest::tooLargeMessagesCloseTheSocket()
{
    Greeter greeter;
    Visitor visitor(greeter.port());
    QVERIFY(visitor.hears(u"welcome customer-1"_s));

    visitor.socket().sendTextMessage(QString(65'000, u'x'));
    QVERIFY(visitor.hears(u"echo "_s + QString(65'000, u'x')));
    visitor.socket().sendTextMessage(QString(66'000, u'x'));

    QVERIFY(visitor.isClosed());
    QCOMPARE(visitor.socket().closeCode(), QWebSocketProtocol::CloseCodeTooMuchData);
}

void WebSocketTest::aPeerThatPingsAndNeverReadsIsReset()
{
    HttpLimits limits;
    limits.pushBytes = 200'000;
    Greeter greeter(limits);
    RawClient client(greeter.port());
    QCOMPARE(client.ask(handshake(signedIn)).status, 101);
    client.socket().setReadBufferSize(1);

    const QByteArray pings = frame(9, QByteArray(125, 'p')).repeated(500);
    for (int i = 0; i < 2000 && client.socket().state() == QAbstractSocket::ConnectedState; ++i) {
        client.socket().write(pings);
        client.socket().waitForBytesWritten(100);
    }

    QTRY_COMPARE(greeter.server().connections(), 0);
}

void WebSocketTest::aPeerThatNeverReadsWhatIsPushedIsReset()
{
    HttpLimits limits;
    limits.pushBytes = 200'000;
    Greeter greeter(limits);
    RawClient client(greeter.port());
    QCOMPARE(client.ask(handshake(signedIn)).status, 101);
    client.socket().setReadBufferSize(1);

    for (int i = 0; i < 5; ++i)
        client.send(frame(1, "flood"));

    QTRY_COMPARE(greeter.server().connections(), 0);
}

void WebSocketTest::webSocketsCountAsConnections()
{
    HttpLimits limits;
    limits.connectionsPerAddress = 1;
    Greeter greeter(limits);
    Visitor visitor(greeter.port());
    QVERIFY(visitor.hears(u"welcome customer-1"_s));

    RawClient client(greeter.port());
    QCOMPARE(client.ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 429);
}

void WebSocketTest::drainSendsThemAway()
{
    Greeter greeter;
    Visitor visitor(greeter.port());
    QVERIFY(visitor.hears(u"welcome customer-1"_s));

    bool isDrained = false;
    std::jthread draining([&] { isDrained = greeter.server().drain(10s); });

    QVERIFY(visitor.isClosed());
    QCOMPARE(visitor.socket().closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    draining.join();
    QVERIFY(isDrained);
}

void WebSocketTest::aServerThatEndsTakesThemAlong()
{
    auto greeter = std::make_unique<Greeter>();
    Visitor visitor(greeter->port());
    QVERIFY(visitor.hears(u"welcome customer-1"_s));

    greeter.reset();

    QVERIFY(visitor.isClosed());
}

void WebSocketTest::manyComeAndGo()
{
    Greeter greeter;
    for (int round = 0; round < 5; ++round) {
        std::vector<std::unique_ptr<Visitor>> visitors;
        for (int i = 0; i < 40; ++i)
            visitors.push_back(std::make_unique<Visitor>(greeter.port(), "customer-" + QByteArray::number(i))
            );
        for (int i = 0; i < 40; ++i)
            QVERIFY(visitors[static_cast<size_t>(i)]->hears(u"welcome customer-%1"_s.arg(i)));
        for (int i = 0; i < 40; i += 2)
            visitors[static_cast<size_t>(i)]->socket().abort();
    }
    QTRY_COMPARE(greeter.server().connections(), 0);
    QVERIFY(greeter.metrics().contains("squad_http_websockets 0\n"));
}

QTEST_GUILESS_MAIN(WebSocketTest)
#include "web_socket_test.moc"

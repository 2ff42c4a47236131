#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "tests/server/http/answer_to.h"
#include "tests/server/http/raw_client.h"
#include "tests/support/why.h"

#include <QProcess>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TlsTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void requestsTravelEncrypted();
    void oldVersionsAreRefused();
    void plainTextIsHungUpOn();
    void aSilentHandshakeTimesOut();
    void aRefusalArrivesBeforeTheEnd();
    void webSocketsTravelEncrypted();
    void whatIsWrongWithTheFilesIsSaid_data();
    void whatIsWrongWithTheFilesIsSaid();

private:
    [[nodiscard]] QString file(const QString &name) const { return m_directory.filePath(name); }
    [[nodiscard]] HttpServer::Options options() const;
    [[nodiscard]] std::unique_ptr<QSslSocket> connectTo(const HttpServer &server) const;

    QTemporaryDir m_directory;
    Router m_router;
    Metrics m_metrics;
};

void TlsTest::initTestCase()
{
    const auto openssl = [&](const QStringList &arguments) {
        QProcess process;
        process.start(u"openssl"_s, arguments);
        process.waitForFinished();
        return process.exitCode() == 0;
    };
    const auto certificate = [&](const QString &kind, const QStringList &algorithm) {
        return openssl(
            QStringList {
                u"req"_s, u"-x509"_s, u"-nodes"_s, u"-subj"_s, u"/CN=localhost"_s, u"-days"_s, u"2"_s }
            + algorithm
            + QStringList { u"-keyout"_s, file(kind + u".key"_s), u"-out"_s, file(kind + u".crt"_s) }
        );
    };
    QVERIFY(certificate(u"rsa"_s, { u"-newkey"_s, u"rsa:2048"_s }));
    QVERIFY(certificate(u"ec"_s, { u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:prime256v1"_s })
    );
    QFile garbage(file(u"garbage"_s));
    QVERIFY(garbage.open(QIODevice::WriteOnly) && garbage.write("not a certificate") > 0);

    m_router.setAuthenticator(testAuthenticator);
    m_router.get(u"/hello"_s, [](const Request &request) {
        return Response::text(request.isSecure ? "secure" : "plain");
    });
    m_router.upgrade(u"/push"_s, [](const Caller &by, QWebSocket *socket) {
        socket->sendTextMessage(u"welcome "_s + by.name);
    });
}

HttpServer::Options TlsTest::options() const
{
    HttpServer::Options options;
    options.certificateFile = file(u"rsa.crt"_s);
    options.keyFile = file(u"rsa.key"_s);
    return options;
}

std::unique_ptr<QSslSocket> TlsTest::connectTo(const HttpServer &server) const
{
    auto socket = std::make_unique<QSslSocket>();
    socket->setPeerVerifyMode(QSslSocket::VerifyNone);
    QSslConfiguration configuration = socket->sslConfiguration();
    configuration.setAllowedNextProtocols({ "h2", "http/1.1" });
    socket->setSslConfiguration(configuration);
    socket->connectToHostEncrypted(u"127.0.0.1"_s, server.port());
    socket->waitForEncrypted(RawClient::patience);
    return socket;
}

void TlsTest::requestsTravelEncrypted()
{
    for (const QString &kind : { u"rsa"_s, u"ec"_s }) {
        HttpServer::Options options;
        options.certificateFile = file(kind + u".crt"_s);
        options.keyFile = file(kind + u".key"_s);
        HttpServer server(options, m_router, m_metrics);
        const Result<void> listening = server.listen();
        QVERIFY2(listening, why(listening));

        auto socket = connectTo(server);
        QVERIFY(socket->isEncrypted());
        QCOMPARE(socket->sslConfiguration().nextNegotiatedProtocol(), "http/1.1");
        RawClient client(std::move(socket));
        const RawClient::Answer answer = client.ask("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const RawClient::Answer last
            = client.ask("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        QCOMPARE(answer.body, "secure");
        QVERIFY(answer.header("strict-transport-security").contains("max-age="));
        QCOMPARE(last.body, "secure");
        QVERIFY(client.isClosedByServer());
    }
}

void TlsTest::oldVersionsAreRefused()
{
    HttpServer server(options(), m_router, m_metrics);
    QVERIFY(server.listen());

    QProcess client;
    client.start(
        u"openssl"_s, { u"s_client"_s, u"-tls1_1"_s, u"-connect"_s, u"127.0.0.1:%1"_s.arg(server.port()) }
    );
    client.closeWriteChannel();
    QVERIFY(client.waitForFinished());

    QVERIFY(client.exitCode() != 0);
}

void TlsTest::plainTextIsHungUpOn()
{
    HttpServer server(options(), m_router, m_metrics);
    QVERIFY(server.listen());
    RawClient client(server.port());

    client.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");

    QCOMPARE(client.receive().status, 0);
    QTRY_COMPARE(server.connections(), 0);
}

void TlsTest::aSilentHandshakeTimesOut()
{
    HttpServer::Options impatient = options();
    impatient.limits.headerTimeout = 200ms;
    HttpServer server(impatient, m_router, m_metrics);
    QVERIFY(server.listen());
    RawClient silent(server.port());
    RawClient half(server.port());
    half.send(QByteArray("\x16\x03\x01\x02\x00", 5));

    QVERIFY(silent.isClosedByServer());
    QVERIFY(half.isClosedByServer());
    QTRY_COMPARE(server.connections(), 0);
}

void TlsTest::aRefusalArrivesBeforeTheEnd()
{
    HttpServer::Options impatient = options();
    impatient.limits.lingerTimeout = 300ms;
    HttpServer server(impatient, m_router, m_metrics);
    QVERIFY(server.listen());
    RawClient client(connectTo(server));

    client.socket().write(
        "POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
        + QByteArray(500'000, 'x')
    );

    QCOMPARE(client.receive().status, 405);
    client.socket().close();
    QTRY_COMPARE(server.connections(), 0);
}

void TlsTest::webSocketsTravelEncrypted()
{
    HttpServer server(options(), m_router, m_metrics);
    QVERIFY(server.listen());
    QWebSocket socket;
    QStringList texts;
    connect(&socket, &QWebSocket::textMessageReceived, this, [&](const QString &text) { texts += text; });
    QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
    trusting.setPeerVerifyMode(QSslSocket::VerifyNone);
    socket.setSslConfiguration(trusting);
    QNetworkRequest request(QUrl(u"wss://127.0.0.1:%1/push"_s.arg(server.port())));
    request.setRawHeader("Authorization", "Bearer expert-3");
    socket.open(request);

    QTRY_COMPARE(texts, QStringList { u"welcome expert-3"_s });
    std::ignore = server.drain(0ms); // begins to; some are faster than the look at who is left
    QTRY_COMPARE(socket.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
}

void TlsTest::whatIsWrongWithTheFilesIsSaid_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("named");
    QTest::newRow("no certificate") << u"missing.crt"_s << u"rsa.key"_s << u"missing.crt"_s;
    QTest::newRow("no key") << u"rsa.crt"_s << u"missing.key"_s << u"missing.key"_s;
    QTest::newRow("not a certificate") << u"garbage"_s << u"rsa.key"_s << u"garbage"_s;
    QTest::newRow("not a key") << u"rsa.crt"_s << u"garbage"_s << u"garbage"_s;
    QTest::newRow("of another kind") << u"rsa.crt"_s << u"ec.key"_s << u"ec.key"_s;
}

void TlsTest::whatIsWrongWithTheFilesIsSaid()
{
    QFETCH(const QString, certificate);
    QFETCH(const QString, key);
    QFETCH(const QString, named);
    HttpServer::Options wrong;
    wrong.certificateFile = file(certificate);
    wrong.keyFile = file(key);
    HttpServer server(wrong, m_router, m_metrics);

    const Result<void> listening = server.listen();

    QVERIFY(!listening);
    QVERIFY2(listening.error().detail.contains(named), why(listening));
}

QTEST_GUILESS_MAIN(TlsTest)
#include "tls_test.moc"

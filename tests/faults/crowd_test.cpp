#include "tests/support/installation.h"

#include <QFile>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;

namespace {

// Resident memory of a process, MiB.
double residentMiB(qint64 pid)
{
    QFile file(u"/proc/%1/statm"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readLine().split(' ').value(1).toDouble() * 4096 / (1 << 20);
}

class Socket
{
public:
    explicit Socket(const QUrl &server)
    {
        m_socket.connectToHost(server.host(), quint16(server.port()));
        m_socket.waitForConnected(30'000);
    }

    [[nodiscard]] bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }
    void send(const QByteArray &bytes)
    {
        m_socket.write(bytes);
        while (isConnected() && m_socket.bytesToWrite() > 0 && m_socket.waitForBytesWritten(30'000)) { }
    }

    // The status line, once there is one; empty when the server hangs up without a word.
    QByteArray status()
    {
        while (!m_socket.canReadLine() && m_socket.waitForReadyRead(60'000)) { }
        return m_socket.readLine().trimmed();
    }

    bool isHungUp()
    {
        return m_socket.state() == QAbstractSocket::UnconnectedState || m_socket.waitForDisconnected(120'000);
    }

private:
    QTcpSocket m_socket;
};

} // namespace

// What a crowd that means no good costs the others: nothing they would notice.
class CrowdTest : public QObject
{
    Q_OBJECT

    static constexpr double mostGrowth = 96; // MiB; a debug build with a thousand guests takes about a third

private slots:
    void initTestCase()
    {
        m_installation = std::make_unique<Installation>();
        m_product = m_installation->product();
        m_customer = m_installation->customer();
        fileOne(); // what is made once is not counted as growth
        m_before = residentMiB(m_installation->server().pid());
    }

    void cleanupTestCase() { m_installation.reset(); }

    void aThousandSlowConnectionsKeepNobodyWaiting()
    {
        // Given a thousand connections that never come to the point: some in the header, some in the body
        std::vector<std::unique_ptr<Socket>> slow;
        for (int i = 0; i < 1000; ++i) {
            slow.push_back(std::make_unique<Socket>(m_installation->server().url()));
            QVERIFY(slow.back()->isConnected());
            slow.back()->send(
                i % 2 == 0
                    ? QByteArray("GET /api/v1/plans HTTP/1.1\r\nX-Slow: ")
                    : QByteArray("POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                 "application/json\r\nContent-Length: 900000\r\n\r\n{")
            );
        }

        // When a customer files tickets meanwhile
        // Then they are served
        for (int i = 0; i < 20; ++i)
            QVERIFY(fileOne());
        QVERIFY2(
            residentMiB(m_installation->server().pid()) < m_before + mostGrowth,
            qPrintable(QString::number(residentMiB(m_installation->server().pid())))
        );

        // And in the end the slow ones are told, and sent away
        for (const auto &each : slow) {
            QCOMPARE(each->status(), "HTTP/1.1 408 Request Timeout");
            QVERIFY(each->isHungUp());
        }
    }

    void oversizedBodiesFillNoMemory_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("piece");
        QTest::newRow("announced") << QByteArray("Content-Length: 4000000000\r\n\r\n")
                                   << QByteArray(1 << 20, 'x');
        QTest::newRow("in chunks without end") << QByteArray("Transfer-Encoding: chunked\r\n\r\n")
                                               << "100000\r\n" + QByteArray(1 << 20, 'x') + "\r\n";
    }

    void oversizedBodiesFillNoMemory()
    {
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, piece);

        // When fifty clients send more than they may, all at once
        std::vector<std::unique_ptr<Socket>> clients;
        for (int i = 0; i < 50; ++i) {
            clients.push_back(std::make_unique<Socket>(m_installation->server().url()));
            clients.back()->send(
                "POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                "Authorization: Bearer "
                + m_customer.token + "\r\n" + header
            );
        }
        for (int mebibytes = 0; mebibytes < 4; ++mebibytes) {
            for (const auto &client : clients)
                client->send(piece);
        }

        // Then each is told so, others are served, and memory is what it was
        QVERIFY(fileOne());
        for (const auto &client : clients)
            QCOMPARE(client->status(), "HTTP/1.1 413 Content Too Large");
        QVERIFY(residentMiB(m_installation->server().pid()) < m_before + mostGrowth);
    }

    void malformedTicketsAreRefusedByField_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("pointer");
        QTest::newRow("no JSON") << QByteArray("subject=broken") << 400 << QString();
        QTest::newRow("cut off") << json::write(good()).chopped(1) << 400 << QString();
        QTest::newRow("no UTF-8") << json::write(good()).replace("It is broken", "\xff\xfe\xc0") << 400
                                  << QString();
        QTest::newRow("nested without end") << QByteArray(100'000, '[') << 400 << QString();
        QTest::newRow("a list") << QByteArray("[]") << 422 << QString();
        QTest::newRow("a null byte in a text")
            << json::write(good()).replace("It is broken", "a\\u0000b") << 422 << u"/subject"_s;
        QTest::newRow("half a surrogate pair")
            << json::write(good()).replace("It is broken", "a\\ud800b") << 422 << u"/subject"_s;
        QTest::newRow("too long") << json::write(good()).replace("It is broken", QByteArray(201, 'x')) << 422
                                  << u"/subject"_s;
        QTest::newRow("a number for a text")
            << json::write(good()).replace("\"It is broken\"", "7") << 422 << u"/subject"_s;
        QTest::newRow("no such ZIP code")
            << json::write(good()).replace("10001", "1000") << 422 << u"/address/zip"_s;
        QTest::newRow("no such product") << json::write(good()).replace(
            m_product.id.toString().toLatin1(), "01900000-0000-7000-8000-000000000000"
        ) << 422 << u"/productId"_s;
    }

    void malformedTicketsAreRefusedByField()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QString, pointer);

        BlockingClient client = m_installation->client(m_customer);
        const auto answer = client.send("POST", u"/api/v1/tickets"_s, body);

        QVERIFY2(answer.status == status, answer.body.constData());
        QCOMPARE(answer.headers.value("content-type"), "application/problem+json");
        QCOMPARE(answer.json()[u"errors"_s].toArray().first()[u"pointer"_s].toString(), pointer);
        QVERIFY(fileOne());
    }

private:
    [[nodiscard]] api::NewTicket good() const { return Installation::draft(m_product, {}); }

    bool fileOne()
    {
        return m_installation->client(m_customer).call<api::ticket::Open>({}, good()).has_value();
    }

    std::unique_ptr<Installation> m_installation;
    api::Product m_product;
    Installation::Person m_customer;
    double m_before = 0;
};

QTEST_GUILESS_MAIN(CrowdTest)
#include "crowd_test.moc"

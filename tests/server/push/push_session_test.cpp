#include "server/db/connection.h"
#include "tests/server/push/feed_client.h"
#include "tests/server/push/push_node.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// A peer that speaks just enough WebSocket to be let in, and reads only when it is told to.
class RawPeer
{
public:
    explicit RawPeer(const QUrl &url)
    {
        m_socket.setReadBufferSize(4096);
        m_socket.connectToHost(url.host(), static_cast<quint16>(url.port()));
        m_socket.waitForConnected();
        m_socket.write(
            "GET /?" + url.query().toUtf8()
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
              "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              "Sec-WebSocket-Version: 13\r\n\r\n"
        );
        while (!m_received.contains("\r\n\r\n") && m_socket.waitForReadyRead())
            m_received += m_socket.readAll();
        m_received.clear();
    }

    // One masked text frame; the mask is zero, so that the text stays readable.
    void say(const QByteArray &text)
    {
        m_socket.write(
            QByteArray::fromHex("81") + static_cast<char>(0x80 | text.size()) + QByteArray(4, '\0') + text
        );
        m_socket.flush();
    }

    void hurry() { m_socket.setReadBufferSize(0); }

    QByteArray take()
    {
        m_received += m_socket.readAll();
        return m_received;
    }
    [[nodiscard]] bool isCut() const { return m_socket.state() == QAbstractSocket::UnconnectedState; }

private:
    QTcpSocket m_socket;
    QByteArray m_received;
};

} // namespace

// One connection, and the ways a peer can misbehave on it.
class PushSessionTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 30'000;
    TestDatabase m_test;

private slots:
    void whatIsNoGreetingEndsTheConnection_data()
    {
        QTest::addColumn<QString>("greeting");
        QTest::newRow("no JSON") << u"hello"_s;
        QTest::newRow("an array") << u"[1]"_s;
        QTest::newRow("without since") << u"{}"_s;
        QTest::newRow("an acknowledgement") << uR"({"ack":1})"_s;
        QTest::newRow("a text") << uR"({"since":"1"})"_s;
        QTest::newRow("negative") << uR"({"since":-1})"_s;
        QTest::newRow("broken number") << uR"({"since":1.5})"_s;
        QTest::newRow("beyond all numbers") << uR"({"since":1e300})"_s;
        QTest::newRow("deep") << QString(u"["_s).repeated(2000);
    }
    void whatIsNoGreetingEndsTheConnection()
    {
        QFETCH(const QString, greeting);
        PushNode node(m_test);
        QWebSocket socket;
        QSignalSpy closed(&socket, &QWebSocket::disconnected);
        connect(&socket, &QWebSocket::connected, &socket, [&] { socket.sendTextMessage(greeting); });
        socket.open(node.url(customer()));

        QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, patience);
        QCOMPARE(int(socket.closeCode()), int(PushClose::unreadable));
        QTRY_COMPARE_WITH_TIMEOUT(node.hub().sessions(), 0, patience);
    }

    void aPeerThatDoesNotGreetIsSentAway()
    {
        PushHub::Options options;
        options.limits.helloTime = 50ms;
        PushNode node(m_test, options);
        QWebSocket socket;
        QSignalSpy closed(&socket, &QWebSocket::disconnected);

        socket.open(node.url(customer()));

        QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, patience);
        QCOMPARE(int(socket.closeCode()), int(PushClose::unreadable));
    }

    void whatIsNoAcknowledgementEndsTheConnection()
    {
        PushNode node(m_test);
        FeedClient text;
        FeedClient binary;
        for (FeedClient *client : { &text, &binary }) {
            client->open(node.url(customer()));
            QTRY_VERIFY_WITH_TIMEOUT(client->isWelcome(), patience);
        }

        text.socket().sendTextMessage(uR"({"since":0})"_s); // greeting twice
        binary.socket().sendBinaryMessage(R"({"ack":1})");

        QTRY_COMPARE_WITH_TIMEOUT(text.closeCode(), int(PushClose::unreadable), patience);
        QTRY_COMPARE_WITH_TIMEOUT(binary.closeCode(), int(PushClose::unreadable), patience);
    }

    void whatIsNoLongerKeptIsAGap()
    {
        TestDatabase test;
        PushNode node(test);
        const Caller ann = customer();
        for (int i = 0; i < 10; ++i)
            node.publish({ note(Audience::of(ann.account), u"old"_s) });
        const auto superuser = *Connection::open(test.superuserUrl());
        QVERIFY(superuser->script("delete from push.feed where seq <= 5; update push.horizon set seq = 5"));
        FeedClient behind;
        behind.setSince(4);
        FeedClient inTime;
        inTime.setSince(5);

        behind.open(node.url(ann));
        inTime.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(behind.isWelcome(), patience);
        node.publish({ note(Audience::of(ann.account), u"new"_s) });

        // Whoever has to load the lists anew has no use for what they already show.
        QTRY_COMPARE_WITH_TIMEOUT(behind.texts(), QStringList { u"new"_s }, patience);
        QVERIFY(behind.welcomes().first().gap);
        QTRY_COMPARE_WITH_TIMEOUT(inTime.messages().size(), 6, patience);
        QVERIFY(!inTime.welcomes().first().gap);
    }

    void aClientFromTheFutureStartsAtTheEnd()
    {
        TestDatabase test;
        PushNode node(test);
        const Caller ann = customer();
        node.publish({ note(Audience::of(ann.account), u"1"_s) });
        FeedClient client;
        client.setSince(1'000'000); // of a server that was set up anew

        client.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);
        client.setSince(client.welcomes().first().head);
        node.publish({ note(Audience::of(ann.account), u"2"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), QStringList { u"2"_s }, patience);
        QCOMPARE(client.welcomes().first().head, 1);
    }

    void aPeerThatGivesNoSignOfLifeIsCut()
    {
        PushHub::Options options;
        options.limits.heartbeat = 300ms;
        PushNode node(m_test, options);
        FeedClient lively; // answers pings by itself
        lively.open(node.url(customer()));
        QTRY_VERIFY_WITH_TIMEOUT(lively.isWelcome(), patience);
        RawPeer silent(node.url(customer())); // answers none

        silent.say(R"({"since":0})");

        QTRY_VERIFY_WITH_TIMEOUT(!silent.take().isEmpty() && silent.isCut(), patience);
        QCOMPARE(lively.closeCode(), 0);
        QTRY_COMPARE_WITH_TIMEOUT(node.hub().sessions(), 1, patience);
    }

    // 40 MB for somebody who does not read: they wait in the feed, not in memory, and come when they are
    // asked for.
    void aPeerThatDoesNotReadCostsLittleMemoryAndLosesNothing()
    {
        PushNode node(m_test);
        const Caller ann = customer();
        RawPeer slow(node.url(ann));
        slow.say(R"({"since":0})");
        FeedClient other;
        const Caller bob = customer();
        other.open(node.url(bob));
        QTRY_VERIFY_WITH_TIMEOUT(other.isWelcome() && !slow.take().isEmpty(), patience);

        const QString text(10'000, u'x');
        for (int i = 0; i < 200; ++i) {
            QList<PushFeed::Entry> entries;
            for (int n = 0; n < 20; ++n)
                entries += note(Audience::of(ann.account), QString::number(i * 20 + n) + u' ' + text);
            entries += note(Audience::of(bob.account), u"bob's"_s);
            node.publish(entries);
        }

        QTRY_COMPARE_WITH_TIMEOUT(other.messages().size(), 200, patience);
        slow.hurry();
        QByteArray received;
        QTRY_VERIFY_WITH_TIMEOUT((received = slow.take()).count("\"test.note\"") == 4000, patience);
        qsizetype at = 0;
        for (int i = 0; i < 4000; ++i) {
            at = received.indexOf("\"text\":\"" + QByteArray::number(i) + " x", at);
            QVERIFY2(at >= 0, qPrintable(QString::number(i)));
        }
        QVERIFY2(node.longestQueue() < 1024 * 1024, qPrintable(QString::number(node.longestQueue())));
    }

    void anEndedSignInEndsItsConnectionsAtOnce()
    {
        const Caller ann = customer();
        Caller elsewhere = ann;
        elsewhere.session = api::SessionId::make();
        std::atomic<bool> isOver = false;
        PushHub::Options options;
        options.isEnded = [&](const Caller &caller) { return isOver && caller.session == ann.session; };
        PushNode node(m_test, options);
        FeedClient ended;
        FeedClient other;
        ended.open(node.url(ann));
        other.open(node.url(elsewhere));
        QTRY_VERIFY_WITH_TIMEOUT(ended.isWelcome() && other.isWelcome(), patience);

        isOver = true;
        node.hub().dismissEnded();

        QTRY_COMPARE_WITH_TIMEOUT(ended.closeCode(), int(PushClose::refused), patience);
        QCOMPARE(other.closeCode(), 0);
    }

    void aSignInThatEndedElsewhereIsFoundAtTheNextBeat()
    {
        std::atomic<bool> ended = false;
        PushHub::Options options;
        options.limits.heartbeat = 20ms;
        options.isEnded = [&](const Caller &) { return ended.load(); };
        PushNode node(m_test, options);
        FeedClient client;
        client.open(node.url(customer()));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        ended = true;

        QTRY_COMPARE_WITH_TIMEOUT(client.closeCode(), int(PushClose::refused), patience);
    }

    void anAccountHasOnlySoManyConnections()
    {
        PushHub::Options options;
        options.limits.sessionsPerAccount = 2;
        PushNode node(m_test, options);
        const Caller ann = customer();
        FeedClient first;
        FeedClient second;
        FeedClient third;
        FeedClient bobs;
        first.open(node.url(ann));
        second.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(first.isWelcome() && second.isWelcome(), patience);

        third.open(node.url(ann));
        bobs.open(node.url(customer()));

        QTRY_COMPARE_WITH_TIMEOUT(third.closeCode(), int(PushClose::refused), patience);
        QTRY_VERIFY_WITH_TIMEOUT(bobs.isWelcome(), patience);
        first.drop();
        QTRY_COMPARE_WITH_TIMEOUT(node.hub().sessions(), 2, patience);
        third.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(third.isWelcome(), patience);
    }

    void withoutTheFeedClientsAreAskedToComeBack()
    {
        TestDatabase test;
        PushNode node(test);
        const auto superuser = *Connection::open(test.superuserUrl());
        QVERIFY(superuser->script("revoke select on push.head from squad_push"));
        FeedClient client;

        client.open(node.url(customer()));

        QTRY_COMPARE_WITH_TIMEOUT(client.closeCode(), int(PushClose::retry), patience);
        QVERIFY(superuser->script("grant select on push.head to squad_push"));
        client.open(node.url(customer()));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);
    }
};

QTEST_GUILESS_MAIN(PushSessionTest)

#include "push_session_test.moc"

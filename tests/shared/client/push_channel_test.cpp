#include "scripted_server.h"
#include "shared/client/connection_state.h"
#include "shared/client/feed_position.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWebSocket>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct Knock
{
    static constexpr std::string_view type = "knock";
    int count = 0;
};
BOOST_DESCRIBE_STRUCT(Knock, (), (count))

} // namespace

class PushChannelTest : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void eventsReachWhoAskedForTheirType();
    void aListenerThatDiedHearsNothing();
    void aRepeatedEventIsNoNews();
    void anUnreadableEventDoesNotStopTheNext();
    void theFirstTimeOnAComputerMeansLoadEverything();
    void whatWasSeenIsRememberedOverRestarts();
    void whatTheServerNoLongerKeepsIsAGap();
    void aFeedThatStartedAnewIsReadFromItsStart();
    void eventsAreAcknowledged();
    void aBrokenLineComesBackByItself();
    void aServerThatFallsSilentIsLeft();
    void anExpiredTokenIsRenewedBeforeTheNextTry();
    void closingEndsAllTries();
    void aHiccupIsNotShown();
    void aLongerLossIsShownWithTheTimeOfTheNextTry();

private:
    void open();
    void greet(qint64 head, bool gap = false);
    void send(qint64 seq, int count);

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<FeedPosition> m_position;
    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<ApiClient> m_api;
    std::unique_ptr<PushChannel> m_channel;
    const api::AccountId m_account = api::AccountId::make();
};

void PushChannelTest::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_settings = std::make_unique<QSettings>(m_dir->filePath(u"app.ini"_s), QSettings::IniFormat);
    m_position = std::make_unique<FeedPosition>(*m_settings);
    m_server = std::make_unique<ScriptedServer>();
    m_server->acceptPushOnlyWith("good"_ba);
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 503 }; });
    m_api = std::make_unique<ApiClient>(m_server->url(), u"test/1"_s);
    m_api->setAccessToken("good"_ba);
    m_channel = std::make_unique<PushChannel>(*m_api, *m_position);
}

void PushChannelTest::cleanup()
{
    m_channel.reset();
    m_api.reset();
    m_server.reset();
}

void PushChannelTest::open()
{
    QSignalSpy received(m_server.get(), &ScriptedServer::pushReceived);
    m_channel->open(m_account);
    QVERIFY(received.wait());
}

void PushChannelTest::greet(qint64 head, bool gap)
{
    m_server->push->sendTextMessage(QString::fromUtf8(json::write(api::PushWelcome { head, gap })));
}

void PushChannelTest::send(qint64 seq, int count)
{
    const api::PushMessage message { seq, u"knock"_s, Instant(), { { u"count"_s, count } } };
    m_server->push->sendTextMessage(QString::fromUtf8(json::write(message)));
}

void PushChannelTest::eventsReachWhoAskedForTheirType()
{
    QList<int> heard;
    m_channel->on<Knock>(this, [&](const Knock &knock) { heard += knock.count; });
    open();

    greet(5);
    send(6, 60);
    m_server->push->sendTextMessage(uR"({"seq":7,"type":"other","at":"2026-01-01T00:00:00Z","payload":{}})"_s
    );
    send(8, 80);

    QTRY_COMPARE(heard, (QList<int> { 60, 80 }));
    QCOMPARE(m_channel->state(), PushChannel::State::open);
}

void PushChannelTest::aListenerThatDiedHearsNothing()
{
    int heard = 0;
    auto listener = std::make_unique<QObject>();
    m_channel->on<Knock>(listener.get(), [&](const Knock &) { ++heard; });
    m_channel->on<Knock>(this, [&](const Knock &) { listener.reset(); });
    open();

    greet(0);
    send(1, 1);
    send(2, 2);

    QTRY_VERIFY(!m_server->pushed.filter(u"\"ack\":2"_s).isEmpty());
    QCOMPARE(heard, 1);
}

void PushChannelTest::aRepeatedEventIsNoNews()
{
    QList<int> heard;
    m_channel->on<Knock>(this, [&](const Knock &knock) { heard += knock.count; });
    open();

    greet(0);
    send(1, 1);
    send(1, 1);
    send(2, 2);

    QTRY_COMPARE(heard, (QList<int> { 1, 2 }));
}

void PushChannelTest::anUnreadableEventDoesNotStopTheNext()
{
    QList<int> heard;
    m_channel->on<Knock>(this, [&](const Knock &knock) { heard += knock.count; });
    open();
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"unreadable message"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"unreadable \"knock\""_s));

    greet(0);
    m_server->push->sendTextMessage(u"{{{"_s);
    m_server->push->sendTextMessage(uR"({"seq":1,"type":"knock","at":"2026-01-01T00:00:00Z","payload":{}})"_s
    );
    send(2, 2);

    QTRY_COMPARE(heard, QList<int> { 2 });
}

void PushChannelTest::theFirstTimeOnAComputerMeansLoadEverything()
{
    QSignalSpy gap(m_channel.get(), &PushChannel::gap);
    open();
    QCOMPARE(m_server->pushed.constFirst(), uR"({"since":0})"_s);

    greet(41);

    QVERIFY(gap.wait());
    QCOMPARE(m_position->of(m_server->url(), m_account), 41);
}

void PushChannelTest::whatWasSeenIsRememberedOverRestarts()
{
    open();
    greet(41);
    send(42, 1);
    QTRY_VERIFY(!m_server->pushed.filter(u"\"ack\":42"_s).isEmpty());

    m_channel = std::make_unique<PushChannel>(*m_api, *m_position);
    QSignalSpy gap(m_channel.get(), &PushChannel::gap);
    m_server->pushed.clear();
    open();
    greet(42);

    QCOMPARE(m_server->pushed.constFirst(), uR"({"since":42})"_s);
    QTRY_COMPARE(m_channel->state(), PushChannel::State::open);
    QVERIFY(gap.isEmpty());
}

void PushChannelTest::whatTheServerNoLongerKeepsIsAGap()
{
    m_position->remember(m_server->url(), m_account, 3);
    QSignalSpy gap(m_channel.get(), &PushChannel::gap);
    QList<int> heard;
    m_channel->on<Knock>(this, [&](const Knock &knock) { heard += knock.count; });
    open();

    greet(900, true);
    send(901, 8);
    send(902, 9);

    QTRY_COMPARE(heard, (QList<int> { 8, 9 }));
    QCOMPARE(gap.size(), 1);
}

void PushChannelTest::aFeedThatStartedAnewIsReadFromItsStart()
{
    m_position->remember(m_server->url(), m_account, 900);
    QSignalSpy gap(m_channel.get(), &PushChannel::gap);
    QList<int> heard;
    m_channel->on<Knock>(this, [&](const Knock &knock) { heard += knock.count; });
    open();

    greet(2);
    send(3, 3);

    QTRY_COMPARE(heard, QList<int> { 3 });
    QCOMPARE(gap.size(), 1);
}

void PushChannelTest::eventsAreAcknowledged()
{
    open();
    greet(0);

    for (int i = 1; i <= 20; ++i)
        send(i, i);

    QTRY_COMPARE(m_server->pushed.last(), uR"({"ack":20})"_s);
    QVERIFY(m_server->pushed.size() < 10); // a burst needs no word for each
}

void PushChannelTest::aBrokenLineComesBackByItself()
{
    QList<int> heard;
    m_channel->on<Knock>(this, [&](const Knock &knock) { heard += knock.count; });
    open();
    greet(0);
    send(1, 1);
    QTRY_COMPARE(heard.size(), 1);
    QSignalSpy connected(m_server.get(), &ScriptedServer::pushReceived);
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 200, "{}" }; });

    m_server->stop();
    QTRY_COMPARE(m_channel->state(), PushChannel::State::waiting);
    m_server->start();

    QTRY_VERIFY_WITH_TIMEOUT(!m_server->pushed.filter(u"{\"since\":1}"_s).isEmpty(), 20'000);
    greet(2);
    send(2, 2);
    QTRY_COMPARE(heard, (QList<int> { 1, 2 }));
}

void PushChannelTest::aServerThatFallsSilentIsLeft()
{
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    m_api->setServer(QUrl(u"http://127.0.0.1:%1"_s.arg(silent.serverPort())));
    m_channel->setHeartbeat(50ms, 100ms);

    m_channel->open(m_account);

    QTRY_COMPARE(m_channel->state(), PushChannel::State::waiting);
    QVERIFY(!m_channel->lastError().isEmpty());
}

void PushChannelTest::anExpiredTokenIsRenewedBeforeTheNextTry()
{
    m_api->setAccessToken("old"_ba);
    m_api->setRenewal([&] {
        m_api->setAccessToken("good"_ba);
        const Promise<api::Nothing> promise;
        promise.answer(api::Nothing {});
        return promise.reply();
    });
    m_server->answerWith([](const ReceivedRequest &request) {
        if (request.headers.value("authorization") != "Bearer good")
            return ScriptedAnswer { 401 };
        api::Account account;
        account.id = api::AccountId::make();
        account.email = *Email::parse(u"ada@squad.example"_s);
        account.name = *api::Name::parse(u"Ada"_s);
        return ScriptedAnswer { 200, json::write(account) };
    });
    QSignalSpy received(m_server.get(), &ScriptedServer::pushReceived);

    m_channel->open(m_account);

    QVERIFY(received.wait());
}

void PushChannelTest::closingEndsAllTries()
{
    m_server->stop();
    m_channel->open(m_account);
    QTRY_COMPARE(m_channel->state(), PushChannel::State::waiting);

    m_channel->close();
    m_channel->retryNow();

    QCOMPARE(m_channel->state(), PushChannel::State::closed);
}

void PushChannelTest::aHiccupIsNotShown()
{
    ConnectionState connection(*m_api, *m_channel);
    open();
    greet(0);
    QTRY_COMPARE(connection.phase(), ConnectionState::Phase::online);
    QList<ConnectionState::Phase> seen;
    connect(&connection, &ConnectionState::changed, this, [&] { seen += connection.phase(); });
    QSignalSpy received(m_server.get(), &ScriptedServer::pushReceived);

    m_server->push->close();
    QVERIFY(received.wait());
    greet(0);
    QTRY_COMPARE(m_channel->state(), PushChannel::State::open);

    QVERIFY(!seen.contains(ConnectionState::Phase::offline));
    QVERIFY(!seen.contains(ConnectionState::Phase::reconnecting));
}

void PushChannelTest::aLongerLossIsShownWithTheTimeOfTheNextTry()
{
    ConnectionState connection(*m_api, *m_channel);
    open();
    greet(0);
    QTRY_COMPARE(connection.phase(), ConnectionState::Phase::online);

    m_server->stop();

    QTRY_COMPARE_WITH_TIMEOUT(connection.phase(), ConnectionState::Phase::reconnecting, 10'000);
    QTRY_VERIFY(connection.secondsToRetry().has_value());
    QVERIFY(connection.lostAt().isValid());
}

QTEST_GUILESS_MAIN(PushChannelTest)
#include "push_channel_test.moc"

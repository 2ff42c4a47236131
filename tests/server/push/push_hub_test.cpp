#include "server/db/connection.h"
#include "shared/core/clock.h"
#include "tests/server/push/feed_client.h"
#include "tests/server/push/push_node.h"
#include "tests/support/why.h"

#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// From the feed to the clients, whatever comes between.
class PushHubTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 30'000;

    // What the feed holds for an audience after a number.
    QList<qint64> stored(const QStringList &audiences, qint64 after = 0)
    {
        const auto page = m_test->database().transact(PushFeed::role, [&](Session &session) {
            return PushFeed::page(session, audiences, after, 1'000'000);
        });
        QList<qint64> numbers;
        for (const FeedRow &row : page.value().rows)
            numbers += row.seq;
        return numbers;
    }
    // Into the feed, and nobody is told: as if the node that did it died right after.
    void appendSilently(const QList<PushFeed::Entry> &entries)
    {
        const auto appended = m_test->database().transact(PushFeed::role, [&](Session &session) {
            return PushFeed::append(session, entries, SystemClock().now());
        });
        QVERIFY2(appended, why(appended));
    }
    static QString nameOf(const Caller &caller) { return Audience::of(caller.account).name(); }

    std::unique_ptr<TestDatabase> m_test;

private slots:
    void init() { m_test = std::make_unique<TestDatabase>(); }
    void cleanup() { m_test.reset(); }

    void aNewClientStartsWithWhatHappensNext()
    {
        PushNode node(*m_test);
        const Caller ann = customer();
        node.publish({ note(Audience::of(ann.account), u"before"_s) });
        FeedClient client;
        client.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        node.publish({ note(Audience::of(ann.account), u"after"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), QStringList { u"after"_s }, patience);
        QCOMPARE(client.welcomes().first().head, 1);
        QVERIFY(!client.welcomes().first().gap);
    }

    void whatWasMissedComesFirst()
    {
        PushNode node(*m_test);
        const Caller ann = customer();
        for (int i = 1; i <= 1000; ++i)
            appendSilently({ note(Audience::of(ann.account), QString::number(i)) });
        FeedClient client;
        client.setSince(10);

        client.open(node.url(ann));
        node.publish({ note(Audience::of(ann.account), u"live"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.messages().size(), 991, patience);
        QCOMPARE(client.numbers(), stored({ nameOf(ann) }, 10));
        QVERIFY(!client.isUpset());
    }

    void aStrangerGetsNothing()
    {
        PushNode node(*m_test);
        const Caller ann = customer();
        const Caller bob = customer();
        FeedClient client;
        client.open(node.url(bob));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        node.publish({ note(Audience::of(ann.account), u"ann's"_s), note(Audience::staff(), u"staff's"_s) });
        node.publish({ note(Audience::of(bob.account), u"bob's"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), QStringList { u"bob's"_s }, patience);
        client.setSince(1); // nor of what was before
        client.open(node.url(bob));
        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), (QStringList { u"bob's"_s, u"bob's"_s }), patience);
    }

    void staffSeesItsOwnAndTheCommonFeedInOneOrder()
    {
        PushNode node(*m_test);
        const Caller mia = manager();
        FeedClient client;
        client.open(node.url(mia));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        node.publish({ note(Audience::staff(), u"1"_s), note(Audience::of(mia.account), u"2"_s) });
        node.publish({ note(Audience::staff(), u"3"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), (QStringList { u"1"_s, u"2"_s, u"3"_s }), patience);
    }

    void everyDeviceOfAnAccountGetsEverything()
    {
        PushNode node(*m_test);
        const Caller ann = customer();
        FeedClient desk;
        FeedClient telephone;
        for (FeedClient *client : { &desk, &telephone }) {
            client->open(node.url(ann));
            QTRY_VERIFY_WITH_TIMEOUT(client->isWelcome(), patience);
        }

        node.publish({ note(Audience::of(ann.account), u"1"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(desk.texts(), QStringList { u"1"_s }, patience);
        QTRY_COMPARE_WITH_TIMEOUT(telephone.texts(), QStringList { u"1"_s }, patience);
    }

    // The hand-over from what was missed to what happens now, again and again while much happens, on two
    // nodes.
    void comingAndGoingUnderLoadLosesAndRepeatsNothing()
    {
        PushNode one(*m_test);
        PushNode other(*m_test);
        const QList<Caller> callers { customer(), customer(), manager(), manager() };
        one.publish({ note(Audience::staff(), u"the first"_s) });
        std::vector<std::unique_ptr<FeedClient>> clients;
        for (const Caller &caller : callers) {
            clients.push_back(std::make_unique<FeedClient>());
            clients.back()->setSince(1);
            clients.back()->open(one.url(caller));
        }
        std::atomic<bool> done = false;
        const auto publishTo = [&](PushNode &node, quint32 seed) {
            QRandomGenerator random(seed);
            while (!done) {
                QList<PushFeed::Entry> entries { note(Audience::staff(), u"s"_s) };
                for (const Caller &caller : callers) {
                    if (random.bounded(2) == 0)
                        entries += note(Audience::of(caller.account), u"c"_s);
                }
                if (random.bounded(10) == 0)
                    appendSilently(entries);
                else
                    node.publish(entries);
            }
        };
        std::thread first([&] { publishTo(one, 1); });
        std::thread second([&] { publishTo(other, 2); });

        QRandomGenerator random(3);
        for (int i = 0; i < 300; ++i) {
            const auto who = static_cast<size_t>(random.bounded(4));
            PushNode &node = random.bounded(2) == 0 ? one : other;
            clients.at(who)->open(node.url(callers.at(static_cast<qsizetype>(who))));
            QTest::qWait(random.bounded(10));
        }
        done = true;
        first.join();
        second.join();
        one.publish({ note(Audience::staff(), u"the last"_s) });

        for (size_t i = 0; i < clients.size(); ++i) {
            const Caller &caller = callers.at(static_cast<qsizetype>(i));
            QStringList audiences { nameOf(caller) };
            if (caller.isStaff())
                audiences += Audience::staff().name();
            const QList<qint64> expected = stored(audiences, 1);
            QTRY_COMPARE_WITH_TIMEOUT(clients.at(i)->messages().size(), expected.size(), patience);
            QCOMPARE(clients.at(i)->numbers(), expected);
            QVERIFY(!clients.at(i)->isUpset());
            QVERIFY(expected.size() > 100);
        }
    }

    void aRestartedServerGoesOnWhereItStopped()
    {
        const Caller ann = customer();
        FeedClient client;
        auto node = std::make_unique<PushNode>(*m_test);
        client.open(node->url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);
        node->publish({ note(Audience::of(ann.account), u"1"_s) });
        QTRY_COMPARE_WITH_TIMEOUT(client.messages().size(), 1, patience);

        node.reset();
        appendSilently({ note(Audience::of(ann.account), u"2"_s) });
        node = std::make_unique<PushNode>(*m_test);
        client.open(node->url(ann));
        node->publish({ note(Audience::of(ann.account), u"3"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), (QStringList { u"1"_s, u"2"_s, u"3"_s }), patience);
    }

    void whatAnotherNodePublishesArrives()
    {
        PushHub::Options lazy;
        lazy.upkeep = 1h; // so that only the other node's word can do it
        PushNode here(*m_test, lazy);
        PushNode there(*m_test, lazy);
        const Caller ann = customer();
        FeedClient client;
        client.open(here.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        for (int i = 0; i < 50; ++i) {
            here.publish({ note(Audience::of(ann.account), u"here"_s) });
            there.publish({ note(Audience::of(ann.account), u"there"_s) });
        }

        QTRY_COMPARE_WITH_TIMEOUT(client.messages().size(), 100, patience);
        QCOMPARE(client.numbers(), stored({ nameOf(ann) }));
    }

    void whatADyingNodeToldNobodyArrivesAllTheSame()
    {
        PushHub::Options options;
        options.upkeep = 50ms;
        PushNode node(*m_test, options);
        const Caller ann = customer();
        FeedClient client;
        client.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        appendSilently({ note(Audience::of(ann.account), u"untold"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.texts(), QStringList { u"untold"_s }, patience);
    }

    void aNodeThatIsFarBehindSkipsNothing()
    {
        PushNode node(*m_test);
        const Caller ann = customer();
        FeedClient client;
        client.open(node.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);
        QList<PushFeed::Entry> many;
        for (int i = 0; i < 3500; ++i)
            many += note(Audience::of(ann.account), QString::number(i));

        appendSilently(many);
        node.publish({ note(Audience::of(ann.account), u"last"_s) });

        QTRY_COMPARE_WITH_TIMEOUT(client.messages().size(), 3501, patience);
        QCOMPARE(client.numbers(), stored({ nameOf(ann) }));
        QVERIFY(!client.isUpset());
    }

    void lostConnectionsLoseNothing()
    {
        PushNode here(*m_test);
        PushNode there(*m_test);
        const Caller ann = customer();
        FeedClient client;
        client.open(here.url(ann));
        QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);

        for (int i = 0; i < 5; ++i) {
            const auto superuser = *Connection::open(m_test->superuserUrl());
            QVERIFY(superuser->script(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and pid <> pg_backend_pid()"
            ));
            there.publish({ note(Audience::of(ann.account), u"there"_s) });
        }

        QTRY_COMPARE_WITH_TIMEOUT(client.messages().size(), 5, patience);
    }

    void acknowledgementsAreStored()
    {
        const Caller ann = customer();
        {
            PushNode node(*m_test);
            FeedClient client;
            client.open(node.url(ann));
            node.publish({ note(Audience::of(ann.account), u"1"_s), note(Audience::of(ann.account), u"2"_s) }
            );
            QTRY_VERIFY_WITH_TIMEOUT(client.isWelcome(), patience);
            client.socket().sendTextMessage(uR"({"ack":2})"_s);
            client.socket().sendTextMessage(uR"({"ack":1})"_s);
            QSignalSpy pong(&client.socket(), &QWebSocket::pong);
            client.socket().ping();
            QTRY_VERIFY_WITH_TIMEOUT(pong.count() > 0, patience); // the server has read what came before
        } // stopping stores what is known

        const auto superuser = *Connection::open(m_test->superuserUrl());
        Rows rows = *superuser->script("select acknowledged from push.reader");
        QVERIFY(rows.next());
        QCOMPARE(rows.text(0).toByteArray(), QByteArray("2"));
    }
};

QTEST_GUILESS_MAIN(PushHubTest)

#include "push_hub_test.moc"

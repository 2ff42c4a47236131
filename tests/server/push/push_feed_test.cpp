#include "server/push/push_feed.h"

#include "server/db/connection.h"
#include "shared/core/clock.h"
#include "tests/server/push/push_node.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// The stored feed: numbering, reading, forgetting.
class PushFeedTest : public QObject
{
    Q_OBJECT

private:
    Database &database() { return m_test->database(); }

    QList<FeedRow> append(const QList<PushFeed::Entry> &entries)
    {
        return database()
            .transact(
                PushFeed::role,
                [&](Session &session) { return PushFeed::append(session, entries, SystemClock().now()); }
            )
            .value();
    }
    PushFeed::Page page(const QList<Audience> &audiences, qint64 since, int limit = 100)
    {
        QStringList names;
        for (const Audience &audience : audiences)
            names += audience.name();
        return database()
            .transact(
                PushFeed::role, [&](Session &session) { return PushFeed::page(session, names, since, limit); }
            )
            .value();
    }
    static QList<qint64> numbers(const QList<FeedRow> &rows)
    {
        QList<qint64> numbers;
        for (const FeedRow &row : rows)
            numbers += row.seq;
        return numbers;
    }
    int trim(std::chrono::seconds keep, std::chrono::seconds keepAcknowledged)
    {
        return database()
            .transact(
                PushFeed::role,
                [&](Session &session) {
                    return PushFeed::trim(session, { keep, keepAcknowledged }, 1000);
                }
            )
            .value();
    }
    void acknowledge(const Audience &audience, qint64 seq)
    {
        const auto done = database().transact(PushFeed::role, [&](Session &session) {
            return PushFeed::acknowledge(session, { { audience.name(), seq } });
        });
        QVERIFY2(done, why(done));
    }
    void administrate(const QByteArray &sql)
    {
        QVERIFY((*Connection::open(m_test->superuserUrl()))->script(sql));
    }

    std::unique_ptr<TestDatabase> m_test;
    const Audience m_ann = Audience::of(api::AccountId::make());
    const Audience m_bob = Audience::of(api::AccountId::make());

private slots:
    void init() { m_test = std::make_unique<TestDatabase>(); }

    void numbersRiseWithoutAHole()
    {
        const auto first = append({ note(m_ann, u"1"_s), note(m_bob, u"2"_s) });
        const auto undone = database().transact(PushFeed::role, [&](Session &session) -> Result<void> {
            TRY(PushFeed::append(session, { note(m_ann, u"undone"_s) }, SystemClock().now()));
            return fail(Problem::conflict({}, {}));
        });
        const auto next = append({ note(m_ann, u"3"_s) });

        QVERIFY(!undone);
        QCOMPARE(numbers(first), (QList<qint64> { 1, 2 }));
        QCOMPARE(numbers(next), QList<qint64> { 3 });
    }

    void whatIsReadIsWhatWasAppended()
    {
        const FeedRow row = append({ note(m_ann, u"it's ☃"_s) }).first();

        const PushFeed::Page found = page({ m_ann }, 0);

        QCOMPARE(found.rows.size(), 1);
        QCOMPARE(found.rows.first().payload, row.payload);
        QCOMPARE(found.rows.first().type, u"test.note"_s);
        QVERIFY(found.rows.first().at == row.at);
    }

    void severalFeedsAreReadAsOneInOrder()
    {
        for (int i = 0; i < 5; ++i)
            append({ note(m_ann, u"a"_s), note(m_bob, u"b"_s), note(Audience::staff(), u"s"_s) });

        QCOMPARE(
            numbers(page({ m_ann, Audience::staff() }, 4).rows), (QList<qint64> { 6, 7, 9, 10, 12, 13, 15 })
        );
        QCOMPARE(numbers(page({ m_ann, Audience::staff() }, 4, 3).rows), (QList<qint64> { 6, 7, 9 }));
    }

    void aPageSaysWhetherItIsTheLast()
    {
        append({ note(m_ann, u"1"_s), note(m_ann, u"2"_s), note(m_bob, u"3"_s) });

        QVERIFY(!page({ m_ann }, 0, 2).isLast);
        const PushFeed::Page last = page({ m_ann }, 2, 2);
        QVERIFY(last.isLast);
        QVERIFY(last.rows.isEmpty());
        QCOMPARE(last.head, 3);
    }

    void anEmptyFeedHasAHead()
    {
        const PushFeed::Page empty = page({ m_ann }, 0);

        QCOMPARE(empty.head, 0);
        QVERIFY(!empty.gap);
        QVERIFY(empty.isLast);
    }

    void whatIsOldIsForgottenAndMissed()
    {
        append({ note(m_ann, u"1"_s), note(m_bob, u"2"_s), note(m_ann, u"3"_s) });
        administrate("update push.feed set at = now() - interval '8 days' where seq <= 2");

        QCOMPARE(trim(7 * 24h, 1h), 2);

        QCOMPARE(numbers(page({ m_ann }, 0).rows), QList<qint64> { 3 });
        QVERIFY(page({ m_ann }, 1).gap);
        QVERIFY(!page({ m_ann }, 2).gap);
    }

    void whatWasAcknowledgedIsForgottenSooner()
    {
        append({ note(m_ann, u"1"_s), note(m_bob, u"2"_s), note(m_ann, u"3"_s), note(m_ann, u"4"_s) });
        administrate("update push.feed set at = now() - interval '2 hours' where seq <= 3");
        acknowledge(m_ann, 4);

        QCOMPARE(trim(7 * 24h, 1h), 2);

        QCOMPARE(
            numbers(page({ m_ann }, 0).rows), QList<qint64> { 4 }
        ); // too new: another device may be behind
        QVERIFY(page({ m_ann }, 2).gap);
        QVERIFY(!page({ m_ann }, 3).gap);
        QCOMPARE(numbers(page({ m_bob }, 1).rows), QList<qint64> { 2 });
        QVERIFY(!page({ m_bob }, 1).gap);
    }

    void anOlderAcknowledgementTakesNothingBack()
    {
        append({ note(m_ann, u"1"_s), note(m_ann, u"2"_s) });
        administrate("update push.feed set at = now() - interval '2 hours'");
        acknowledge(m_ann, 2);
        acknowledge(m_ann, 1);

        QCOMPARE(trim(7 * 24h, 1h), 2);
    }

    void nobodyCanAcknowledgeTheFuture()
    {
        append({ note(m_ann, u"1"_s) });
        acknowledge(m_ann, 1'000'000);
        append({ note(m_ann, u"2"_s) });
        administrate("update push.feed set at = now() - interval '2 hours'");

        QCOMPARE(trim(7 * 24h, 1h), 1);
        QCOMPARE(numbers(page({ m_ann }, 1).rows), QList<qint64> { 2 });
    }

    void servicesCannotTouchTheFeed()
    {
        const auto connection = *Connection::open(m_test->url());
        for (const char *sql : { "select * from push.feed", "update push.head set seq = 0" })
            QVERIFY(!connection->script(QByteArray("begin; set local role squad_bus; ") + sql + "; rollback")
            );
    }
};

QTEST_GUILESS_MAIN(PushFeedTest)

#include "push_feed_test.moc"

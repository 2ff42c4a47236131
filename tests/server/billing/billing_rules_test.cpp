#include "server/services/billing/billing_rules.h"

#include "server/services/catalog/plan_rules.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

Instant at(const char *text)
{
    return *instantFromText(QString::fromLatin1(text));
}

} // namespace

class BillingRulesTest : public QObject
{
    Q_OBJECT

private slots:
    void taxIsRoundedHalfUp_data()
    {
        QTest::addColumn<qint64>("net");
        QTest::addColumn<int>("basisPoints");
        QTest::addColumn<qint64>("tax");
        QTest::newRow("none") << qint64(2999) << 0 << qint64(0);
        QTest::newRow("New York 8.875 %, of 29.99") << qint64(2999) << 888 << qint64(266); // 266.3
        QTest::newRow("half a cent") << qint64(50) << 100 << qint64(1); // 0.5
        QTest::newRow("just below") << qint64(49) << 100 << qint64(0);
        QTest::newRow("all of it") << qint64(12345) << 10'000 << qint64(12345);
        QTest::newRow("given back") << qint64(-50) << 100 << qint64(-1);
        QTest::newRow("beyond 64 bits on the way")
            << qint64(4'000'000'000'000'000'000) << 888 << qint64(355'200'000'000'000'000);
    }
    void taxIsRoundedHalfUp()
    {
        QFETCH(qint64, net);
        QFETCH(int, basisPoints);
        QTEST(billing_rules::taxOn(net, basisPoints), "tax");
    }

    void whatIsLeftOfAPeriodIsByTime_data()
    {
        QTest::addColumn<qint64>("minor");
        QTest::addColumn<QString>("change");
        QTest::addColumn<qint64>("left");
        // 2026-04-01 to 2026-05-01: 30 days
        QTest::newRow("at its beginning") << qint64(3000) << u"2026-04-01T00:00:00Z"_s << qint64(3000);
        QTest::newRow("a third through") << qint64(3000) << u"2026-04-11T00:00:00Z"_s << qint64(2000);
        QTest::newRow("half a cent") << qint64(1) << u"2026-04-16T00:00:00Z"_s << qint64(1);
        QTest::newRow("at its end") << qint64(3000) << u"2026-05-01T00:00:00Z"_s << qint64(0);
        QTest::newRow("before it") << qint64(3000) << u"2026-03-01T00:00:00Z"_s << qint64(3000);
        QTest::newRow("after it") << qint64(3000) << u"2026-06-01T00:00:00Z"_s << qint64(0);
        QTest::newRow("a hundred billion")
            << qint64(10'000'000'000'000) << u"2026-04-11T00:00:00Z"_s << qint64(6'666'666'666'667);
    }
    void whatIsLeftOfAPeriodIsByTime()
    {
        QFETCH(qint64, minor);
        QFETCH(QString, change);
        const qint64 left = plan_rules::remainder(
            minor, at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z"), *instantFromText(change)
        );
        QTEST(left, "left");
    }

    void billDatesAreMidnightWhereTheCustomerLives_data()
    {
        QTest::addColumn<QString>("start");
        QTest::addColumn<QString>("zone");
        QTest::addColumn<api::Period>("period");
        QTest::addColumn<QStringList>("next");
        QTest::newRow("January 31, New York, over the clock change")
            << u"2026-01-31T15:00:00Z"_s << u"America/New_York"_s << api::Period::month
            << QStringList { u"2026-02-28T05:00:00.000Z"_s,
                             u"2026-03-31T04:00:00.000Z"_s,
                             u"2026-04-30T04:00:00.000Z"_s,
                             u"2026-05-31T04:00:00.000Z"_s };
        QTest::newRow("already tomorrow in Guam")
            << u"2026-01-30T15:00:00Z"_s << u"Pacific/Guam"_s << api::Period::month
            << QStringList { u"2026-02-27T14:00:00.000Z"_s, u"2026-03-30T14:00:00.000Z"_s };
        QTest::newRow("Puerto Rico, 28th")
            << u"2027-12-28T12:00:00Z"_s << u"America/Puerto_Rico"_s << api::Period::month
            << QStringList { u"2028-01-28T04:00:00.000Z"_s, u"2028-02-28T04:00:00.000Z"_s };
        QTest::newRow("leap day, by the year")
            << u"2028-02-29T12:00:00Z"_s << u"America/Phoenix"_s << api::Period::year
            << QStringList { u"2029-02-28T07:00:00.000Z"_s,
                             u"2030-02-28T07:00:00.000Z"_s,
                             u"2031-02-28T07:00:00.000Z"_s,
                             u"2032-02-29T07:00:00.000Z"_s };
    }
    void billDatesAreMidnightWhereTheCustomerLives()
    {
        QFETCH(QString, start);
        QFETCH(QString, zone);
        QFETCH(api::Period, period);
        QFETCH(QStringList, next);
        Instant date = *instantFromText(start);
        const Recurrence dates = plan_rules::billingDates(date, period, zone);
        for (const QString &expected : next) {
            date = nextOccurrence(dates, date);
            QCOMPARE(toText(date), expected);
        }
    }

    void aPeriodIsSaidInTheCustomersDays()
    {
        const QString zone = u"America/New_York"_s;
        QCOMPARE(
            billing_rules::periodText(
                u"Home"_s, at("2026-11-23T20:00:00Z"), at("2026-12-23T05:00:00Z"), zone
            ),
            u"Home, Nov 23 to Dec 22, 2026"_s
        );
        QCOMPARE(
            billing_rules::periodText(
                u"Home"_s, at("2026-12-23T05:00:00Z"), at("2027-01-23T05:00:00Z"), zone
            ),
            u"Home, Dec 23, 2026 to Jan 22, 2027"_s
        );
    }
};

QTEST_GUILESS_MAIN(BillingRulesTest)
#include "billing_rules_test.moc"

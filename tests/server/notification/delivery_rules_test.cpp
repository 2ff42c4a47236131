#include "server/services/notification/delivery_rules.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Instant at(const char *text)
{
    return *instantFromText(QString::fromLatin1(text));
}

} // namespace

class DeliveryRulesTest : public QObject
{
    Q_OBJECT

private slots:
    void quietHoursAreTheRecipients_data()
    {
        QTest::addColumn<QString>("now");
        QTest::addColumn<QString>("told");
        QTest::newRow("by day") << u"2026-07-01T18:00:00.000Z"_s << u"2026-07-01T18:00:00.000Z"_s;
        QTest::newRow("late") << u"2026-07-02T02:00:00.000Z"_s << u"2026-07-02T12:00:00.000Z"_s;
        QTest::newRow("early") << u"2026-07-02T11:59:00.000Z"_s << u"2026-07-02T12:00:00.000Z"_s;
        QTest::newRow("at eight") << u"2026-07-02T12:00:00.000Z"_s << u"2026-07-02T12:00:00.000Z"_s;
        QTest::newRow("clocks go on") << u"2026-03-08T03:00:00.000Z"_s << u"2026-03-08T12:00:00.000Z"_s;
        QTest::newRow("clocks go back") << u"2026-11-01T02:00:00.000Z"_s << u"2026-11-01T13:00:00.000Z"_s;
    }

    void quietHoursAreTheRecipients()
    {
        QFETCH(QString, now);
        QFETCH(QString, told);
        const QTimeZone newYork("America/New_York");

        const auto when = mayTellAt(*instantFromText(now), newYork, {}, Urgency::waits);

        QCOMPARE(toText(when), told);
    }

    void whoIsOnTheWaySaysSoAtNight()
    {
        const auto night = at("2026-07-02T02:00:00.000Z");

        QVERIFY(mayTellAt(night, QTimeZone("America/New_York"), {}, Urgency::overrides) == night);
    }

    void triesOutlastAnHourAndEnd()
    {
        const auto begin = at("2026-07-01T18:00:00.000Z");
        auto now = begin;
        int tries = 0;

        while (const auto next = nextTryAt(now, ++tries, {}))
            now = *next;

        QVERIFY(now - begin > 1h);
        QVERIFY(tries < 20);
    }

    void aTryAfterTheExpiryIsNotMade()
    {
        const auto now = at("2026-07-01T18:00:00.000Z");

        QVERIFY(nextTryAt(now, 1, now + 1min));
        QVERIFY(!nextTryAt(now, 1, now + 15s));
    }
};

QTEST_GUILESS_MAIN(DeliveryRulesTest)
#include "delivery_rules_test.moc"

#include "server/services/timer/time_warp.h"

#include "tests/server/timer/timer_probe.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// The warped time of an installation over its starts.
class TimeWarpTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 30'000;
    static constexpr int twoYearsAMinute = 1'051'200;

private slots:
    void init() { m_probe = std::make_unique<TimerProbe>(); }

    void anInstallationThatWasNeverWarpedKeepsTheWorldsTime()
    {
        const auto warp = open({});

        QVERIFY2(warp, why(warp));
        QVERIFY(!*warp);
        QCOMPARE(m_probe->number("select count(*) from timer.warp"), 0);
    }

    void timeStartsAtTheWorldsAndRunsAhead()
    {
        const auto warp = open(twoYearsAMinute);
        QVERIFY2(warp, why(warp));

        QVERIFY((*warp)->clock().now() >= m_world.now());
        QTRY_VERIFY_WITH_TIMEOUT((*warp)->clock().now() > m_world.now() + 24h * 30, patience);
    }

    void aCleanRestartGoesOnWhereTimeWas()
    {
        auto warp = open(3600);
        QVERIFY2(warp, why(warp));
        QTRY_VERIFY_WITH_TIMEOUT((*warp)->clock().now() > m_world.now() + 30min, patience);
        const Instant before = (*warp)->clock().now();
        warp->reset();

        const auto again = open(1);

        QVERIFY2(again, why(again));
        const Instant after = (*again)->clock().now();
        QVERIFY(after >= before);
        QVERIFY2(after - before < 24h, qPrintable(toText(after)));
    }

    // A kill gives no chance to write anything down: another node takes over while the first one still shows
    // the time. It must begin where the first one can never get to.
    void noRestartGoesBackBehindWhatAKilledNodeHasShown()
    {
        auto killed = open(twoYearsAMinute);
        QVERIFY2(killed, why(killed));
        for (int restart = 0; restart < 5; ++restart) {
            const Instant begin = (*killed)->clock().now();
            QTRY_VERIFY_WITH_TIMEOUT((*killed)->clock().now() > begin + 24h, patience);

            auto next = open(twoYearsAMinute);

            QVERIFY2(next, why(next));
            const Instant first = (*next)->clock().now();
            QTest::qWait(300); // as long as the old one could still run on what it was allowed
            const Instant last = (*killed)->clock().now();
            QVERIFY2(first >= last, qPrintable(toText(first) + u" < "_s + toText(last)));
            killed = std::move(next);
        }
    }

    void withoutAFactorItGoesOnAtTheWorldsPace()
    {
        auto warp = open(twoYearsAMinute);
        QVERIFY2(warp, why(warp));
        QTRY_VERIFY_WITH_TIMEOUT((*warp)->clock().now() > m_world.now() + 24h * 30, patience);
        const Instant before = (*warp)->clock().now();
        warp->reset();

        const auto again = open({});

        QVERIFY2(again, why(again));
        QVERIFY(*again);
        QVERIFY((*again)->clock().now() >= before);
        QCOMPARE((*again)->clock().realTime(1min), 1min);
    }

    // The thread that fires sleeps in real time: two warped years of days pass in seconds, none early.
    void timersFireByWarpedTime()
    {
        auto warp = open(twoYearsAMinute * 6);
        QVERIFY2(warp, why(warp));
        const Clock &clock = (*warp)->clock();
        const Instant begin = clock.now();
        QList<TimerProbe::Command> commands;
        for (int day = 0; day < 730; ++day)
            commands += SetTimer { u"ticket"_s, QString::number(day), begin + 24h * day, {} };
        m_probe->publish(commands);
        TimerNode node(m_probe->database(), m_probe->test().url(), clock);
        node.start();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), 730, patience);
        for (const Heard &heard : m_probe->heard())
            QVERIFY(heard.firedAt >= heard.dueAt);
        QVERIFY(clock.now() >= begin + 24h * 729);
    }

private:
    Result<std::unique_ptr<TimeWarp>> open(std::optional<int> factor)
    {
        return TimeWarp::open(m_probe->test().url(), factor, m_world);
    }

    SystemClock m_world;
    std::unique_ptr<TimerProbe> m_probe;
};

QTEST_GUILESS_MAIN(TimeWarpTest)

#include "time_warp_test.moc"

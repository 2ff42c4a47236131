#include "shared/core/warped_clock.h"

#include <QTest>

#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const Instant start = instantFromText(u"2026-11-23T09:00:00Z"_s).value();
constexpr int twoYearsAMinute = 1'051'200;

} // namespace

class WarpedClockTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_ticks = 77s; }

    void itRunsSoManyTimesAsFastFromItsStart()
    {
        WarpedClock clock(start, 60, ticks());
        clock.allowUntil(start + 100h);

        QCOMPARE(clock.now(), start);
        m_ticks += 1s;
        QCOMPARE(clock.now(), start + 1min);
        m_ticks += 1min;
        QCOMPARE(clock.now(), start + 1h + 1min);
    }

    void twoYearsPassInAMinute()
    {
        WarpedClock clock(start, twoYearsAMinute, ticks());
        clock.allowUntil(Instant::max());

        m_ticks += 1min;

        QCOMPARE(clock.now(), start + 24h * 730);
    }

    void itNeverPassesItsLimit()
    {
        WarpedClock clock(start, 60, ticks());
        m_ticks += 1h;
        QCOMPARE(clock.now(), start);

        clock.allowUntil(start + 5min);
        m_ticks += 4s;
        QCOMPARE(clock.now(), start + 4min);
        m_ticks += 1h;
        QCOMPARE(clock.now(), start + 5min);
    }

    void whereItStoodStillItGoesOnFrom()
    {
        WarpedClock clock(start, 60, ticks());
        clock.allowUntil(start + 5min);
        m_ticks += 1h;

        clock.allowUntil(start + 100h);

        QCOMPARE(clock.now(), start + 5min);
        m_ticks += 1s;
        QCOMPARE(clock.now(), start + 6min);
    }

    void aLimitThatLiesBehindChangesNothing()
    {
        WarpedClock clock(start, 60, ticks());
        clock.allowUntil(start + 5min);
        m_ticks += 4s;

        clock.allowUntil(start + 1min);

        QCOMPARE(clock.now(), start + 4min);
        m_ticks += 1s;
        QCOMPARE(clock.now(), start + 5min);
    }

    void sleepingTakesAFactorLess()
    {
        const WarpedClock clock(start, 60, ticks());

        QCOMPARE(clock.realTime(1min), 1s);
        QCOMPARE(clock.realTime(-1min), -1s);
        QCOMPARE(clock.realTime(0ms), 0ns);
        QCOMPARE(WarpedClock(start, twoYearsAMinute, ticks()).realTime(24h * 730), 1min);
        // No span is too long for it.
        QCOMPARE(clock.realTime(std::chrono::milliseconds::max()), 24h * 365);
        QCOMPARE(clock.realTime(std::chrono::milliseconds::min()), -24h * 365);
        QCOMPARE(SystemClock().realTime(std::chrono::milliseconds::max()), 24h * 365);
        QCOMPARE(SystemClock().realTime(90s), 90s);
    }

    void manyThreadsSeeItOnlyGoForward()
    {
        WarpedClock clock(start, twoYearsAMinute);
        std::atomic<bool> done = false;
        std::atomic<int> setbacks = 0;
        std::vector<std::thread> readers;
        for (int i = 0; i < 4; ++i)
            readers.emplace_back([&] {
                Instant last = start;
                while (!done) {
                    const Instant now = clock.now();
                    setbacks += now < last ? 1 : 0;
                    last = now;
                }
            });
        for (int i = 0; i < 2000; ++i)
            clock.allowUntil(clock.now() + std::chrono::hours(i % 7));
        done = true;
        for (std::thread &reader : readers)
            reader.join();

        QCOMPARE(setbacks.load(), 0);
        QVERIFY(clock.now() > start);
    }

private:
    WarpedClock::Ticks ticks()
    {
        return [this] { return m_ticks; };
    }

    std::chrono::nanoseconds m_ticks {};
};

QTEST_GUILESS_MAIN(WarpedClockTest)

#include "warped_clock_test.moc"

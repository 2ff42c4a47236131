#include "server/services/timer/timer_store.h"
#include "tests/server/timer/timer_probe.h"
#include "tests/support/why.h"

#include <QSet>
#include <QTest>

#include <semaphore>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// Several nodes on one database.
class TimerNodesTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 60'000;
    const Instant m_start = instantFromText(u"2026-11-23T09:00:00Z"_s).value();

private slots:
    void init()
    {
        m_probe = std::make_unique<TimerProbe>();
        m_clock = std::make_unique<ManualClock>(m_start);
    }

    void nodesShareTheWorkAndNoTimerFiresTwice()
    {
        constexpr int count = 5000;
        const TimerService::Options smallBatches { .firing = { .batch = 5, .safetyLook = 10min } };
        TimerNode one(m_probe->database(), m_probe->test().url(), *m_clock, smallBatches);
        TimerNode other(m_probe->database(), m_probe->test().url(), *m_clock, smallBatches);
        one.start();
        other.start();
        setMany(count, m_start + 1h);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), count, patience);

        m_clock->advance(1h);
        one.timers().wake();
        other.timers().wake();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), count, patience);
        const QStringList keys = m_probe->heardKeys();
        QCOMPARE(QSet<QString>(keys.begin(), keys.end()).size(), count);
        const qint64 byOne = one.timers().health()->fired;
        const qint64 byOther = other.timers().health()->fired;
        QVERIFY2(byOne > 0 && byOther > 0, qPrintable(u"%1 and %2"_s.arg(byOne).arg(byOther)));
        QCOMPARE(byOne + byOther, count);
    }

    // What a node does when it dies between firing and committing.
    void aFiringThatIsRolledBackIsAnotherNodesToDo()
    {
        constexpr int count = 300;
        setMany(count, m_start);
        {
            TimerNode taker(m_probe->database(), m_probe->test().url(), *m_clock);
            taker.bus().start(); // takes the commands in and fires nothing
            QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), count, patience);
            taker.bus().stop();
        }

        int fired = 0;
        const auto died
            = m_probe->database().transact(timer_store::role, [&](Session &session) -> Result<void> {
                  fired = TRY(timer_store::fire(session, m_clock->now(), 200)).fired;
                  return fail(Problem::unavailable(u"killed"_s));
              });
        QVERIFY(!died);
        QCOMPARE(fired, 200);
        QCOMPARE(m_probe->pending(), count);

        TimerNode next(m_probe->database(), m_probe->test().url(), *m_clock);
        next.start();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), count, patience);
        const QStringList keys = m_probe->heardKeys();
        QCOMPARE(QSet<QString>(keys.begin(), keys.end()).size(), count);
    }

    // While one node is in the middle of a batch, the others fire the rest and then what it gave back.
    void timersInAnotherNodesHandsAreSkippedAndNotForgotten()
    {
        constexpr int count = 50;
        setMany(count, m_start);
        TimerNode node(m_probe->database(), m_probe->test().url(), *m_clock);
        node.bus().start();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), count, patience);

        std::binary_semaphore held { 0 };
        std::binary_semaphore letGo { 0 };
        std::thread slow([&] {
            static_cast<void>(m_probe->database()
                                  .transact(timer_store::role, [&](Session &session) -> Result<void> {
                                      TRY(timer_store::fire(session, m_clock->now(), 20));
                                      held.release();
                                      letGo.acquire();
                                      return fail(Problem::unavailable(u"killed"_s));
                                  }));
        });
        held.acquire();
        node.timers().start();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), count - 20, patience);
        letGo.release();
        slow.join();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), count, patience);
    }

    // The node that takes a command in may die at once: another one that sleeps towards a later timer must
    // know.
    void aSoonerTimerWakesTheOtherNodes()
    {
        const SystemClock world;
        const TimerService::Options onlyWhenWoken { .firing = { .safetyLook = 10min } };
        TimerService sleeper(m_probe->database(), world, onlyWhenWoken);
        PostgresBus sleepersBus(m_probe->database(), { .url = m_probe->test().url() });
        sleeper.watch(sleepersBus);
        sleepersBus.start();
        m_probe->set(u"far"_s, world.now() + 24h);
        TimerService taker(m_probe->database(), world, onlyWhenWoken); // never started
        PostgresBus takersBus(m_probe->database(), { .url = m_probe->test().url() });
        takersBus.subscribe(taker.consumer());
        takersBus.subscribe(TimerProbe::listener());
        takersBus.start();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 1, patience);
        sleeper.start();
        QTest::qWait(500); // it sleeps; if it does not yet, the test is only easier

        const Instant due = world.now() + 700ms;
        m_probe->set(u"near"_s, due);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), QStringList { u"near"_s }, patience);
        QVERIFY(m_probe->heard().first().firedAt >= due);
        sleeper.stop();
    }

private:
    void setMany(int count, Instant due)
    {
        QList<TimerProbe::Command> commands;
        for (int i = 0; i < count; ++i)
            commands += SetTimer { u"ticket"_s, QString::number(i), due, {} };
        m_probe->publish(commands);
    }

    std::unique_ptr<TimerProbe> m_probe;
    std::unique_ptr<ManualClock> m_clock;
};

QTEST_GUILESS_MAIN(TimerNodesTest)

#include "timer_nodes_test.moc"

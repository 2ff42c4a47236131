#include "tests/server/events/bus_suite.h"

#include "server/events/outbox.h"
#include "shared/core/clock.h"
#include "tests/support/why.h"

#include <QRandomGenerator>
#include <QSemaphore>

#include <atomic>
#include <numeric>
#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

// A consumer whose handler fails as long as `fails` says so.
std::shared_ptr<Consumer> picky(const QString &group, std::function<bool(const Probed &)> fails)
{
    auto consumer = std::make_shared<Consumer>(group, BusProbe::reader);
    consumer->on<Probed>([=](Session &session, const Event &, const Probed &probed) -> Result<void> {
        TRY(BusProbe::record(session, group, probed));
        if (fails(probed))
            return fail(Problem::conflict(u"probe.refused"_s, u"not this one"_s));
        return {};
    });
    return consumer;
}

QList<Effect> ofKey(const QList<Effect> &effects, const QString &key)
{
    QList<Effect> some;
    std::ranges::copy_if(effects, std::back_inserter(some), [&](const Effect &effect) {
        return effect.key == key;
    });
    return some;
}

// Threads that publish steps of a few keys with pauses in the middle of their transactions, so that
// transactions overlap in every way; one in eight rolls back.
class Publishers
{
public:
    Publishers(BusProbe &probe, int threads, int transactions)
    {
        for (int i = 0; i < threads; ++i)
            m_threads.emplace_back([&probe, i, transactions] {
                QRandomGenerator random(static_cast<quint32>(i + 1));
                for (int n = 0; n < transactions; ++n)
                    publish(probe, random);
            });
    }

    ~Publishers() { join(); }
    Publishers(const Publishers &) = delete;
    Publishers &operator=(const Publishers &) = delete;

    void join()
    {
        for (std::thread &thread : m_threads) {
            if (thread.joinable())
                thread.join();
        }
    }

private:
    static void publish(BusProbe &probe, QRandomGenerator &random)
    {
        static_cast<void>(probe.database()
                              .transact(BusProbe::publisher, [&](Session &session) -> Result<void> {
                                  const int events = random.bounded(1, 4);
                                  // Ascending, so that two transactions never wait for each other's keys.
                                  int key = 0;
                                  for (int i = 0; i < events; ++i) {
                                      key += random.bounded(1, 8);
                                      pause(random);
                                      TRY(BusProbe::publish(session, u"key-%1"_s.arg(key)));
                                  }
                                  pause(random);
                                  if (random.bounded(8) == 0)
                                      return fail(Problem::conflict({}, u"changed its mind"_s));
                                  return {};
                              }));
    }

    static void pause(QRandomGenerator &random)
    {
        if (random.bounded(4) == 0)
            std::this_thread::sleep_for(std::chrono::microseconds(random.bounded(10'000)));
    }

    std::vector<std::thread> m_threads;
};

} // namespace

void BusSuite::init()
{
    m_probe = std::make_unique<BusProbe>();
}

void BusSuite::cleanup()
{
    m_probe.reset();
}

std::unique_ptr<EventBus>
BusSuite::startBus(const BusTuning &tuning, const QList<std::shared_ptr<Consumer>> &consumers)
{
    std::unique_ptr<EventBus> bus = makeBus(m_probe->test(), tuning);
    for (const auto &consumer : consumers)
        bus->subscribe(consumer);
    bus->start();
    return bus;
}

GroupHealth BusSuite::healthOf(EventBus &bus, const QString &group)
{
    const auto groups = bus.health().value_or(QList<GroupHealth>());
    for (const GroupHealth &each : groups) {
        if (each.group == group)
            return each;
    }
    return {};
}

void BusSuite::anEventArrivesAsItWasPublished()
{
    QList<Event> arrived;
    QSemaphore done;
    auto consumer = std::make_shared<Consumer>(u"matching"_s, BusProbe::reader);
    consumer->onType(u"ticket.probed"_s, [&](Session &, const Event &event) -> Result<void> {
        arrived += event;
        done.release();
        return {};
    });
    const auto bus = startBus({}, { consumer });
    const QJsonObject payload { { u"text"_s, u"it's \"quoted\" ☃"_s },
                                { u"list"_s, QJsonArray { 1, 2.5, true } } };

    const auto published = m_probe->database().transact(BusProbe::publisher, [&](Session &session) {
        return Outbox::publish(session, u"ticket.probed"_s, u"a key"_s, payload, u"trace-1"_s);
    });
    QVERIFY2(published, why(published));
    QVERIFY(done.tryAcquire(1, patience));
    bus->stop();

    QCOMPARE(arrived.size(), 1);
    const Event &event = arrived.first();
    QVERIFY(!event.id.isNull());
    QCOMPARE(event.topic, u"ticket"_s);
    QCOMPARE(event.type, u"ticket.probed"_s);
    QCOMPARE(event.key, u"a key"_s);
    QCOMPARE(event.version, 1);
    QCOMPARE(event.traceId, u"trace-1"_s);
    QCOMPARE(event.payload, payload);
    QVERIFY(std::chrono::abs(event.occurredAt - SystemClock().now()) < 1min);
}

void BusSuite::anIdleConsumerIsWokenByTheCommit()
{
    QSemaphore arrived;
    auto consumer = std::make_shared<Consumer>(u"matching"_s, BusProbe::reader);
    consumer->on<Probed>([&](Session &session, const Event &, const Probed &) -> Result<void> {
        session.afterCommit([&] { arrived.release(); });
        return {};
    });
    const auto bus = startBus({}, { consumer }); // one that would sleep for an hour

    for (int i = 0; i < 30; ++i) {
        // From falling asleep at this moment to fast asleep.
        QThread::usleep(static_cast<unsigned long>(i * i * 50));
        m_probe->publish(u"k"_s);
        QVERIFY(arrived.tryAcquire(1, patience));
    }
}

void BusSuite::whatIsRolledBackWasNeverPublished()
{
    const auto bus = startBus({}, { BusProbe::recorder(u"matching"_s) });

    const auto refused
        = m_probe->database().transact(BusProbe::publisher, [&](Session &session) -> Result<void> {
              TRY(BusProbe::publish(session, u"undone"_s));
              return fail(Problem::conflict({}, u"changed its mind"_s));
          });
    m_probe->publish(u"done"_s);

    QVERIFY(!refused);
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), 1, patience);
    QCOMPARE(m_probe->effects(u"matching"_s).first().key, u"done"_s);
}

void BusSuite::everyGroupGetsEveryEventOfItsTypes()
{
    auto other = std::make_shared<Consumer>(u"other"_s, BusProbe::reader);
    std::atomic<int> strangers = 0;
    other->onType(u"ticket.other"_s, [&](Session &, const Event &) -> Result<void> {
        ++strangers;
        return {};
    });
    const auto bus = startBus({}, { BusProbe::recorder(u"first"_s), BusProbe::recorder(u"second"_s), other });

    for (int i = 0; i < 20; ++i)
        m_probe->publish(u"key-%1"_s.arg(i % 3));

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"first"_s), 20, patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"second"_s), 20, patience);
    QCOMPARE(m_probe->audit(u"first"_s), QString());
    QCOMPARE(m_probe->audit(u"second"_s), QString());
    QCOMPARE(strangers, 0);
}

void BusSuite::aWholeTopicCanBeConsumed()
{
    std::atomic<int> seen = 0;
    auto consumer = std::make_shared<Consumer>(u"push"_s, BusProbe::reader);
    consumer->onType(u"ticket.*"_s, [&](Session &, const Event &) -> Result<void> {
        ++seen;
        return {};
    });
    const auto bus = startBus({}, { consumer });

    const auto published
        = m_probe->database().transact(BusProbe::publisher, [](Session &session) -> Result<void> {
              TRY(Outbox::publish(session, u"ticket.opened"_s, u"k"_s, {}, {}));
              return Outbox::publish(session, u"ticket.closed"_s, u"k"_s, {}, {});
          });

    QVERIFY2(published, why(published));
    QTRY_COMPARE_WITH_TIMEOUT(seen, 2, patience);
}

void BusSuite::manyEventsOfOneTransactionArriveInOrder()
{
    constexpr int count = 2500; // more than several batches
    const auto bus = startBus({}, { BusProbe::recorder(u"matching"_s) });
    QList<Outbox::Draft> drafts;
    for (int n = 1; n <= count; ++n)
        drafts += { u"ticket.probed"_s, u"k"_s, json::encode(Probed { u"k"_s, n }).toObject(), u"trace"_s };

    const auto published = m_probe->database().transact(BusProbe::publisher, [&](Session &session) {
        return Outbox::publishAll(session, drafts);
    });

    QVERIFY2(published, why(published));
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), count, patience);
    const QList<Effect> effects = m_probe->effects(u"matching"_s);
    QVERIFY(std::ranges::is_sorted(effects, {}, &Effect::n));
}

void BusSuite::aNewGroupStartsWithTheOldestEventKept()
{
    m_probe->publish(u"before"_s);

    const auto bus = startBus({}, { BusProbe::recorder(u"late"_s) });

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"late"_s), 1, patience);
}

void BusSuite::aGroupGoesOnWhereItStopped()
{
    m_probe->publish(u"k"_s);
    auto bus = startBus({}, { BusProbe::recorder(u"matching"_s) });
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), 1, patience);
    bus->stop();
    m_probe->publish(u"k"_s);

    bus = startBus({}, { BusProbe::recorder(u"matching"_s) });

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), 2, patience);
    QCOMPARE(m_probe->audit(u"matching"_s), QString());
}

void BusSuite::noEventIsLostBetweenConcurrentCommits()
{
    const auto bus = startBus({}, { BusProbe::recorder(u"first"_s), BusProbe::recorder(u"second"_s) });

    Publishers publishers(*m_probe, 24, 60);
    publishers.join();

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"first"_s), QString(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"second"_s), QString(), patience);
}

void BusSuite::eventsOfALongTransactionArriveAfterItCommits()
{
    const auto bus = startBus({}, { BusProbe::recorder(u"matching"_s) });

    // The long one publishes first and commits last; the others come and go meanwhile.
    const auto published
        = m_probe->database().transact(BusProbe::publisher, [&](Session &session) -> Result<void> {
              TRY(BusProbe::publish(session, u"long"_s));
              for (int i = 0; i < 1200; ++i)
                  m_probe->publish(u"short"_s);
              for (int tries = 0; tries < 1000 && m_probe->count(u"matching"_s) < 1200; ++tries)
                  QThread::msleep(10);
              return BusProbe::publish(session, u"long"_s);
          });

    QVERIFY2(published, why(published));
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
    QCOMPARE(ofKey(m_probe->effects(u"matching"_s).mid(1200), u"long"_s).size(), 2);
}

void BusSuite::severalNodesShareAGroupWithoutDoubleEffects()
{
    std::vector<std::unique_ptr<EventBus>> nodes;
    for (int i = 0; i < 3; ++i)
        nodes.push_back(startBus({}, { BusProbe::recorder(u"first"_s), BusProbe::recorder(u"second"_s) }));

    Publishers publishers(*m_probe, 8, 60);
    nodes.back()->stop(); // one leaves in the middle
    publishers.join();

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"first"_s), QString(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"second"_s), QString(), patience);
}

void BusSuite::lostConnectionsLoseNothing()
{
    BusTuning tuning;
    tuning.poll = 100ms;
    const auto bus = startBus(tuning, { BusProbe::recorder(u"matching"_s) });

    Publishers publishers(*m_probe, 4, 100);
    for (int i = 0; i < 20; ++i) {
        QThread::msleep(20);
        m_probe->administrate(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()"
        );
    }
    publishers.join();
    m_probe->publish(u"last"_s);

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
}

void BusSuite::aFailedEventIsTriedAgainUntilItSucceeds()
{
    std::atomic<int> failures = 3;
    const auto bus = startBus({}, { picky(u"matching"_s, [&](const Probed &) { return failures-- > 0; }) });

    for (int i = 0; i < 5; ++i)
        m_probe->publish(u"k"_s);

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
    QVERIFY(failures < 0);
}

void BusSuite::aHandlerThatThrowsHasFailed()
{
    std::atomic<int> throws = 2;
    const auto throwing = [&](const Probed &) -> bool {
        if (throws-- > 1)
            throw std::runtime_error("out of order");
        if (throws == 0)
            throw 42; // NOLINT(hicpp-exception-baseclass): the worst a handler can do
        return false;
    };
    const auto bus = startBus({}, { picky(u"matching"_s, throwing) });

    m_probe->publish(u"k"_s);
    m_probe->publish(u"k"_s);

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
}

void BusSuite::aFailureUndoesWhatItsHandlerWrote()
{
    BusTuning tuning;
    tuning.attempts = 3;
    const auto bus
        = startBus(tuning, { picky(u"matching"_s, [](const Probed &probed) { return probed.n == 1; }) });

    m_probe->publish(u"k"_s);
    m_probe->publish(u"k"_s);

    QTRY_COMPARE_WITH_TIMEOUT(
        m_probe->effects(u"matching"_s), (QList<Effect> { { u"matching"_s, u"k"_s, 2 } }), patience
    );
}

void BusSuite::aPoisonEventBlocksItsOwnKeyOnly()
{
    std::atomic<bool> poisoned = true;
    const auto bus = startBus({}, { picky(u"matching"_s, [&](const Probed &probed) {
                                  return poisoned && probed.key == u"bad"_s && probed.n == 2;
                              }) });

    for (int i = 0; i < 50; ++i) {
        m_probe->publish(u"bad"_s);
        m_probe->publish(u"good"_s);
    }

    QTRY_COMPARE_WITH_TIMEOUT(ofKey(m_probe->effects(u"matching"_s), u"good"_s).size(), 50, patience);
    QCOMPARE(ofKey(m_probe->effects(u"matching"_s), u"bad"_s).size(), 1);
    QTRY_COMPARE_WITH_TIMEOUT(healthOf(*bus, u"matching"_s).retrying, 49, patience);

    poisoned = false;
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
}

void BusSuite::aFailingEndOfABatchBlamesTheEventThatCausesIt()
{
    BusTuning tuning;
    tuning.attempts = 2;
    bool sawPoison = false; // of the group's thread only
    auto consumer = std::make_shared<Consumer>(u"matching"_s, BusProbe::reader);
    consumer->on<Probed>([&](Session &session, const Event &, const Probed &probed) {
        sawPoison = sawPoison || probed.key == u"bad"_s;
        return BusProbe::record(session, u"matching"_s, probed);
    });
    consumer->afterBatch([&](Session &) -> Result<void> {
        if (std::exchange(sawPoison, false))
            return fail(Problem::conflict(u"probe.refused"_s, u"not this batch"_s));
        return {};
    });
    for (int i = 0; i < 10; ++i)
        m_probe->publish(i == 5 ? u"bad"_s : u"good"_s);

    const auto bus = startBus(tuning, { consumer });

    QTRY_COMPARE_WITH_TIMEOUT(healthOf(*bus, u"matching"_s).dead, 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), 9, patience);
    QCOMPARE(bus->deadLetters(10)->first().event.key, u"bad"_s);
}

void BusSuite::afterItsLastAttemptAnEventIsADeadLetterAndItsKeyGoesOn()
{
    BusTuning tuning;
    tuning.attempts = 4;
    std::atomic<int> tries = 0;
    const auto bus = startBus(tuning, { picky(u"matching"_s, [&](const Probed &probed) {
                                  return probed.n == 2 && ++tries > 0;
                              }) });

    for (int i = 0; i < 4; ++i)
        m_probe->publish(u"k"_s);

    QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), 3, patience);
    const auto dead = bus->deadLetters(10);
    QVERIFY2(dead, why(dead));
    QCOMPARE(dead->size(), 1);
    QCOMPARE(dead->first().group, u"matching"_s);
    QCOMPARE(dead->first().event.payload.value(u"n"_s).toInt(), 2);
    QCOMPARE(dead->first().attempts, 4);
    QVERIFY2(dead->first().error.contains(u"not this one"_s), qPrintable(dead->first().error));
    // The first attempt is made twice, in its batch and alone, unless it was alone from the start.
    QVERIFY2(tries == 4 || tries == 5, qPrintable(QString::number(tries)));
    const QList<Effect> effects = m_probe->effects(u"matching"_s);
    QCOMPARE(effects.last().n, 4);
    QCOMPARE(effects.first().n, 1);
}

void BusSuite::aReplayedDeadLetterIsDelivered()
{
    BusTuning tuning;
    tuning.attempts = 2;
    std::atomic<bool> broken = true;
    const auto bus
        = startBus(tuning, { picky(u"matching"_s, [&](const Probed &) { return broken.load(); }) });
    m_probe->publish(u"k"_s);
    QTRY_COMPARE_WITH_TIMEOUT(healthOf(*bus, u"matching"_s).dead, 1, patience);

    broken = false;
    const auto replayed = bus->replay(u"matching"_s, bus->deadLetters(1)->first().event.id);

    QVERIFY2(replayed, why(replayed));
    QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
    QCOMPARE(healthOf(*bus, u"matching"_s).dead, 0);
    QVERIFY(bus->deadLetters(10)->isEmpty());
}

void BusSuite::replayingWhatIsNoDeadLetterIsNotFound()
{
    const auto bus = startBus({}, { BusProbe::recorder(u"matching"_s) });

    const auto replayed = bus->replay(u"matching"_s, EventId::make());

    QVERIFY(!replayed);
    QCOMPARE(replayed.error().kind, ProblemKind::notFound);
}

void BusSuite::healthShowsWhatWaits()
{
    QSemaphore entered;
    QSemaphore leave;
    auto consumer = std::make_shared<Consumer>(u"slow"_s, BusProbe::reader);
    consumer->on<Probed>([&](Session &, const Event &, const Probed &) -> Result<void> {
        entered.release();
        leave.acquire();
        return {};
    });
    m_probe->publish(u"k"_s);
    const auto bus = startBus({}, { consumer });
    QVERIFY(entered.tryAcquire(1, patience));
    m_probe->publish(u"k"_s);

    const GroupHealth busy = healthOf(*bus, u"slow"_s);
    leave.release(1000);
    QTRY_COMPARE_WITH_TIMEOUT(healthOf(*bus, u"slow"_s).waiting, 0, patience);
    const GroupHealth idle = healthOf(*bus, u"slow"_s);

    QCOMPARE(busy.waiting, 2);
    QVERIFY(busy.oldestWaiting.has_value());
    QVERIFY(busy.running);
    QVERIFY(!idle.oldestWaiting);
    QVERIFY(!idle.stalled);
    bus->stop();
    QVERIFY(!healthOf(*bus, u"slow"_s).running);
}

void BusSuite::stoppingWaitsForTheRunningHandler()
{
    QSemaphore entered;
    std::atomic<bool> left = false;
    auto consumer = std::make_shared<Consumer>(u"slow"_s, BusProbe::reader);
    consumer->on<Probed>([&](Session &, const Event &, const Probed &) -> Result<void> {
        entered.release();
        std::this_thread::sleep_for(50ms);
        left = true;
        return {};
    });
    const auto bus = startBus({}, { consumer });
    m_probe->publish(u"k"_s);
    QVERIFY(entered.tryAcquire(1, patience));

    bus->stop();

    QVERIFY(left);
}

void BusSuite::aWatcherReadsWhatWasCommittedLast()
{
    const auto steps = [this] {
        const QMap<QString, int> published = m_probe->published();
        return std::accumulate(published.begin(), published.end(), 0);
    };
    // Given two nodes that keep the number of steps in memory
    std::array<std::atomic<int>, 2> known {};
    std::vector<std::unique_ptr<EventBus>> nodes;
    for (std::atomic<int> &each : known) {
        nodes.push_back(makeBus(m_probe->test(), {}));
        nodes.back()->watch(u"ticket.*"_s, [&] { each = steps(); });
        nodes.back()->start();
    }

    // When many publish at once
    Publishers publishers(*m_probe, 4, 50);
    publishers.join();

    // Then both know all of them
    QTRY_COMPARE_WITH_TIMEOUT(known[0].load(), steps(), patience);
    QTRY_COMPARE_WITH_TIMEOUT(known[1].load(), steps(), patience);
    for (const auto &node : nodes)
        node->stop();
}

#include "server/http/epoll_dispatcher.h"

#include <QEventLoop>
#include <QSocketNotifier>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <latch>
#include <semaphore>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

// Runs a piece of work inside a thread whose event loop is the dispatcher, and waits for what it leads to.
class Looped
{
public:
    Looped()
    {
        m_thread.setEventDispatcher(new EpollDispatcher);
        m_context.moveToThread(&m_thread);
        m_thread.start();
    }
    ~Looped()
    {
        m_thread.quit();
        m_thread.wait();
    }
    Looped(const Looped &) = delete;
    Looped &operator=(const Looped &) = delete;

    void run(std::function<void()> work)
    {
        QMetaObject::invokeMethod(&m_context, std::move(work), Qt::BlockingQueuedConnection);
    }
    void post(std::function<void()> work)
    {
        QMetaObject::invokeMethod(&m_context, std::move(work), Qt::QueuedConnection);
    }
    [[nodiscard]] QThread &thread() { return m_thread; }

private:
    QThread m_thread;
    QObject m_context;
};

class Pipe
{
public:
    Pipe() { m_isOpen = ::pipe(m_ends.data()) == 0; }
    ~Pipe()
    {
        ::close(m_ends[0]);
        ::close(m_ends[1]);
    }
    Pipe(const Pipe &) = delete;
    Pipe &operator=(const Pipe &) = delete;

    [[nodiscard]] int readEnd() const { return m_ends[0]; }
    [[nodiscard]] int writeEnd() const { return m_ends[1]; }
    [[nodiscard]] bool put() const { return m_isOpen && ::write(m_ends[1], "x", 1) == 1; }
    [[nodiscard]] bool take() const
    {
        char byte = 0;
        return ::read(m_ends[0], &byte, 1) == 1;
    }

private:
    std::array<int, 2> m_ends {};
    bool m_isOpen = false;
};

} // namespace

class EpollDispatcherTest : public QObject
{
    Q_OBJECT

private slots:
    void postedEventsWakeTheLoop();
    void timersFireInOrder();
    void aRepeatingTimerRepeatsUntilItIsStopped();
    void aTimerMayEndItselfAndOthers();
    void anIdleTimerDoesNotStarveDescriptors();
    void aTimerDoesNotFireWithinItself();
    void readinessIsToldUntilItIsUsed();
    void aDisabledNotifierIsQuiet();
    void aNumberMayBeUsedAgain();
    void aNotifierMayEndAnotherThatIsReadyToo();
    void theOtherEndsEndIsNews();
    void theThreadQuits();
};

void EpollDispatcherTest::postedEventsWakeTheLoop()
{
    constexpr int perThread = 20'000;
    Looped loop;
    int seen = 0;
    std::binary_semaphore done(0);

    std::vector<std::jthread> posters;
    for (int i = 0; i < 4; ++i) {
        posters.emplace_back([&] {
            for (int j = 0; j < perThread; ++j) {
                loop.post([&] {
                    if (++seen == 4 * perThread)
                        done.release();
                });
            }
        });
    }

    QVERIFY(done.try_acquire_for(20s));
    QCOMPARE(seen, 4 * perThread);

    // One at a time as well, when the loop has gone to sleep in between, and from within.
    for (int i = 0; i < 200; ++i) {
        loop.post([&] { loop.post([&] { done.release(); }); });
        QVERIFY(done.try_acquire_for(5s));
    }
}

void EpollDispatcherTest::timersFireInOrder()
{
    Looped loop;
    QList<int> order;
    std::binary_semaphore done(0);

    loop.run([&] {
        for (const int delay : { 60, 20, 40, 0 }) {
            QTimer::singleShot(delay, Qt::PreciseTimer, [&, delay] {
                order.append(delay);
                if (delay == 60)
                    done.release();
            });
        }
    });

    QVERIFY(done.try_acquire_for(5s));
    QCOMPARE(order, (QList<int> { 0, 20, 40, 60 }));
}

void EpollDispatcherTest::aRepeatingTimerRepeatsUntilItIsStopped()
{
    Looped loop;
    std::unique_ptr<QTimer> timer;
    std::atomic<int> fired = 0;
    int remaining = 0;
    loop.run([&] {
        timer = std::make_unique<QTimer>();
        QObject::connect(timer.get(), &QTimer::timeout, timer.get(), [&] { ++fired; });
        timer->start(10);
        remaining = timer->remainingTime();
    });
    QVERIFY(remaining > 0 && remaining <= 10);
    QTRY_VERIFY(fired >= 3);

    int stopped = 0;
    loop.run([&] {
        timer->stop();
        stopped = fired;
    });
    QTest::qWait(50);
    QCOMPARE(fired.load(), stopped);
    loop.run([&] { timer.reset(); });
}

void EpollDispatcherTest::aTimerMayEndItselfAndOthers()
{
    Looped loop;
    std::vector<std::unique_ptr<QTimer>> timers;
    int fired = 0;
    std::binary_semaphore done(0);

    // Ten that are due at the same moment: the first one to fire ends them all.
    loop.run([&] {
        for (int i = 0; i < 10; ++i) {
            timers.push_back(std::make_unique<QTimer>());
            QObject::connect(timers.back().get(), &QTimer::timeout, [&] {
                ++fired;
                for (std::unique_ptr<QTimer> &timer : timers)
                    timer->stop();
                QTimer::singleShot(30, [&] { done.release(); });
            });
            timers.back()->start(5);
        }
        QThread::msleep(10);
    });

    QVERIFY(done.try_acquire_for(5s));
    QCOMPARE(fired, 1);
    loop.run([&] { timers.clear(); });
}

void EpollDispatcherTest::anIdleTimerDoesNotStarveDescriptors()
{
    Looped loop;
    const Pipe pipe;
    std::unique_ptr<QTimer> idle;
    std::unique_ptr<QSocketNotifier> notifier;
    std::counting_semaphore<> received(0);
    loop.run([&] {
        idle = std::make_unique<QTimer>();
        idle->start(0);
        notifier = std::make_unique<QSocketNotifier>(pipe.readEnd(), QSocketNotifier::Read);
        QObject::connect(notifier.get(), &QSocketNotifier::activated, [&] {
            if (pipe.take())
                received.release();
        });
    });

    for (int i = 0; i < 100; ++i) {
        QVERIFY(pipe.put());
        QVERIFY(received.try_acquire_for(5s));
    }
    loop.run([&] {
        idle.reset();
        notifier.reset();
    });
}

void EpollDispatcherTest::aTimerDoesNotFireWithinItself()
{
    Looped loop;
    int depth = 0;
    int deepest = 0;
    std::unique_ptr<QTimer> timer;
    std::binary_semaphore done(0);
    loop.run([&] {
        timer = std::make_unique<QTimer>();
        QObject::connect(timer.get(), &QTimer::timeout, [&] {
            deepest = std::max(deepest, ++depth);
            QEventLoop inner;
            QTimer::singleShot(30, &inner, &QEventLoop::quit);
            inner.exec();
            --depth;
            timer->stop();
            done.release();
        });
        timer->start(1);
    });

    QVERIFY(done.try_acquire_for(5s));
    QCOMPARE(deepest, 1);
    loop.run([&] { timer.reset(); });
}

void EpollDispatcherTest::readinessIsToldUntilItIsUsed()
{
    Looped loop;
    const Pipe pipe;
    std::unique_ptr<QSocketNotifier> notifier;
    int told = 0;
    std::binary_semaphore done(0);
    loop.run([&] {
        notifier = std::make_unique<QSocketNotifier>(pipe.readEnd(), QSocketNotifier::Read);
        QObject::connect(notifier.get(), &QSocketNotifier::activated, [&] {
            if (++told == 3 && pipe.take())
                done.release();
        });
    });

    QVERIFY(pipe.put());

    QVERIFY(done.try_acquire_for(5s));
    loop.run([&] {
        QCOMPARE(told, 3);
        notifier.reset();
    });
}

void EpollDispatcherTest::aDisabledNotifierIsQuiet()
{
    Looped loop;
    const Pipe pipe;
    std::unique_ptr<QSocketNotifier> reader;
    std::unique_ptr<QSocketNotifier> writer;
    std::atomic<int> reads = 0;
    std::atomic<int> writes = 0;
    loop.run([&] {
        reader = std::make_unique<QSocketNotifier>(pipe.readEnd(), QSocketNotifier::Read);
        QObject::connect(reader.get(), &QSocketNotifier::activated, [&] { reads += pipe.take() ? 1 : 0; });
        reader->setEnabled(false);
        writer = std::make_unique<QSocketNotifier>(pipe.writeEnd(), QSocketNotifier::Write);
        QObject::connect(writer.get(), &QSocketNotifier::activated, [&] {
            ++writes;
            writer->setEnabled(false);
        });
    });
    QVERIFY(pipe.put());
    QTRY_COMPARE(writes.load(), 1);
    QTest::qWait(30);
    QCOMPARE(reads.load(), 0);
    QCOMPARE(writes.load(), 1);

    loop.run([&] {
        reader->setEnabled(true);
        writer->setEnabled(true);
    });

    QTRY_COMPARE(reads.load(), 1);
    QTRY_COMPARE(writes.load(), 2);
    loop.run([&] {
        reader.reset();
        writer.reset();
    });
}

void EpollDispatcherTest::aNumberMayBeUsedAgain()
{
    // The kernel hands out the lowest free number: each round's pipe is the last one's again.
    Looped loop;
    for (int i = 0; i < 100; ++i) {
        auto pipe = std::make_unique<Pipe>();
        std::unique_ptr<QSocketNotifier> notifier;
        std::binary_semaphore received(0);
        loop.run([&] {
            notifier = std::make_unique<QSocketNotifier>(pipe->readEnd(), QSocketNotifier::Read);
            QObject::connect(notifier.get(), &QSocketNotifier::activated, [&] {
                if (pipe->take())
                    received.release();
            });
        });
        QVERIFY(pipe->put());
        QVERIFY(received.try_acquire_for(5s));
        loop.run([&] {
            notifier.reset();
            pipe.reset();
        });
    }
}

void EpollDispatcherTest::aNotifierMayEndAnotherThatIsReadyToo()
{
    Looped loop;
    std::array<Pipe, 8> pipes;
    std::vector<std::unique_ptr<QSocketNotifier>> notifiers;
    std::atomic<int> told = 0;
    for (const Pipe &pipe : pipes)
        QVERIFY(pipe.put());

    // All are ready when the loop first looks; whichever is told first ends them all.
    loop.run([&] {
        for (const Pipe &pipe : pipes) {
            notifiers.push_back(std::make_unique<QSocketNotifier>(pipe.readEnd(), QSocketNotifier::Read));
            QObject::connect(notifiers.back().get(), &QSocketNotifier::activated, [&] {
                ++told;
                for (std::unique_ptr<QSocketNotifier> &notifier : notifiers)
                    notifier->setEnabled(false);
            });
        }
    });

    QTRY_COMPARE(told.load(), 1);
    QTest::qWait(30);
    QCOMPARE(told.load(), 1);
    loop.run([&] { notifiers.clear(); });
}

void EpollDispatcherTest::theOtherEndsEndIsNews()
{
    Looped loop;
    std::array<int, 2> ends {};
    QCOMPARE(::pipe(ends.data()), 0);
    std::unique_ptr<QSocketNotifier> notifier;
    std::binary_semaphore told(0);
    loop.run([&] {
        notifier = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
        QObject::connect(notifier.get(), &QSocketNotifier::activated, [&] {
            notifier->setEnabled(false);
            told.release();
        });
    });

    ::close(ends[1]);

    QVERIFY(told.try_acquire_for(5s));
    loop.run([&] { notifier.reset(); });
    ::close(ends[0]);
}

void EpollDispatcherTest::theThreadQuits()
{
    for (int i = 0; i < 200; ++i) {
        Looped loop;
        loop.thread().quit();
        QVERIFY(loop.thread().wait(5000));
    }
}

QTEST_GUILESS_MAIN(EpollDispatcherTest)
#include "epoll_dispatcher_test.moc"

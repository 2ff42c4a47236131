#include "server/events/postgres_bus.h"
#include "tests/server/events/bus_probe.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

#include <numeric>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

PostgresBus::Options optionsFor(const QString &url)
{
    PostgresBus::Options options { .url = url };
    options.policy.poll = 1h; // whoever needs it fails the test
    return options;
}

// What this program does when it is started as a node of its own: `consume URL` until it is killed, or
// `publish URL COUNT`, one event at a time.
int runNode(const QStringList &arguments)
{
    Database database({ .url = arguments.at(2), .workers = 2 });
    PostgresBus bus(database, optionsFor(arguments.at(2)));
    if (arguments.at(1) == "consume"_L1) {
        bus.subscribe(BusProbe::recorder(u"matching"_s));
        bus.start();
        puts("ready");
        fflush(stdout);
        getchar();
        return 0;
    }
    bus.start();
    for (int i = 0; i < arguments.at(3).toInt(); ++i) {
        const auto published = database.transact(BusProbe::publisher, [&](Session &session) {
            return BusProbe::publish(session, u"key-%1"_s.arg(i % 5));
        });
        if (!published)
            return 1;
        QThread::msleep(3);
    }
    return 0;
}

class NodeProcess
{
public:
    explicit NodeProcess(const QStringList &arguments)
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QCoreApplication::applicationFilePath(), arguments);
    }
    ~NodeProcess() { kill(); }
    NodeProcess(const NodeProcess &) = delete;
    NodeProcess &operator=(const NodeProcess &) = delete;

    bool isReady() { return m_process.waitForReadyRead(30'000); }
    void kill()
    {
        m_process.kill(); // SIGKILL: nothing is tidied up
        m_process.waitForFinished();
    }
    bool succeeds() { return m_process.waitForFinished(60'000) && m_process.exitCode() == 0; }

private:
    QProcess m_process;
};

} // namespace

// Several processes on one database.
class BusNodesTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 30'000;
    std::unique_ptr<BusProbe> m_probe;

private slots:
    void init() { m_probe = std::make_unique<BusProbe>(); }
    void cleanup() { m_probe.reset(); }

    void aCommitOnOneNodeWakesTheConsumersOfAnother()
    {
        PostgresBus bus(m_probe->database(), optionsFor(m_probe->test().url()));
        bus.subscribe(BusProbe::recorder(u"matching"_s));
        bus.start();

        NodeProcess publisher({ u"publish"_s, m_probe->test().url(), u"100"_s });

        QVERIFY(publisher.succeeds());
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->count(u"matching"_s), 100, patience);
        QCOMPARE(m_probe->audit(u"matching"_s), QString());
    }

    void aCommitOnOneNodeIsSeenByTheWatchersOfAnother()
    {
        PostgresBus bus(m_probe->database(), optionsFor(m_probe->test().url()));
        std::atomic<int> known = 0;
        bus.watch(toQString(Probed::type), [&] {
            const QMap<QString, int> steps = m_probe->published();
            known = std::accumulate(steps.begin(), steps.end(), 0);
        });
        bus.start();

        NodeProcess publisher({ u"publish"_s, m_probe->test().url(), u"100"_s });

        QVERIFY(publisher.succeeds());
        QTRY_COMPARE_WITH_TIMEOUT(known.load(), 100, patience);
        bus.stop();
    }

    void killedNodesLoseNothingAndRepeatNothing()
    {
        QRandomGenerator random(1);
        std::atomic<bool> done = false;
        std::thread publisher([&] {
            for (int i = 0; !done; ++i)
                m_probe->publish(u"key-%1"_s.arg(i % 7));
        });
        for (int i = 0; i < 10; ++i) {
            NodeProcess one({ u"consume"_s, m_probe->test().url() });
            NodeProcess other({ u"consume"_s, m_probe->test().url() });
            const bool ready = one.isReady();
            QThread::usleep(random.bounded(100'000U));
            one.kill(); // wherever it is
            QVERIFY(ready);
        }
        done = true;
        publisher.join();
        QVERIFY(m_probe->count(u"matching"_s) > 0);

        NodeProcess last({ u"consume"_s, m_probe->test().url() });

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->audit(u"matching"_s), QString(), patience);
    }
};

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() > 2 && (arguments.at(1) == "consume"_L1 || arguments.at(1) == "publish"_L1))
        return runNode(arguments);
    BusNodesTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "bus_nodes_test.moc"

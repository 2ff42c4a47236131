#include "server/db/cluster.h"
#include "server/db/embedded_migrations.h"
#include "server/events/postgres_bus.h"
#include "tests/server/events/bus_probe.h"
#include "tests/support/why.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// The consumers go on when PostgreSQL comes back, wherever it was killed.
class BusRestartTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 60'000;

private slots:
    void aKilledDatabaseLosesAndRepeatsNothing()
    {
        const QTemporaryDir directory(u"/tmp/bus-XXXXXX"_s); // short: it holds a socket
        const auto cluster = ManagedCluster::start({ .dataDir = directory.path() });
        QVERIFY2(cluster, why(cluster));
        const auto migrated
            = Migrator({ (*cluster)->ownerUrl(), ManagedCluster::serverRole() }, embeddedMigrations())
                  .migrate();
        QVERIFY2(migrated, why(migrated));
        Database database({ .url = (*cluster)->url(), .workers = 2 });
        BusProbe probe(database, (*cluster)->ownerUrl());
        PostgresBus bus(database, { .url = (*cluster)->url() });
        bus.subscribe(BusProbe::recorder(u"first"_s));
        bus.subscribe(BusProbe::recorder(u"second"_s));
        bus.start();

        std::atomic<int> acknowledged = 0;
        std::atomic<bool> done = false;
        std::vector<std::thread> publishers;
        for (int i = 0; i < 4; ++i)
            publishers.emplace_back([&, i] {
                for (int n = 0; !done; ++n) {
                    const auto published = database.transact(BusProbe::publisher, [&](Session &session) {
                        return BusProbe::publish(session, u"key-%1-%2"_s.arg(i).arg(n % 3));
                    });
                    if (published)
                        ++acknowledged;
                }
            });
        for (int round = 0; round < 4; ++round) {
            const int before = acknowledged;
            QTRY_VERIFY_WITH_TIMEOUT(
                acknowledged > before + 100, patience
            ); // it is up, and something is under way
            kill(static_cast<pid_t>((*cluster)->pid()), SIGKILL);
        }
        const int before = acknowledged;
        QTRY_VERIFY_WITH_TIMEOUT(acknowledged > before + 100, patience);
        done = true;
        for (std::thread &publisher : publishers)
            publisher.join();

        int stored = 0;
        for (const int steps : probe.published())
            stored += steps;
        QVERIFY(stored >= acknowledged); // a commit whose answer was lost may have happened
        QTRY_COMPARE_WITH_TIMEOUT(probe.audit(u"first"_s), QString(), patience);
        QTRY_COMPARE_WITH_TIMEOUT(probe.audit(u"second"_s), QString(), patience);
        const auto health = bus.health();
        QVERIFY2(health, why(health));
        for (const GroupHealth &group : *health)
            QCOMPARE(group.dead, 0);
    }
};

QTEST_GUILESS_MAIN(BusRestartTest)

#include "bus_restart_test.moc"

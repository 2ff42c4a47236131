#include "server/db/cluster.h"

#include "server/db/connection.h"
#include "server/db/database.h"
#include "server/db/migrator.h"
#include "tests/support/why.h"

#include <QDir>
#include <QProcess>
#include <QSet>
#include <QSignalSpy>
#include <QStorageInfo>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/mount.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Migration noteTable { u"note"_s,
                            1,
                            u"001_note"_s,
                            "create table note.note (number bigint constraint note_key primary key); create "
                            "table note.filler (text text)" };

const Statement storeNote { "test.storeNote", "insert into note.note (number) values ($1)" };
const Statement fetchNotes { "test.fetchNotes", "select number from note.note order by number" };
const Statement storeFiller {
    "test.storeFiller",
    "insert into note.filler select repeat(md5(n::text), 100) from generate_series(1, 1000) n"
};
const Statement logFiller { "test.logFiller",
                            "select pg_logical_emit_message(true, 'filler', repeat('x', 1000000))" };
const Statement whoAmI { "test.whoAmI", "select session_user || ' as ' || current_user" };

Result<qint64> store(Database &database, qint64 number)
{
    return database.transact("squad_note", [&](Session &session) -> Result<qint64> {
        TRY(session.exec(storeNote, number));
        return number;
    });
}

Result<QList<qint64>> notes(Database &database)
{
    return database.transact("squad_note", [](Session &session) { return session.many<qint64>(fetchNotes); });
}

// The cluster in a process of its own, to be killed.
class Host
{
public:
    explicit Host(const QString &directory)
    {
        m_process.start(QStringLiteral(CLUSTER_HOST), { directory });
        m_process.waitForReadyRead(60'000);
        said = QString::fromUtf8(m_process.readLine()).trimmed();
    }
    ~Host() { kill(); }
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;

    [[nodiscard]] pid_t postmaster() const { return said.section(u' ', 1).toInt(); }
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }

    QString said;

private:
    QProcess m_process;
};

// The dead whom nobody has collected yet still have a number, but no program.
bool isAlive(pid_t pid)
{
    return !QFile::symLinkTarget(u"/proc/%1/exe"_s.arg(pid)).isEmpty();
}

} // namespace

// The private PostgreSQL under everything that happens to a server on a real machine. Durability is on here.
class ClusterTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        // Not below our own directory: PostgreSQL's user must be able to get there.
        QVERIFY(m_directory.isValid());
        QVERIFY(QFile::setPermissions(
            m_directory.path(), QFile::permissions(m_directory.path()) | QFile::ExeOther | QFile::ExeGroup
        ));
    }

    void init() { m_data = m_directory.filePath(QLatin1String(QTest::currentTestFunction())); }

    // A killed server leaves its socket's directory for the next one, which these directories never see.
    void cleanup()
    {
        if (const auto directory = DataDirectory::take(m_data))
            directory->removeSockets();
    }

    void firstStartCreatesAPrivateDurableCluster()
    {
        const auto cluster = ManagedCluster::start({ .dataDir = m_data });
        QVERIFY2(cluster, why(cluster));

        const auto connection = *Connection::open((*cluster)->url());
        const auto setting = [&](const char *name) {
            Rows rows = *connection->script(QByteArray("show ") + name);
            rows.next();
            return rows.text(0).toByteArray();
        };
        QCOMPARE(setting("listen_addresses"), QByteArray());
        QCOMPARE(setting("data_checksums"), "on");
        QCOMPARE(setting("fsync"), "on");
        QCOMPARE(setting("synchronous_commit"), "on");
        QCOMPARE(setting("full_page_writes"), "on");
        QCOMPARE(setting("server_encoding"), "UTF8");
        QCOMPARE(setting("max_connections"), "100");
        QCOMPARE(setting("TimeZone"), "UTC");
        const QFileInfo cluster15(m_data + "/postgres"_L1);
        QVERIFY(cluster15.ownerId() != 0);
        QCOMPARE(
            cluster15.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::ExeOther),
            QFile::Permissions()
        );
    }

    void theServersLoginHasNoRightsOfItsOwn()
    {
        const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
        QVERIFY(Migrator({ cluster->ownerUrl(), ManagedCluster::serverRole() }, { noteTable }).migrate());
        const auto connection = *Connection::open(cluster->url());

        QVERIFY(!connection->script("select * from note.note"));
        QVERIFY(!connection->script("create table note.other (n int)"));
        QVERIFY(!connection->script("create schema mine"));
        QVERIFY(!connection->script("create role mine"));

        Database database({ .url = cluster->url(), .workers = 1 });
        const auto name
            = database.transact("squad_note", [](Session &session) { return session.one<QString>(whoAmI); });
        QCOMPARE(name, u"squad_server as squad_note"_s);
    }

    void dataSurvivesARestart()
    {
        {
            const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
            QVERIFY(Migrator({ cluster->ownerUrl(), ManagedCluster::serverRole() }, { noteTable }).migrate());
            Database database({ .url = cluster->url(), .workers = 1 });
            QVERIFY(store(database, 7));
        }

        const auto cluster = *ManagedCluster::start({ .dataDir = m_data });

        Database database({ .url = cluster->url(), .workers = 1 });
        QCOMPARE(*notes(database), QList<qint64> { 7 });
    }

    void stoppingLeavesNothingRunning()
    {
        auto cluster = *ManagedCluster::start({ .dataDir = m_data });
        const auto pid = static_cast<pid_t>(cluster->pid());
        QVERIFY(isAlive(pid));

        cluster.reset();

        QVERIFY(!isAlive(pid));
        QVERIFY(!QFile::exists(m_data + "/postgres/postmaster.pid"_L1));
    }

    void everyAcknowledgedCommitSurvivesKillMinusNine()
    {
        const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
        QVERIFY(Migrator({ cluster->ownerUrl(), ManagedCluster::serverRole() }, { noteTable }).migrate());
        Database database({ .url = cluster->url(), .workers = 1 });
        std::atomic<qint64> next = 0;
        std::atomic<bool> stop = false;
        std::mutex mutex;
        QSet<qint64> acknowledged;
        std::vector<std::jthread> writers;
        for (int i = 0; i < 4; ++i)
            writers.emplace_back([&] {
                while (!stop) {
                    if (const auto stored = store(database, ++next)) {
                        const std::lock_guard lock(mutex);
                        acknowledged.insert(*stored);
                    } else {
                        QCOMPARE(stored.error().kind, ProblemKind::unavailable);
                    }
                }
            });
        const auto acknowledgedMoreThan = [&](qsizetype count) {
            const std::lock_guard lock(mutex);
            return acknowledged.size() > count;
        };

        for (int round = 1; round <= 5; ++round) {
            // Each round waits until the database serves again, which is what recovering by itself means.
            QTRY_VERIFY_WITH_TIMEOUT(acknowledgedMoreThan(round * 200), 60'000);
            QTRY_VERIFY_WITH_TIMEOUT(cluster->pid() > 0, 60'000);
            const auto pid = static_cast<pid_t>(cluster->pid());
            QCOMPARE(::kill(pid, SIGKILL), 0);
            QTRY_VERIFY_WITH_TIMEOUT(cluster->pid() != pid, 60'000);
        }
        QTRY_VERIFY_WITH_TIMEOUT(acknowledgedMoreThan(1400), 60'000);
        stop = true;
        writers.clear();

        // The writers may have had enough before the last kill: then the database is still coming back.
        Result<QList<qint64>> stored = notes(database);
        QTRY_VERIFY_WITH_TIMEOUT((stored = notes(database)).has_value(), 60'000);
        const QSet<qint64> found(stored->begin(), stored->end());
        QVERIFY2((acknowledged - found).isEmpty(), "an acknowledged commit is gone");
    }

    void aBackendThatOutlivesItsPostmasterIsNoObstacle()
    {
        const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
        const auto connection = *Connection::open(cluster->url());
        Rows rows = *connection->script("select pg_backend_pid()");
        rows.next();
        const auto backend = static_cast<pid_t>(rows.text(0).toByteArray().toInt());
        const auto postmaster = static_cast<pid_t>(cluster->pid());
        // It holds the shared memory, and does not learn that it is alone.
        QCOMPARE(::kill(backend, SIGSTOP), 0);

        QCOMPARE(::kill(postmaster, SIGKILL), 0);

        QTRY_VERIFY_WITH_TIMEOUT(Connection::open(cluster->url()), 60'000);
        QVERIFY(cluster->pid() != postmaster);
        QVERIFY(!isAlive(backend));
    }

    void aPostgresqlThatIsKilledAgainAndAgainIsNotGivenUp()
    {
        const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
        QSignalSpy gaveUp(cluster.get(), &ManagedCluster::gaveUp);
        for (int i = 0; i < 12; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(Connection::open(cluster->url()), 60'000);
            ::kill(static_cast<pid_t>(cluster->pid()), SIGKILL);
        }
        QTRY_VERIFY_WITH_TIMEOUT(Connection::open(cluster->url()), 60'000);
        QCOMPARE(gaveUp.count(), 0);
    }

    void aKilledServerTakesItsClusterAlong()
    {
        Host host(m_data);
        QVERIFY2(host.said.startsWith("running"_L1), qPrintable(host.said));
        const pid_t postmaster = host.postmaster();
        QVERIFY(isAlive(postmaster));

        host.kill();

        QTRY_VERIFY(!isAlive(postmaster));
    }

    void aServerStartsWhileTheKilledOnesClusterIsStillStopping()
    {
        for (int i = 0; i < 3; ++i) {
            Host host(m_data);
            QVERIFY2(host.said.startsWith("running"_L1), qPrintable(host.said));
            host.kill();
        }

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY2(cluster, why(cluster));
    }

    void aSecondServerOnTheDirectoryIsRefused()
    {
        const Host host(m_data);
        QVERIFY2(host.said.startsWith("running"_L1), qPrintable(host.said));

        const auto second = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY(!second);
        QVERIFY2(second.error().detail.contains("Another server (process "_L1), why(second));
        QVERIFY(isAlive(host.postmaster()));
    }

    void lockFilesThatNameSomebodyElseAreNoObstacle()
    {
        QVERIFY(ManagedCluster::start({ .dataDir = m_data }));
        QProcess other;
        {
            const auto directory = DataDirectory::take(m_data);
            QVERIFY2(directory, why(directory));
            QVERIFY(directory->prepareSockets());
            // A living process of PostgreSQL's own user: no other is taken for a predecessor.
            other.setChildProcessModifier(directory->user().becomeInChild(SIGKILL));
            other.start(u"sleep"_s, { u"600"_s });
            QVERIFY(other.waitForStarted());
            for (const QString &path : { directory->cluster() + "/postmaster.pid"_L1,
                                         directory->sockets() + "/.s.PGSQL.5432.lock"_L1 }) {
                QFile stale(path);
                QVERIFY(stale.open(QIODevice::WriteOnly));
                stale.write(QByteArray::number(other.processId()) + "\n" + m_data.toUtf8() + "/postgres\n");
            }
        }

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY2(cluster, why(cluster));
    }

    void anInterruptedCreationIsStartedOver()
    {
        QVERIFY(QDir().mkpath(m_data + "/postgres.new/base"_L1));
        QFile half(m_data + "/postgres.new/PG_VERSION"_L1);
        QVERIFY(half.open(QIODevice::WriteOnly));

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY2(cluster, why(cluster));
        QVERIFY(!QFile::exists(half.fileName()));
    }

    void somethingElseInItsPlaceIsLeftAlone()
    {
        QVERIFY(QDir().mkpath(m_data + "/postgres/photos"_L1));

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY(!cluster);
        QVERIFY2(cluster.error().detail.contains("is in the way"_L1), why(cluster));
        QVERIFY(QDir(m_data + "/postgres/photos"_L1).exists());
    }

    void aClusterOfAnotherVersionIsRefusedWithAdvice()
    {
        QVERIFY(QDir().mkpath(m_data + "/postgres"_L1));
        QFile version(m_data + "/postgres/PG_VERSION"_L1);
        QVERIFY(version.open(QIODevice::WriteOnly));
        version.write("9\n");
        version.close();

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY(!cluster);
        QVERIFY2(cluster.error().detail.contains("postgresql-9"_L1), why(cluster));
    }

    void aClusterThatCannotStartSaysWhy()
    {
        QVERIFY(ManagedCluster::start({ .dataDir = m_data }));
        QVERIFY(QFile::remove(m_data + "/postgres/global/pg_control"_L1));

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY(!cluster);
        QVERIFY2(cluster.error().detail.contains("pg_control"_L1), why(cluster));
    }

    void aClusterThatDoesNotComeBackIsGivenUp()
    {
        const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
        QSignalSpy gaveUp(cluster.get(), &ManagedCluster::gaveUp);
        QVERIFY(QFile::remove(m_data + "/postgres/global/pg_control"_L1));

        ::kill(static_cast<pid_t>(cluster->pid()), SIGKILL);

        QVERIFY(gaveUp.wait(180'000));
        QVERIFY(gaveUp.first().first().toString().contains("pg_control"_L1));
    }

    void aLongPathIsNoProblemForTheSocket()
    {
        const QString deep = m_data + u'/' + QString(100, u'd') + u'/' + QString(100, u'e');

        const auto cluster = ManagedCluster::start({ .dataDir = deep });

        QVERIFY2(cluster, why(cluster));
    }

    void aSocketDirectoryOfSomebodyElseIsRefused()
    {
        const DataDirectory directory = *DataDirectory::take(m_data);
        QVERIFY(directory.prepareSockets());
        QVERIFY(QFile::setPermissions(
            directory.sockets(), QFile::permissions(directory.sockets()) | QFile::ReadOther
        ));

        const auto prepared = directory.prepareSockets();

        QVERIFY(!prepared);
        QVERIFY2(prepared.error().detail.contains(directory.sockets()), why(prepared));
        directory.removeSockets();
    }

    void aFullDiskIsRefusedAtStart()
    {
        if (!mountSmallDisk("size=40m"))
            QSKIP("Nobody here may mount a small disk.");

        const auto cluster = ManagedCluster::start({ .dataDir = m_data });

        QVERIFY(!cluster);
        QVERIFY2(cluster.error().detail.contains("The disk is full"_L1), why(cluster));
        unmount();
    }

    void aFullDiskMakesTheDatabaseUnavailableUntilThereIsRoom_data()
    {
        QTest::addColumn<const Statement *>("filler");
        // A table that cannot grow fails a statement; a write-ahead log that cannot grow takes PostgreSQL
        // down.
        QTest::newRow("table") << &storeFiller;
        QTest::newRow("log") << &logFiller;
    }

    void aFullDiskMakesTheDatabaseUnavailableUntilThereIsRoom()
    {
        QFETCH(const Statement *, filler);
        if (!mountSmallDisk("size=200m"))
            QSKIP("Nobody here may mount a small disk.");
        {
            const auto cluster = *ManagedCluster::start({ .dataDir = m_data });
            QVERIFY(Migrator({ cluster->ownerUrl(), ManagedCluster::serverRole() }, { noteTable }).migrate());
            Database database({ .url = cluster->url(), .workers = 1 });
            QSignalSpy gaveUp(cluster.get(), &ManagedCluster::gaveUp);
            QFile ballast(m_data + "/ballast"_L1);
            QVERIFY(ballast.open(QIODevice::WriteOnly));
            const qint64 room = QStorageInfo(m_data).bytesAvailable() - 30 * 1024 * 1024;
            QCOMPARE(ballast.write(QByteArray(room, 'x')), room);
            QVERIFY(ballast.flush());

            QSet<qint64> acknowledged;
            Result<qint64> stored = 0;
            for (qint64 number = 1; stored && number < 10'000; ++number) {
                stored = database.transact("squad_note", [&](Session &session) -> Result<qint64> {
                    TRY(session.exec(storeNote, number));
                    TRY(session.exec(*filler));
                    return number;
                });
                if (stored)
                    acknowledged.insert(*stored);
            }
            QVERIFY(!stored);
            QCOMPARE(stored.error().kind, ProblemKind::unavailable);

            QVERIFY(ballast.resize(0));
            qint64 later = 0;
            QTRY_VERIFY_WITH_TIMEOUT(store(database, --later), 90'000);
            const QList<qint64> found = *notes(database);
            QVERIFY((acknowledged - QSet<qint64>(found.begin(), found.end())).isEmpty());
            QCOMPARE(gaveUp.count(), 0);
        }
        unmount();
    }

private:
    // Takes root, and a system that lets root do it.
    bool mountSmallDisk(const char *size)
    {
        return geteuid() == 0 && QDir().mkpath(m_data)
            && mount("none", qPrintable(m_data), "tmpfs", 0, size) == 0;
    }

    void unmount() { QCOMPARE(umount2(qPrintable(m_data), MNT_DETACH), 0); }

    QTemporaryDir m_directory { u"/tmp/squad-cluster-test-XXXXXX"_s };
    QString m_data;
};

QTEST_GUILESS_MAIN(ClusterTest)
#include "cluster_test.moc"

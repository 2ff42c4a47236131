#include "server/db/cluster.h"

#include "server/db/connection.h"

#include <QDir>
#include <QLoggingCategory>
#include <QProcess>
#include <QSaveFile>

#include <csignal>
#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcCluster, "squad.cluster")

namespace {

constexpr qint64 megabyte = 1 << 20;
// Below one segment of the write-ahead log nothing can be committed any more.
constexpr qint64 leastFree = 16 * megabyte;
constexpr qint64 leastFreeToInitialise = 150 * megabyte;

const QString superuser = u"postgres"_s;
const QString ownerRole = u"squad_owner"_s;
const QString database = u"squad"_s;

tl::unexpected<Problem> refused(const QString &why)
{
    return fail(Problem::internal(why));
}

// An eighth of the machine's memory: PostgreSQL's manual advises a quarter where it has the machine to
// itself.
qint64 sharedBufferMegabytes()
{
    const qint64 memory = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / megabyte;
    return std::clamp<qint64>(memory / 8, 128, 2048);
}

} // namespace

Result<std::unique_ptr<ManagedCluster>> ManagedCluster::start(const Options &options)
{
    DataDirectory directory = TRY(DataDirectory::take(options.dataDir));
    PostgresBinaries binaries = TRY(PostgresBinaries::find(directory.cluster()));
    std::unique_ptr<ManagedCluster> cluster(
        new ManagedCluster(options, std::move(directory), std::move(binaries))
    );
    TRY(cluster->stopLeftOver());
    TRY(cluster->initialise());
    TRY(cluster->m_directory.prepareSockets());
    TRY(cluster->writeAccessRules());
    TRY(cluster->launch());
    TRY(cluster->createLogins());
    return cluster;
}

ManagedCluster::ManagedCluster(Options options, DataDirectory directory, PostgresBinaries binaries)
    : m_options(std::move(options))
    , m_directory(std::move(directory))
    , m_binaries(std::move(binaries))
{
}

ManagedCluster::~ManagedCluster()
{
    m_process.reset();
    m_directory.removeSockets();
}

QString ManagedCluster::url() const
{
    return urlOf(serverRole(), database);
}

QString ManagedCluster::ownerUrl() const
{
    return urlOf(ownerRole, database);
}

QString ManagedCluster::serverRole()
{
    return u"squad_server"_s;
}

QString ManagedCluster::urlOf(const QString &role, const QString &name) const
{
    return u"host=%1 port=5432 user=%2 dbname=%3"_s.arg(m_directory.sockets(), role, name);
}

// A server that was killed leaves its PostgreSQL in the middle of stopping.
Result<void> ManagedCluster::stopLeftOver() const
{
    const std::optional<qint64> left = m_directory.runningPostmaster();
    if (!left)
        return {};
    qCInfo(lcCluster) << "stopping PostgreSQL process" << *left << "of an earlier server";
    for (const int signal : { SIGINT, SIGQUIT }) {
        kill(static_cast<pid_t>(*left), signal);
        for (const auto end = std::chrono::steady_clock::now() + 60s;
             std::chrono::steady_clock::now() < end;) {
            if (!m_directory.runningPostmaster())
                return {};
            std::this_thread::sleep_for(10ms);
        }
    }
    return refused(u"An earlier server's PostgreSQL (process %1) does not stop."_s.arg(*left));
}

// Backends whose postmaster was killed notice when they next wait, which a long query does late and a stopped
// process never; until the last of them is gone its shared memory is in use and no postmaster starts. Nothing
// is lost with them: what they acknowledged is in the log.
void ManagedCluster::stopOrphans() const
{
    for (const auto &[signal, patience] : { std::pair(SIGQUIT, 5s), std::pair(SIGKILL, 30s) }) {
        for (const qint64 pid : m_directory.postgresProcesses())
            kill(static_cast<pid_t>(pid), signal);
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!m_directory.postgresProcesses().isEmpty() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(10ms);
    }
}

// Made beside its place and moved there when complete: an interrupted attempt leaves nothing that looks like
// a cluster.
Result<void> ManagedCluster::initialise() const
{
    const QString place = m_directory.cluster();
    const bool exists = QFile::exists(place + "/PG_VERSION"_L1);
    const qint64 needed = exists ? leastFree : leastFreeToInitialise;
    if (m_directory.freeBytes() < needed)
        return refused(
            u"The disk is full: %1 has %2 MB left, and PostgreSQL needs at least %3 MB. Make room, then start again."_s
                .arg(m_directory.path())
                .arg(m_directory.freeBytes() / megabyte)
                .arg(needed / megabyte)
        );
    if (exists)
        return {};
    if (QDir(place).exists() && !QDir(place).isEmpty())
        return refused(u"%1 is in the way: it holds something that is no PostgreSQL cluster."_s.arg(place));
    qCInfo(lcCluster).noquote() << "creating a database in" << place;
    QDir draft(place + ".new"_L1);
    if (!draft.removeRecursively() || !draft.mkpath(u"."_s))
        return refused(u"%1 cannot be created."_s.arg(draft.path()));
    TRY(m_directory.user().own(draft.path()));
    TRY(runInitdb(draft.path()));
    if (std::rename(QFile::encodeName(draft.path()).constData(), QFile::encodeName(place).constData()) != 0)
        return refused(u"%1 cannot be moved to its place."_s.arg(draft.path()));
    return {};
}

Result<void> ManagedCluster::runInitdb(const QString &place) const
{
    QProcess initdb;
    PostgresProcess::prepare(initdb, m_directory.user().becomeInChild(SIGKILL));
    initdb.start(
        m_binaries.program(u"initdb"_s),
        { u"--pgdata"_s,
          place,
          u"--username"_s,
          superuser,
          u"--auth"_s,
          u"peer"_s,
          u"--data-checksums"_s,
          // Text sorts by code point, on every system and after each of its updates alike; letters know their
          // case.
          u"--encoding"_s,
          u"UTF8"_s,
          u"--locale"_s,
          u"C"_s,
          u"--lc-ctype"_s,
          u"C.UTF-8"_s }
    );
    if (!initdb.waitForFinished(-1) || initdb.exitStatus() != QProcess::NormalExit || initdb.exitCode() != 0)
        return refused(u"PostgreSQL's initdb failed: %1"_s.arg(QString::fromUtf8(initdb.readAll()).trimmed())
        );
    return {};
}

// Who may log in: the user PostgreSQL runs as and the one the server runs as, as told by the kernel. Written
// at each start, because the server may have changed its user.
Result<void> ManagedCluster::writeAccessRules() const
{
    QStringList users { m_directory.user().name() };
    if (const passwd *self = getpwuid(geteuid())) // NOLINT(concurrency-mt-unsafe): at start-up only
        users += QString::fromLocal8Bit(self->pw_name);
    users.removeDuplicates();
    QString map;
    for (const QString &user : std::as_const(users)) {
        for (const QString &role : { superuser, ownerRole, serverRole() })
            map += u"squad \"%1\" %2\n"_s.arg(user, role);
    }
    const QString cluster = m_directory.cluster();
    for (const auto &[name, text] : { std::pair(u"/pg_hba.conf"_s, u"local all all peer map=squad\n"_s),
                                      std::pair(u"/pg_ident.conf"_s, map) }) {
        QSaveFile file(cluster + name);
        if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !file.commit())
            return refused(u"%1 cannot be written: %2"_s.arg(file.fileName(), file.errorString()));
        TRY(m_directory.user().own(file.fileName()));
    }
    return {};
}

Result<void> ManagedCluster::createLogins() const
{
    const std::unique_ptr<Connection> connection
        = TRY(Connection::open(urlOf(superuser, u"postgres"_s)).map_error(sqlProblem));
    // Creating a database takes seconds on a slow disk.
    TRY(connection->script("set statement_timeout = 0"));
    TRY(connection->script(R"sql(
        do $$ begin
            if not exists (select from pg_roles where rolname = 'squad_owner') then
                create role squad_owner login createrole;
            end if;
            if not exists (select from pg_roles where rolname = 'squad_server') then
                create role squad_server login noinherit;
                -- Broken constraints are everyday answers to the server, which logs what matters. With the customer's
                -- data in them they have no place in the log.
                alter role squad_server set log_min_messages = 'fatal';
            end if;
        end $$;
    )sql"));
    Rows found = TRY(connection->script("select from pg_database where datname = 'squad'"));
    if (!found.next())
        TRY(connection->script("create database squad owner squad_owner template template0"));
    TRY(connection->script(
        "revoke all on database squad from public; grant connect on database squad to squad_server"
    ));
    return {};
}

Result<void> ManagedCluster::launch()
{
    PostgresProcess::Command command {
        m_binaries.program(u"postgres"_s),
        arguments(),
        m_directory.user().becomeInChild(SIGINT), // a fast stop, when we are gone
        [this] {
            stopOrphans();
            m_directory.removeStaleLocks();
        },
        [this] { return m_directory.freeBytes() < leastFree; },
    };
    m_process = std::make_unique<PostgresProcess>(std::move(command), [this](const QString &why) {
        emit gaveUp(why);
    });
    const QByteArray url = urlOf(superuser, u"postgres"_s).toUtf8();
    auto said = std::chrono::steady_clock::now();
    while (PQping(url.constData()) != PQPING_OK) {
        if (const std::optional<QString> why = m_process->failureWithin(10ms))
            return refused(*why);
        if (std::chrono::steady_clock::now() > said + 5s) {
            qCInfo(lcCluster) << "PostgreSQL does not accept connections yet: recovering from a crash?";
            said = std::chrono::steady_clock::now();
        }
    }
    m_process->confirmStarted();
    return {};
}

// On the command line, so that no edited file can weaken them. Everything else may be tuned with ALTER
// SYSTEM.
QStringList ManagedCluster::arguments() const
{
    const QStringList pairs {
        u"listen_addresses="_s,
        u"port=5432"_s,
        u"unix_socket_directories="_s + m_directory.sockets(),
        u"unix_socket_permissions=0700"_s,
        u"fsync=on"_s,
        u"synchronous_commit=on"_s,
        u"full_page_writes=on"_s,
        u"max_connections=%1"_s.arg(m_options.maxConnections),
        u"shared_buffers=%1MB"_s.arg(sharedBufferMegabytes()),
        u"max_wal_size=2GB"_s,
        u"wal_compression=lz4"_s,
        u"jit=off"_s,
        u"timezone=UTC"_s,
        u"log_timezone=UTC"_s,
        u"logging_collector=off"_s,
        u"log_destination=stderr"_s,
        u"log_line_prefix="_s,
        u"log_checkpoints=off"_s,
        u"log_min_error_statement=panic"_s,
    };
    QStringList all { u"-D"_s, m_directory.cluster() };
    for (const QString &pair : pairs)
        all += { u"-c"_s, pair };
    return all;
}

#include "tests/support/test_database.h"

#include "server/db/connection.h"
#include "server/db/embedded_migrations.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDir>
#include <QProcess>

#include <atomic>

using namespace Qt::StringLiterals;

namespace {

// The directory of the run's PostgreSQL; its socket is in it.
QString clusterDirectory()
{
    static const QString directory = [] {
        if (const QString given = qEnvironmentVariable("SQUAD_TEST_CLUSTER"); !given.isEmpty())
            return given;
        const QString pid = QString::number(QCoreApplication::applicationPid());
        const QString own = "/tmp/squad-test-pid-"_L1 + pid;
        if (QProcess::execute(QStringLiteral(TEST_CLUSTER_SCRIPT), { u"start"_s, own, pid }) != 0)
            qFatal("The PostgreSQL for this test does not start.");
        return own;
    }();
    return directory;
}

QString urlOf(const QString &login, const QString &database)
{
    return u"host=%1 user=%2 dbname=%3"_s.arg(clusterDirectory(), login, database);
}

// As the superuser; a failure ends the program.
void administrate(const QString &database, const QByteArrayList &statements)
{
    const auto connection = Connection::open(urlOf(u"postgres"_s, database));
    if (!connection)
        qFatal("The test's PostgreSQL does not answer.");
    for (const QByteArray &statement : statements) {
        if (!(*connection)->script(statement))
            qFatal("%s", statement.constData());
    }
}

bool exists(Connection &connection, const QString &database)
{
    Result<Rows> rows
        = connection.script("select from pg_database where datname = '" + database.toUtf8() + "'");
    return rows && rows->next();
}

// Migrates the template unless another test of this run has done so already. It is named after the
// migrations, so that a PostgreSQL that outlives an edit of theirs never serves the old ones.
QString migratedTemplate()
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const QList<Migration> migrations = embeddedMigrations();
    for (const Migration &migration : migrations)
        hash.addData(migration.checksum());
    const QString name = "template_"_L1 + QString::fromLatin1(hash.result().toHex().first(12));

    const auto guard = Connection::open(urlOf(u"postgres"_s, u"postgres"_s));
    if (!guard
        || !(*guard)->script("set statement_timeout = 0; set lock_timeout = 0; select pg_advisory_lock(1)"))
        qFatal("The test's PostgreSQL does not answer.");
    if (exists(**guard, name))
        return name;
    administrate(
        u"postgres"_s,
        { "drop database if exists unfinished_template",
          "create database unfinished_template owner squad_owner" }
    );
    Migrator migrator({ urlOf(u"squad_owner"_s, u"unfinished_template"_s), u"squad_server"_s }, migrations);
    if (const Result<int> migrated = migrator.migrate(); !migrated)
        qFatal("The migrations fail: %s", qPrintable(migrated.error().detail));
    administrate(u"postgres"_s, { "alter database unfinished_template rename to " + name.toUtf8() });
    return name;
}

} // namespace

TestDatabase::TestDatabase(Content content)
{
    static std::atomic<int> count = 0;
    m_name = u"test_%1_%2"_s.arg(QCoreApplication::applicationPid()).arg(++count);
    const QString from = content == Content::migrated ? migratedTemplate() : u"template0"_s;
    administrate(
        u"postgres"_s, { u"create database %1 template %2 owner squad_owner"_s.arg(m_name, from).toUtf8() }
    );
    m_database = std::make_unique<Database>(Database::Options { .url = url(), .workers = 4 });
}

TestDatabase::~TestDatabase()
{
    m_database.reset();
    administrate(u"postgres"_s, { "drop database " + m_name.toUtf8() + " with (force)" });
}

QString TestDatabase::url() const
{
    return urlOf(u"squad_server"_s, m_name);
}

QString TestDatabase::ownerUrl() const
{
    return urlOf(u"squad_owner"_s, m_name);
}

QString TestDatabase::superuserUrl() const
{
    return urlOf(u"postgres"_s, m_name);
}

#include "server/db/migrator.h"

#include "server/db/connection.h"

#include <QCryptographicHash>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcMigrator, "squad.db")

namespace {

// Any number that nobody else locks in this database.
constexpr const char *takeLock = "select pg_advisory_xact_lock(7166125001)";

constexpr const char *createHistory = R"sql(
    create schema if not exists squad;
    create table if not exists squad.migration (
        schema text not null,
        number integer not null,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now(),
        constraint migration_key primary key (schema, number)
    );
)sql";

// Roles belong to the cluster: another database's migrator may create the same one at this moment.
constexpr const char *createRole = R"sql(
    do $$ begin
        if not exists (select from pg_roles where rolname = '%1') then create role %1 nologin; end if;
    exception when duplicate_object or unique_violation then null;
    end $$;
)sql";

constexpr const char *grantRole = R"sql(
    do $$ begin
        if not pg_has_role('%2', '%1', 'member') then grant %1 to %2; end if;
    end $$;
)sql";

constexpr const char *createSchema = R"sql(
    create schema if not exists %1;
    grant usage on schema %1 to squad_%1;
    alter default privileges in schema %1 grant select, insert, update, delete on tables to squad_%1;
    alter default privileges in schema %1 grant usage, select on sequences to squad_%1;
    alter default privileges in schema %1 grant execute on functions to squad_%1;
    alter default privileges revoke execute on functions from public;
)sql";

struct Applied
{
    QString schema;
    int number = 0;
    QString name;
    QByteArray checksum;
};

tl::unexpected<Problem> halted(const QString &why)
{
    qCCritical(lcMigrator).noquote() << why;
    return fail(Problem::internal(why));
}

QByteArray quoted(const QString &text)
{
    return '\'' + QString(text).replace(u'\'', "''"_L1).toUtf8() + '\'';
}

QByteArray filled(const char *sql, const QString &first, const QString &second = {})
{
    return QByteArray(sql).replace("%1", first.toUtf8()).replace("%2", second.toUtf8());
}

Result<QString> single(Connection &connection, const QByteArray &sql)
{
    Rows rows = TRY(connection.script(sql));
    if (!rows.next())
        return fail(Problem::internal(u"a query about the database itself returned nothing"_s));
    return readRow<QString>(rows);
}

// Everything between BEGIN and COMMIT, or nothing of it.
template <class Step>
Result<void> atomically(Connection &connection, Step &&step)
{
    TRY(connection.script("begin"));
    Result<void> done = step();
    if (done && !connection.isInTransaction())
        done = halted(u"a migration may not end its transaction itself"_s);
    if (done)
        return connection.script("commit").map([](const Rows &) {});
    if (connection.isConnected())
        static_cast<void>(connection.script("rollback"));
    return done;
}

} // namespace

QByteArray Migration::checksum() const
{
    return QCryptographicHash::hash(sql, QCryptographicHash::Sha256).toHex();
}

Migrator::Migrator(Logins logins, QList<Migration> migrations)
    : m_logins(std::move(logins))
    , m_migrations(std::move(migrations))
{
}

Result<int> Migrator::migrate()
{
    TRY(checkNumbers());
    const auto opened = Connection::open(m_logins.ownerUrl);
    if (!opened)
        return halted(u"The database cannot be reached: "_s + opened.error().message);
    const std::unique_ptr<Connection> &connection = *opened;
    // Waiting for another node's long migration is no failure. An empty search path turns a table that names
    // no schema into an error instead of a table in the wrong place.
    TRY(connection->script("set statement_timeout = 0; set lock_timeout = 0; set search_path = ''"));
    TRY(checkRights(*connection));
    if (m_logins.serverRole.isEmpty())
        m_logins.serverRole = TRY(single(*connection, "select current_user"));
    TRY(atomically(*connection, [&] { return prepareHistory(*connection); }));
    int count = 0;
    const QList<Migration> toRun = TRY(pending(*connection));
    for (const Migration &migration : toRun) {
        TRY(atomically(*connection, [&]() -> Result<void> {
            count += TRY(apply(*connection, migration)) ? 1 : 0;
            return {};
        }));
    }
    return count;
}

// Two of one number would be taken for one that has run.
Result<void> Migrator::checkNumbers() const
{
    QSet<std::pair<QString, int>> seen;
    for (const Migration &migration : m_migrations) {
        const std::pair key(migration.schema, migration.number);
        if (migration.number <= 0 || seen.contains(key))
            return halted(
                u"The migration %1/%2 needs a number of its own."_s.arg(migration.schema, migration.name)
            );
        seen.insert(key);
    }
    return {};
}

// Says what the login lacks before anything is changed.
Result<void> Migrator::checkRights(Connection &connection) const
{
    const int version = TRY(single(connection, "show server_version_num")).toInt();
    if (version < 150000)
        return halted(u"PostgreSQL 15 or newer is needed; this server is %1."_s.arg(version / 10000));
    const QString login = TRY(single(connection, "select current_user"));
    const bool mayCreate
        = TRY(single(connection, "select has_database_privilege(current_database(), 'create')")) == "t"_L1;
    if (!mayCreate)
        return halted(
            u"The database login %1 may not create schemas. As an administrator: GRANT CREATE ON DATABASE … TO %1"_s
                .arg(login)
        );
    QByteArrayList roles { "'squad_service'" };
    for (const QString &schema : schemas())
        roles += quoted("squad_"_L1 + schema);
    const QString missing = TRY(single(
        connection,
        "select coalesce(string_agg(name, ', '), '') from unnest(array[" + roles.join(',')
            + "]) name where not exists (select from pg_roles where rolname = name)"
    ));
    const bool mayCreateRoles
        = TRY(single(
              connection, "select rolsuper or rolcreaterole from pg_roles where rolname = current_user"
          ))
        == "t"_L1;
    if (!missing.isEmpty() && !mayCreateRoles)
        return halted(u"The database login %1 may not create the roles %2. As an administrator: ALTER ROLE "
                      u"%1 CREATEROLE, or create "
                      "them and grant them to %1 WITH ADMIN OPTION."_s.arg(login, missing));
    return {};
}

Result<void> Migrator::prepareHistory(Connection &connection) const
{
    TRY(connection.script(takeLock));
    TRY(connection.script(createHistory));
    TRY(connection.script(filled(createRole, u"squad_service"_s)));
    for (const QString &schema : schemas())
        TRY(prepareSchema(connection, schema));
    return {};
}

Result<void> Migrator::prepareSchema(Connection &connection, const QString &schema) const
{
    const QString role = "squad_"_L1 + schema;
    TRY(connection.script(filled(createRole, role)));
    TRY(connection.script(filled(grantRole, u"squad_service"_s, role)));
    TRY(connection.script(filled(grantRole, role, m_logins.serverRole)));
    TRY(connection.script(filled(createSchema, schema)));
    return {};
}

// What has not been run yet, after a check that what has been run is what this build knows.
Result<QList<Migration>> Migrator::pending(Connection &connection) const
{
    QList<Migration> toRun = m_migrations;
    Rows rows = TRY(connection.script(
        "select schema, number, name, checksum from squad.migration order by schema, number"
    ));
    while (rows.next()) {
        const Applied applied { QString::fromUtf8(rows.text(0)),
                                rows.text(1).toInt(),
                                QString::fromUtf8(rows.text(2)),
                                rows.text(3).toByteArray() };
        const auto known = std::ranges::find_if(toRun, [&](const Migration &each) {
            return each.schema == applied.schema && each.number == applied.number;
        });
        if (known == toRun.end())
            return halted(
                u"The database has been migrated by a newer version: it knows %1/%2. Update this server."_s
                    .arg(applied.schema, applied.name)
            );
        if (known->checksum() != applied.checksum)
            return halted(
                u"The migration %1/%2 is not the one that was run here. Migrations are never edited: add a new one."_s
                    .arg(known->schema, known->name)
            );
        toRun.erase(known);
    }
    return toRun;
}

// False: another node was faster.
Result<bool> Migrator::apply(Connection &connection, const Migration &migration) const
{
    TRY(connection.script(takeLock));
    const QByteArray key = quoted(migration.schema) + ", " + QByteArray::number(migration.number);
    const QString found = TRY(single(
        connection, "select count(*)::text from squad.migration where (schema, number) = (" + key + ")"
    ));
    if (found != "0"_L1)
        return false;
    qCInfo(lcMigrator).noquote() << "migrating" << migration.schema + u'/' + migration.name;
    if (!connection.script(migration.sql))
        return halted(u"The migration %1/%2 failed: %3"_s.arg(
            migration.schema, migration.name, connection.error().value_or(SqlError()).message
        ));
    TRY(connection.script(
        "insert into squad.migration (schema, number, name, checksum) values (" + key + ", "
        + quoted(migration.name) + ", '" + migration.checksum() + "')"
    ));
    return true;
}

QStringList Migrator::schemas() const
{
    QStringList names;
    for (const Migration &migration : m_migrations) {
        if (!names.contains(migration.schema))
            names += migration.schema;
    }
    return names;
}

#pragma once

#include "shared/core/result.h"

#include <QByteArray>
#include <QList>

class Connection;

// One step of a schema's history: server/<folder>/schema/NNN_name.sql, or below server/services.
struct Migration
{
    QString schema; // "ticket"
    int number = 0;
    QString name; // "001_ticket"
    QByteArray sql;

    [[nodiscard]] QByteArray checksum() const;
};

// Brings a database to the state the code expects. Each migration runs once, in order and in its own
// transaction; one that changed after it ran is refused, and so is a database that newer code has migrated.
// Two nodes may migrate at once: one does it, the other waits and finds it done.
//
// Every schema has a role squad_<schema> that may read and write its tables, use its sequences and call its
// functions; the login that migrates owns all of it, and no role can change a table's shape. All of them are
// members of squad_service, so that a migration can open a function to every service:
//
//     grant usage on schema bus to squad_service;
//     grant execute on function bus.publish(...) to squad_service;
//
// A migration that takes rights away (an audit log is append-only) says so itself: `revoke update, delete on
// … from …`.
class Migrator
{
public:
    struct Logins
    {
        QString ownerUrl; // who migrates; may create roles and schemas
        QString serverRole; // who serves, and becomes a member of the services' roles; empty: the owner
                            // serves too
    };

    Migrator(Logins logins, QList<Migration> migrations);

    // The number of migrations that this call has run.
    Result<int> migrate();

private:
    Result<void> checkNumbers() const;
    Result<void> checkRights(Connection &connection) const;
    Result<void> prepareHistory(Connection &connection) const;
    Result<QList<Migration>> pending(Connection &connection) const;
    Result<void> prepareSchema(Connection &connection, const QString &schema) const;
    Result<bool> apply(Connection &connection, const Migration &migration) const;
    [[nodiscard]] QStringList schemas() const;

    Logins m_logins;
    QList<Migration> m_migrations;
};

#include "server/db/connection.h"
#include "tests/support/test_database.h"

#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;

// Prepares every statement of the product against the schema of the product: a typo in SQL fails here, in
// seconds.
class StatementsTest : public QObject
{
    Q_OBJECT

private slots:
    void everyStatementFitsTheSchema()
    {
        QStringList wrong;

        for (const Statement *statement : Statement::all()) {
            if (!m_connection->script(QByteArray("prepare checked as ") + statement->sql()))
                wrong += QStringLiteral("%1: %2").arg(
                    QLatin1String(statement->name()), m_connection->error()->message
                );
            else
                QVERIFY(m_connection->script("deallocate checked"));
        }

        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    // A statement is named after its service, or after a part of it; its role must have the rights it takes.
    // EXPLAIN checks them all and runs nothing.
    void everyStatementIsAllowedToItsService()
    {
        QStringList wrong;

        for (const Statement *statement : Statement::all()) {
            const QString owner = QLatin1String(statement->name()).toString().section(u'.', 0, 0);
            const QStringList roles = rolesOf(owner);
            const bool isAllowed = std::ranges::any_of(roles, [&](const QString &role) {
                return isAllowedTo(role, *statement);
            });
            if (!isAllowed)
                wrong += u"%1: %2"_s.arg(QLatin1String(statement->name()), m_why);
        }

        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
    }

    // The name is also the prepared statement's: two of one name would meet on one connection.
    void namesAreUnique()
    {
        QSet<QByteArray> seen;

        for (const Statement *statement : Statement::all()) {
            QVERIFY2(!seen.contains(statement->name()), statement->name());
            seen.insert(statement->name());
        }
    }

private:
    static QStringList rolesOf(const QString &owner)
    {
        if (owner == "customer"_L1 || owner == "expert"_L1)
            return { u"squad_users"_s };
        if (owner == "bus"_L1 || owner == "http"_L1) // what every service may call, and what is theirs alone
            return { u"squad_ticket"_s, u"squad_"_s + owner };
        return { u"squad_"_s + owner };
    }

    bool isAllowedTo(const QString &role, const Statement &statement)
    {
        const bool prepared = m_connection->script("begin; set local role " + role.toUtf8())
            && m_connection->script(QByteArray("prepare checked as ") + statement.sql());
        bool allowed = false;
        if (prepared) {
            Rows rows
                = *m_connection->script("select cardinality(parameter_types) from pg_prepared_statements");
            rows.next();
            const QByteArrayList nulls(rows.text(0).toInt(), "null");
            const QByteArray arguments = nulls.isEmpty() ? QByteArray() : '(' + nulls.join(", ") + ')';
            allowed = m_connection->script("explain execute checked" + arguments).has_value();
        }
        m_why = m_connection->error().value_or(SqlError()).message;
        static_cast<void>(m_connection->script("rollback; deallocate all"));
        return allowed;
    }

    TestDatabase m_database;
    std::unique_ptr<Connection> m_connection = *Connection::open(m_database.superuserUrl());
    QString m_why;
};

QTEST_GUILESS_MAIN(StatementsTest)
#include "statements_test.moc"

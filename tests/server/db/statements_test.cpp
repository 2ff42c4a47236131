#include "server/db/connection.h"
#include "tests/support/test_database.h"

#include <QSet>
#include <QTest>

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
    TestDatabase m_database;
    std::unique_ptr<Connection> m_connection = *Connection::open(m_database.ownerUrl());
};

QTEST_GUILESS_MAIN(StatementsTest)
#include "statements_test.moc"

#include "server/db/sql_problem.h"

#include <QTest>

using namespace Qt::StringLiterals;

// What PostgreSQL's SQLSTATE means to the person who made the request.
class SqlProblemTest : public QObject
{
    Q_OBJECT

private slots:
    void everyStateHasItsKind_data()
    {
        QTest::addColumn<QByteArray>("state");
        QTest::addColumn<ProblemKind>("kind");
        QTest::newRow("unique") << QByteArray("23505") << ProblemKind::conflict;
        QTest::newRow("exclusion") << QByteArray("23P01") << ProblemKind::conflict;
        QTest::newRow("foreign key") << QByteArray("23503") << ProblemKind::notFound;
        QTest::newRow("check") << QByteArray("23514") << ProblemKind::invalidInput;
        QTest::newRow("not null, which only our own code can break")
            << QByteArray("23502") << ProblemKind::internal;
        QTest::newRow("too long") << QByteArray("22001") << ProblemKind::invalidInput;
        QTest::newRow("out of range") << QByteArray("22003") << ProblemKind::invalidInput;
        QTest::newRow("not UTF-8") << QByteArray("22021") << ProblemKind::invalidInput;
        QTest::newRow("NUL in JSON") << QByteArray("22P05") << ProblemKind::invalidInput;
        QTest::newRow("serialization") << QByteArray("40001") << ProblemKind::unavailable;
        QTest::newRow("dead-lock") << QByteArray("40P01") << ProblemKind::unavailable;
        QTest::newRow("lock timeout") << QByteArray("55P03") << ProblemKind::unavailable;
        QTest::newRow("statement timeout") << QByteArray("57014") << ProblemKind::unavailable;
        QTest::newRow("disk full") << QByteArray("53100") << ProblemKind::unavailable;
        QTest::newRow("too many connections") << QByteArray("53300") << ProblemKind::unavailable;
        QTest::newRow("I/O error") << QByteArray("58030") << ProblemKind::unavailable;
        QTest::newRow("shut down") << QByteArray("57P01") << ProblemKind::unavailable;
        QTest::newRow("crashed") << QByteArray("57P02") << ProblemKind::unavailable;
        QTest::newRow("starting") << QByteArray("57P03") << ProblemKind::unavailable;
        QTest::newRow("a standby") << QByteArray("25006") << ProblemKind::unavailable;
        QTest::newRow("no answer") << QByteArray() << ProblemKind::unavailable;
        QTest::newRow("syntax") << QByteArray("42601") << ProblemKind::internal;
        QTest::newRow("no such table") << QByteArray("42P01") << ProblemKind::internal;
        QTest::newRow("not allowed") << QByteArray("42501") << ProblemKind::internal;
        QTest::newRow("corrupt data") << QByteArray("XX001") << ProblemKind::internal;
    }

    void everyStateHasItsKind()
    {
        QFETCH(QByteArray, state);

        QTEST(sqlProblem({ state, {}, {}, {} }).kind, "kind");
    }

    void aConstraintIsNamedWithItsSchema()
    {
        const Problem problem = sqlProblem({ "23505", u"gateway"_s, u"account_email_is_unique"_s, {} });

        QCOMPARE(problem.code, u"gateway.account_email_is_unique"_s);
    }

    void whatTheServerSaidStaysInTheLog()
    {
        const Problem problem = sqlProblem({ "42P01", {}, {}, u"relation \"secret\" does not exist"_s });

        QVERIFY(!problem.detail.contains("secret"_L1));
    }

    void onlyLossAndRacesAreWorthRepeating()
    {
        QVERIFY(SqlError({ "40001", {}, {}, {} }).isTransient());
        QVERIFY(SqlError({ "40P01", {}, {}, {} }).isTransient());
        QVERIFY(!SqlError({ "23505", {}, {}, {} }).isTransient());
        QVERIFY(SqlError({ "57P01", {}, {}, {} }).isConnectionLost());
        QVERIFY(SqlError().isConnectionLost());
        QVERIFY(!SqlError({ "53100", {}, {}, {} }).isConnectionLost());
    }
};

QTEST_GUILESS_MAIN(SqlProblemTest)
#include "sql_problem_test.moc"

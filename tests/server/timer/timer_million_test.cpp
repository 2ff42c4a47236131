#include "server/db/connection.h"
#include "tests/server/timer/timer_probe.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// A million pending timers make nothing slower that happens more often than a count for the metrics.
class TimerMillionTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 120'000;
    static constexpr int dueCount = 5000;
    const Instant m_start = instantFromText(u"2026-11-23T09:00:00Z"_s).value();

private slots:
    void initTestCase()
    {
        // A node that planned its statements when the table was empty, which is the worst time for it.
        m_node = std::make_unique<TimerNode>(
            m_probe.database(),
            m_probe.test().url(),
            m_clock,
            TimerService::Options { .firing = { .safetyLook = 10min } }
        );
        m_node->start();
        for (int i = 0; i < 20; ++i) {
            m_probe.set(u"early-%1"_s.arg(i), m_start);
            QTRY_COMPARE_WITH_TIMEOUT(m_probe.heard().size(), i + 1, patience);
        }
        m_probe.administrate(R"sql(
            insert into timer.timer (owner, key, due_at, bus_key, trace_id, payload)
            select 'ticket', 'pending-' || n, '2026-11-24T09:00:00Z'::timestamptz + n * interval '1 second',
                'ticket-' || n, '', '{"stage": "arrive"}'
            from generate_series(1, 1000000) n;
        )sql");
    }

    void cleanupTestCase() { m_node.reset(); }

    void nothingReadsTheWholeTable()
    {
        const qint64 before = m_probe.number(scans("seq_scan"));
        const qint64 lookups = m_probe.number(scans("idx_scan"));

        QList<TimerProbe::Command> commands;
        for (int i = 0; i < dueCount; ++i) {
            commands += SetTimer { u"ticket"_s, u"due-%1"_s.arg(i), m_start + 1h, {} };
            commands += SetTimer { u"ticket"_s, u"gone-%1"_s.arg(i), m_start + 1h, {} };
        }
        m_probe.publish(commands);
        commands.clear();
        for (int i = 0; i < dueCount; ++i) {
            commands += CancelTimer { u"ticket"_s, u"gone-%1"_s.arg(i) };
            commands += CancelTimer { u"ticket"_s, u"pending-%1"_s.arg(1 + i) };
        }
        m_probe.publish(commands);
        QTRY_VERIFY_WITH_TIMEOUT(m_probe.isTakenIn(m_node->bus()), patience);
        m_clock.advance(1h);
        m_node->timers().wake();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe.heard().size(), 20 + dueCount, patience);

        // The database's own books, which follow after some seconds.
        QTRY_VERIFY_WITH_TIMEOUT(m_probe.number(scans("idx_scan")) >= lookups + 4 * dueCount, patience);
        QCOMPARE(m_probe.number(scans("seq_scan")), before);
    }

    void theLookAtWhatIsDueUsesTheIndex()
    {
        for (const Statement *statement : Statement::all()) {
            if (qstrcmp(statement->name(), "timer.due") == 0
                || qstrcmp(statement->name(), "timer.list") == 0) {
                const QString plan = explain(*statement);
                QVERIFY2(plan.contains("Index"_L1) && !plan.contains("Seq Scan"_L1), qPrintable(plan));
            }
        }
    }

    // While all timers are far away nobody asks for them: the books of the table stand still.
    void pendingTimersCostNoLooks()
    {
        const QByteArray all = "select sum(seq_scan + coalesce(idx_scan, 0)) from pg_stat_all_tables where "
                               "schemaname = 'timer'";
        qint64 before = -1;
        // First let the books of what has happened close.
        QTRY_VERIFY_WITH_TIMEOUT(std::exchange(before, m_probe.number(all)) == before, patience);
        QTest::qWait(12'000); // longer than the database keeps a book open
        const qint64 closed = m_probe.number(all);

        QTest::qWait(12'000);

        QCOMPARE(m_probe.number(all), closed);
    }

private:
    static QByteArray scans(const char *column)
    {
        return QByteArray("select ") + column
            + " from pg_stat_all_tables where schemaname = 'timer' and relname = 'timer'";
    }

    QString explain(const Statement &statement)
    {
        auto connection = Connection::open(m_probe.test().superuserUrl());
        const QByteArray arguments
            = qstrcmp(statement.name(), "timer.due") == 0 ? "(now(), 10000)" : "('ticket', 'x', 100)";
        if (!connection
            || !(*connection)
                    ->script("analyze timer.timer; prepare looked as " + QByteArray(statement.sql())))
            return u"cannot prepare"_s;
        auto rows = (*connection)->script("explain execute looked" + arguments);
        QString plan;
        while (rows && rows->next())
            plan += QString::fromUtf8(rows->text(0)) + u'\n';
        return plan;
    }

    TimerProbe m_probe;
    ManualClock m_clock { m_start };
    std::unique_ptr<TimerNode> m_node;
};

QTEST_GUILESS_MAIN(TimerMillionTest)

#include "timer_million_test.moc"

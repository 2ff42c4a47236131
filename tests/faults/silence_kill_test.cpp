#include "server/db/connection.h"
#include "shared/api/accounting.h"
#include "shared/api/sla.h"
#include "tests/support/installation.h"

#include <QTest>

#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Nobody answers, and the server dies again and again: the next expert is asked each time, the manager hears
// of it once, and in the end the accounts agree. An hour takes a minute.
class SilenceKillTest : public QObject
{
    Q_OBJECT

    static constexpr int tickets = 6;
    static constexpr int silentExperts = 3; // of one ticket, until a manager is told
    static constexpr int rounds = 6; // that every ticket goes through at least: the second half tells nobody

private slots:
    void aTicketThatNobodyAnswersIsEscalatedOnceOverEveryKill()
    {
        // Given experts who are on duty and do not answer, and rules that wait a minute for them
        Installation installation({ u"--time-warp"_s, u"60"_s });
        const api::Product product = installation.product();
        installation.hire(tickets * 2, product);
        waitOnlyAMinute(installation);
        QMap<QString, QString> customers; // of each ticket
        for (int i = 0; i < tickets; ++i) {
            const Installation::Person customer = installation.customer();
            const auto ticket = installation.client(customer).call<api::ticket::Open>(
                {},
                Installation::draft(product, u"Nobody comes"_s),
                { { "Idempotency-Key", Installation::makeKey() } }
            );
            QVERIFY2(ticket, ticket ? "" : qPrintable(ticket.error().detail));
            customers.insert(ticket->id.toString(), customer.id.toString());
        }

        // When the server is killed at any moment of that, until each has been given up on often enough
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        int kills = 0;
        QDeadlineTimer deadline(5min);
        while (leastSilences(installation) < rounds && !deadline.hasExpired()) {
            QThread::msleep(200 + random() % 2500);
            installation.server().kill();
            ++kills;
            QVERIFY2(installation.server().start(), installation.server().output().constData());
        }
        qInfo("%d kills", kills);
        QVERIFY2(kills > 2, "too little was hit: this run proves nothing");
        QVERIFY2(leastSilences(installation) >= rounds, "the next expert is not asked");

        for (auto each = customers.constBegin(); each != customers.constEnd(); ++each) {
            const QByteArray id = each.key().toLatin1();
            // Then each level was escalated once: in the books, as an event and in what managers were shown
            const QByteArray escalated = "from bus.event where type = 'ticket.escalated' and key = '" + id
                + "' and payload #>> '{escalation,cause}' = 'silent'";
            QCOMPARE(ask(installation, "select count(*) " + escalated), 1);
            QCOMPARE(
                ask(installation,
                    "select count(*) from ticket.escalation where cause = 'silent' and ticket_id = '" + id
                        + '\''),
                1
            );
            // And not before the last of those experts had kept silent
            QCOMPARE(
                ask(installation,
                    "select count(*) from bus.event where type = 'ticket.silent' and key = '" + id
                        + "' and seq < (select seq " + escalated + ')'),
                silentExperts
            );
            // And nobody who had kept silent was asked again by the next round
            QCOMPARE(ask(installation, askedTwiceRunning(id)), 0);
            // And the customer was told of nobody who did not come
            QCOMPARE(
                ask(installation,
                    "select count(*) from push.feed where audience = '" + each.value().toLatin1()
                        + "' and (payload ->> 'action' in ('silent', 'assigned', 'escalated') or payload #> "
                          "'{ticket,expert}' <> 'null')"),
                0
            );
        }

        // And every ticket is accounted for
        QVERIFY2(balances(installation), qPrintable(m_accounts));
    }

private:
    static void waitOnlyAMinute(Installation &installation)
    {
        BlockingClient admin = installation.client(installation.admin());
        const auto rules = admin.call<api::sla::Rules>();
        if (!rules)
            qFatal("%s", qPrintable(rules.error().detail));
        api::EscalationPolicy policy = rules->policy;
        policy.silentMinutes = { 1 };
        policy.cooldownMinutes = { 1 };
        policy.silentExperts = { silentExperts };
        const auto edited = admin.call<api::sla::EditRules>(
            {}, policy, { { "If-Match", '"' + QByteArray::number(rules->version) + '"' } }
        );
        if (!edited)
            qFatal("%s", qPrintable(edited.error().detail));
    }

    // The value of a query for one number, by the database's own superuser.
    static qint64 ask(const Installation &installation, const QByteArray &sql)
    {
        const auto connection = Connection::open(installation.databaseUrl(u"postgres"_s));
        auto rows = connection ? (*connection)->script(sql) : fail(Problem::unavailable(u"down"_s));
        if (!rows || !rows->next())
            qFatal("%s: %s", sql.constData(), rows ? "nothing" : qPrintable(rows.error().detail));
        return rows->text(0).toLongLong();
    }

    static qint64 leastSilences(const Installation &installation)
    {
        return ask(installation, R"sql(
            select coalesce(min(n), 0) from (
                select count(c.ticket_id) filter (where c.action = 'silent') as n
                from ticket.ticket t left join ticket.change c on c.ticket_id = t.id group by t.id
            ) s
        )sql");
    }

    static QByteArray askedTwiceRunning(const QByteArray &ticket)
    {
        return R"sql(
            select count(*) from (
                select expert_id, lag(expert_id) over (order by assigned_at, id) as before
                from ticket.visit where ticket_id = ')sql"
            + ticket + R"sql('
            ) v where expert_id = before
        )sql";
    }

    bool balances(Installation &installation)
    {
        QDeadlineTimer deadline(Installation::patience);
        while (!deadline.hasExpired()) {
            const auto accounts = installation.client(installation.manager()).call<api::accounting::Fetch>();
            if (accounts && accounts->balanced && accounts->created == tickets && accounts->sweep.completedAt)
                return true;
            m_accounts = accounts ? QString::fromUtf8(json::write(*accounts)) : accounts.error().detail;
            QThread::msleep(200);
        }
        return false;
    }

    QString m_accounts;
};

QTEST_GUILESS_MAIN(SilenceKillTest)
#include "silence_kill_test.moc"

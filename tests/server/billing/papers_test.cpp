#include "server/services/billing/billing_words.h"
#include "tests/server/billing/billing_probe.h"
#include "tests/server/pdf/pdf_text.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Instant start = *instantFromText(u"2026-11-23T15:00:00Z"_s);
const Instant end = *instantFromText(u"2027-03-01T00:00:00Z"_s);

// Ends the connections whose transactions are at work in the books.
constexpr auto cutOffSql = R"sql(
    select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
        and query like '%billing.%' and query not like '%pg_stat_activity%'
)sql";

Caller staff(api::Role role)
{
    Caller caller = PaymentProbe::somebody();
    caller.role = role;
    return caller;
}

} // namespace

// Bills, credit notes and statements as papers: numbered without gaps, and to the cent what the ledger has.
class PapersTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<BillingProbe>(start);
        m_probe->administrate("insert into billing.tax_rate values ('NY', 888)");
    }
    void cleanup()
    {
        QVERIFY(m_probe->booksBalance());
        m_probe.reset();
    }

    void aBillSaysWhatTheInvoiceHas()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who, 123'456);
        const api::Invoice invoice = m_probe->invoicesOf(who).first();

        const QString text = print(who, &BillingService::printInvoice, invoice.id);

        for (const QString &expected : { invoice.number,
                                         u"Ada Customer"_s,
                                         u"1 Main St"_s,
                                         invoice.text,
                                         spoken(invoice.net),
                                         spoken(invoice.tax),
                                         spoken(invoice.total),
                                         u"NY 8.88%"_s,
                                         u"Paid on Nov 23, 2026"_s,
                                         u"4242"_s })
            QVERIFY2(text.contains(expected), qPrintable(expected + u" is not in:\n"_s + text));
        QCOMPARE(spoken(invoice.total), u"$1,344.19"_s); // 1,234.56 and 8.88 % of it
    }

    // What a bill says stays, wherever its customer moves.
    void aBillStaysWithTheAddressThatItWasWrittenTo()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        m_probe->livesIn(who, u"America/Phoenix"_s, u"AZ"_s);
        QVERIFY(print(who, &BillingService::printInvoice, m_probe->invoicesOf(who).first().id)
                    .contains(u"NY 8.88%"_s));
    }

    void creditNotesAreNumberedWithoutGaps()
    {
        QList<api::Invoice> invoices;
        QList<Caller> people;
        for (int i = 0; i < 3; ++i) {
            people += m_probe->payment().customerWith();
            m_probe->activate(people.last());
            invoices += m_probe->invoicesOf(people.last()).first();
        }
        for (int round = 0; round < 3; ++round) {
            for (const api::Invoice &invoice : invoices)
                giveBack(invoice.id, 300 + round);
        }
        m_probe->settle();

        QCOMPARE(m_probe->number("select count(*) from billing.refund where state = 'done'"), 9);
        QCOMPARE(m_probe->number("select min(credit_number) from billing.refund"), 500'001);
        QCOMPARE(m_probe->number("select max(credit_number) from billing.refund"), 500'009);
        // And each is a paper that names its bill.
        const auto refunds = m_probe->as([&](Session &session) {
            return m_probe->billing().refunds(session, people.first(), invoices.first().id);
        });
        QCOMPARE(refunds->items.size(), 3);
        for (const api::Refund &refund : refunds->items) {
            const QString text = print(people.first(), &BillingService::printCreditNote, refund.id);
            QVERIFY2(text.contains(*refund.creditNote), qPrintable(text));
            QVERIFY(text.contains(invoices.first().number));
            QVERIFY(text.contains(spoken(refund.amount)));
        }
    }

    // Two nodes write papers, and connections die under them, as they do when a node is killed.
    void numbersHaveNoGapsWithTwoWritersThatAreKilled()
    {
        // Given a second node on the same database
        Database database({ .url = m_probe->payment().test().url(), .workers = 4 });
        PostgresBus second(database, { .url = m_probe->payment().test().url() });
        second.subscribe(m_probe->billing().consumer());
        second.start();
        const auto stop = qScopeGuard([&] { second.stop(); });
        constexpr int count = 12;
        QList<Caller> people;
        for (int i = 0; i < count; ++i)
            people += m_probe->payment().customerWith();

        // When bills are written and given back while transactions of billing are cut off
        qint64 killed = 0;
        const auto until = [&](const QByteArray &sql) {
            return QTest::qWaitFor(
                [&] {
                    if (killed < 10)
                        killed += m_probe->number(cutOffSql);
                    return m_probe->number(sql) == count;
                },
                PaymentProbe::patience
            );
        };
        for (const Caller &who : people)
            m_probe->publish("squad_catalog", who, m_probe->period(who));
        QVERIFY(until("select count(*) from billing.invoice where state = 'paid'"));
        QList<api::InvoiceId> paid;
        for (const Caller &who : people)
            paid += m_probe->invoicesOf(who).first().id;
        const qint64 whileBilling = std::exchange(killed, 0);
        for (const api::InvoiceId &id : paid)
            giveBack(id, 500);
        QVERIFY(until("select count(*) from billing.refund where state = 'done'"));
        qInfo("cut off %lld while billing, %lld while giving back", whileBilling, killed);
        QVERIFY2(whileBilling + killed > 0, "nothing was cut off");

        // Then each has a number, and none is left out
        QCOMPARE(m_probe->number("select min(number) from billing.invoice"), 100'001);
        QCOMPARE(m_probe->number("select max(number) from billing.invoice"), 100'000 + count);
        QCOMPARE(m_probe->number("select min(credit_number) from billing.refund"), 500'001);
        QCOMPARE(m_probe->number("select max(credit_number) from billing.refund"), 500'000 + count);
        QCOMPARE(m_probe->number("select count(*) from billing.refund"), count);
        m_probe->settle();
    }

    void aRefusedRefundHasNoNumber()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        const api::Invoice invoice = m_probe->invoicesOf(who).first();
        const api::Refund asked = giveBack(invoice.id, 100);
        m_probe->publish(
            "squad_payment", who, RefundRefused { asked.id, invoice.id, u"no"_s, u"Not now."_s }
        );
        m_probe->settle();
        // Whichever came first counts, and only one of them did.
        QCOMPARE(
            m_probe->number(
                "select count(*) from billing.refund where (state = 'done') = (credit_number is null)"
            ),
            0
        );
    }

    void aStatementIsWhatTheLedgerHas()
    {
        // Given months of bills, some given back, and one that nobody pays
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who, 2999);
        giveBack(m_probe->invoicesOf(who).first().id, 1000);
        passUntil(*instantFromText(u"2027-01-10T00:00:00Z"_s));
        m_probe->payment().vendor().behave({ { u"hardDeclines"_s, 1.0 } });
        passUntil(end - 1h);

        const Instant middle = *instantFromText(u"2026-12-31T05:00:00Z"_s);
        const api::Statement first = statement(who, start - 24h, middle);
        const api::Statement second = statement(who, middle, end);

        // Then the parts follow each other, add up, and end where the ledger does
        QCOMPARE(first.opening.minor, 0);
        QCOMPARE(second.opening, first.closing);
        for (const api::Statement &each : { first, second }) {
            qint64 sum = each.opening.minor;
            for (const api::StatementLine &line : each.lines) {
                sum += line.amount.minor;
                QCOMPARE(line.balance.minor, sum);
            }
            QCOMPARE(each.closing.minor, sum);
        }
        QCOMPARE(second.closing.minor, m_probe->balance("receivable"));
        QStringList said;
        for (const api::StatementLine &line : first.lines)
            said += line.text;
        QCOMPARE(said.size(), 6); // two bills, both paid, and one credit note that went back to the card
        QVERIFY2(said.contains(u"Credit note C-500001 for bill I-100001"_s), qPrintable(said.join(u'\n')));
        QVERIFY(second.lines.last().text.contains(u"given up"_s));

        // And the paper has every line of it
        const auto printed = m_probe->as([&](Session &session) {
            return m_probe->billing().printStatement(session, who, { {}, start - 24h, middle, {} });
        });
        const QString text = pdfText(printed->content);
        for (const api::StatementLine &line : first.lines)
            QVERIFY2(text.contains(spoken(line.amount)), qPrintable(text));
        QVERIFY(text.contains(u"Owed at the end"_s));
    }

    void aStatementHasABeginningAndAnEndWithinAYear()
    {
        const Caller who = m_probe->payment().customerWith();
        const auto ask = [&](Instant from, Instant to) {
            return m_probe->as([&](Session &session) {
                return m_probe->billing().statement(session, who, { {}, from, to, {} });
            });
        };
        QCOMPARE(ask(start, start).error().fields.first().pointer, u"/to"_s);
        QCOMPARE(ask(start, start + 24h * 367).error().fields.first().pointer, u"/to"_s);
        QVERIFY(ask(start, start + 24h * 366));
    }

    void nobodySeesAnotherOnesPapers()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        const api::Invoice invoice = m_probe->invoicesOf(who).first();
        const api::Refund refund = giveBack(invoice.id, 500);
        m_probe->settle();
        const Caller stranger = m_probe->payment().customerWith();

        m_probe->as([&](Session &session) -> Result<void> {
            const BillingService &billing = m_probe->billing();
            QTest::qCompare(
                billing.printInvoice(session, stranger, invoice.id).error().kind,
                ProblemKind::notFound,
                "invoice",
                "",
                __FILE__,
                __LINE__
            );
            QTest::qCompare(
                billing.printCreditNote(session, stranger, refund.id).error().kind,
                ProblemKind::notFound,
                "credit note",
                "",
                __FILE__,
                __LINE__
            );
            const api::StatementQuery query { who.account, start - 24h, end, {} };
            QTest::qCompare(
                billing.statement(session, stranger, query).error().kind,
                ProblemKind::forbidden,
                "statement",
                "",
                __FILE__,
                __LINE__
            );
            QTest::qCompare(
                billing.printStatement(session, stranger, query).error().kind,
                ProblemKind::forbidden,
                "paper",
                "",
                __FILE__,
                __LINE__
            );
            return {};
        });
        QVERIFY(!QTest::currentTestFailed());
        QVERIFY(!print(staff(api::Role::manager), &BillingService::printCreditNote, refund.id).isEmpty());
    }

private:
    template <class Print, class Id>
    QString print(const Caller &by, Print what, const Id &id)
    {
        const auto file
            = m_probe->as([&](Session &session) { return (m_probe->billing().*what)(session, by, id); });
        if (!file)
            qFatal("%s", qPrintable(file.error().detail));
        return pdfText(file->content);
    }

    api::Refund giveBack(api::InvoiceId id, int minor)
    {
        const auto refund = m_probe->as([&](Session &session) {
            return m_probe->billing().giveBack(
                session,
                staff(api::Role::admin),
                id,
                { { minor }, *Text<1, 500>::parse(u"The expert came too late."_s) }
            );
        });
        if (!refund)
            qFatal("%s", qPrintable(refund.error().detail));
        return *refund;
    }

    // Day by day, so that each thing happens when it is due.
    void passUntil(Instant instant)
    {
        while (m_probe->clock().now() + 24h < instant)
            m_probe->pass(24h);
        m_probe->passUntil(instant);
    }

    api::Statement statement(const Caller &by, Instant from, Instant to)
    {
        const auto statement = m_probe->as([&](Session &session) {
            return m_probe->billing().statement(session, by, { {}, from, to, {} });
        });
        if (!statement)
            qFatal("%s", qPrintable(statement.error().detail));
        return *statement;
    }

    std::unique_ptr<BillingProbe> m_probe;
};

QTEST_GUILESS_MAIN(PapersTest)
#include "papers_test.moc"

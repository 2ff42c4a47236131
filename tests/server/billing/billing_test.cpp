#include "server/services/billing/ledger.h"
#include "tests/server/billing/billing_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Instant start = *instantFromText(u"2026-11-23T15:00:00Z"_s); // 10:00 in New York

Caller staff(api::Role role)
{
    Caller caller = PaymentProbe::somebody();
    caller.role = role;
    return caller;
}

} // namespace

// From a plan to its bills, and to what was paid for them.
class BillingTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_probe = std::make_unique<BillingProbe>(start); }
    void cleanup()
    {
        QVERIFY(m_probe->booksBalance());
        m_probe.reset();
    }

    void aPlanIsPaidWhenItBeginsAndThenEachMonth()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        const QList<api::Invoice> first = m_probe->invoicesOf(who);
        QCOMPARE(first.size(), 1);
        QCOMPARE(first[0].number, u"I-100001"_s);
        QCOMPARE(first[0].text, u"Home, Nov 23 to Dec 22, 2026"_s);
        QCOMPARE(first[0].state, api::InvoiceState::paid);
        QCOMPARE(first[0].cardLast4, u"4242"_s);

        m_probe->passUntil(*instantFromText(u"2026-12-23T04:59:59Z"_s));
        QCOMPARE(m_probe->invoicesOf(who).size(), 1);
        m_probe->passUntil(*instantFromText(u"2026-12-23T05:00:00Z"_s));

        QCOMPARE(m_probe->statesOf(who), (QStringList { u"paid"_s, u"paid"_s }));
        QCOMPARE(m_probe->invoicesOf(who)[1].text, u"Home, Dec 23, 2026 to Jan 22, 2027"_s);
        QCOMPARE(m_probe->balance("vendor"), 2 * 2999);
        QCOMPARE(m_probe->payment().vendor().count(u"charges"_s), 2);
    }

    void taxIsThatOfTheStateAndTheStates()
    {
        m_probe->administrate("insert into billing.tax_rate values ('NY', 888)");
        const Caller who = m_probe->payment().customerWith();

        m_probe->activate(who);

        const api::Invoice invoice = m_probe->invoicesOf(who).first();
        QCOMPARE(invoice.net.minor, 2999);
        QCOMPARE(invoice.tax.minor, 266);
        QCOMPARE(m_probe->balance("vendor"), 3265);
        QCOMPARE(m_probe->balance("tax"), -266);
    }

    void timeThatWasSleptThroughIsBilledPeriodByPeriod()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);

        m_probe->passUntil(*instantFromText(u"2027-03-01T00:00:00Z"_s)
        ); // the server was away for three bill dates

        QCOMPARE(m_probe->statesOf(who), QStringList(4, u"paid"_s));
        QCOMPARE(m_probe->invoicesOf(who).last().text, u"Home, Feb 23 to Mar 22, 2027"_s);
    }

    void aPlanThatIsCancelledIsBilledNoMore()
    {
        const Caller who = m_probe->payment().customerWith();
        const api::SubscriptionId plan = m_probe->activate(who);
        m_probe->end(who, plan);

        m_probe->pass(400 * 24h);

        QCOMPARE(m_probe->invoicesOf(who).size(), 1);
        QCOMPARE(
            m_probe->number("select count(*) from timer.timer where owner in ('billing', 'catalog')"), 0
        );
    }

    void whatIsToldTwiceCountsOnce()
    {
        const Caller who = m_probe->payment().customerWith();
        const PeriodBegun period = m_probe->period(who);
        m_probe->publish("squad_catalog", who, period);
        m_probe->publish("squad_catalog", who, period);
        m_probe->settle();
        const api::Invoice invoice = m_probe->invoicesOf(who).first();
        const InvoiceCharged charged { invoice.id, 1,      who.account,           invoice.total,
                                       u"4242"_s,  u"x"_s, m_probe->clock().now() };
        m_probe->publish("squad_payment", who, charged);
        const ChargeDeclined declined { invoice.id, 1, who.account, invoice.total, false, {}, {}, start };
        m_probe->publish("squad_payment", who, declined);
        m_probe->settle();

        QCOMPARE(m_probe->statesOf(who), QStringList(u"paid"_s));
        QCOMPARE(m_probe->number("select count(*) from billing.entry"), 4); // issued and paid, without tax
        QCOMPARE(m_probe->told("billing.standing_changed", "standing"), QStringList());
    }

    void aNumberIsNeverLeftOut()
    {
        for (int i = 0; i < 5; ++i) {
            const Caller who = m_probe->payment().customerWith();
            const PeriodBegun period = m_probe->period(who);
            m_probe->publish("squad_catalog", who, period);
            m_probe->publish("squad_catalog", who, period);
        }
        m_probe->settle();
        // A number that was taken and whose invoice was not committed.
        static_cast<void>(m_probe->as([&](Session &session) -> Result<void> {
            InvoiceRow row;
            row.subscriptionId = api::SubscriptionId::make();
            TRY(billing_store::issue(session, row));
            return {};
        }));
        m_probe->activate(m_probe->payment().customerWith());

        QCOMPARE(m_probe->number("select count(*) from billing.invoice"), 6);
        QCOMPARE(m_probe->number("select max(number) - min(number) + 1 from billing.invoice"), 6);
    }

    void aFreePlanNeedsNoCard()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who, 0);

        QCOMPARE(m_probe->statesOf(who), QStringList(u"paid"_s));
        QCOMPARE(m_probe->payment().vendor().count(u"charges"_s), 0);
    }

    void theBooksTakeNothingThatDoesNotBalanceAndForgetNothing()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        const api::Invoice invoice = m_probe->invoicesOf(who).first();

        const auto lopsided = m_probe->as([&](Session &session) {
            return billing_store::enter(
                session,
                { { TransactionId::make(),
                    u"vendor"_s,
                    5,
                    u"USD"_s,
                    who.account,
                    invoice.id,
                    EntryReason::paid,
                    start } }
            );
        });
        QVERIFY(!lopsided);
        for (const char *sql : { "update billing.entry set amount_minor = 1",
                                 "delete from billing.entry",
                                 "truncate billing.entry" })
            QVERIFY2(!m_probe->payment().refusalTo("squad_billing", sql).isEmpty(), sql);
    }

    void nobodySeesTheInvoicesOfAnother()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        const api::InvoiceId id = m_probe->invoicesOf(who).first().id;
        const Caller stranger = PaymentProbe::somebody();
        const auto look = [&](const Caller &by) {
            return m_probe->as([&](Session &session) { return m_probe->billing().invoice(session, by, id); });
        };
        const auto list = [&](const Caller &by, std::optional<api::AccountId> whose) {
            return m_probe->as([&](Session &session) {
                return m_probe->billing().invoices(session, by, { whose, {}, {} });
            });
        };

        QCOMPARE(look(stranger).error().kind, ProblemKind::notFound);
        QCOMPARE(list(stranger, who.account).error().kind, ProblemKind::forbidden);
        QVERIFY(list(stranger, {})->items.isEmpty());
        QCOMPARE(look(staff(api::Role::manager))->id, id);
        QCOMPARE(list(staff(api::Role::manager), who.account)->items.size(), 1);
        QCOMPARE(list(staff(api::Role::manager), {}).error().kind, ProblemKind::invalidInput);
        QVERIFY(!m_probe->payment().refusalTo("squad_ticket", "select * from billing.invoice").isEmpty());
    }

    void invoicesComePageByPage()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        m_probe->pass(100 * 24h);
        QStringList numbers;
        std::optional<api::Cursor> cursor;
        do {
            const auto page = m_probe->as([&](Session &session) {
                return m_probe->billing().invoices(session, who, { {}, api::PageLimit { 2 }, cursor });
            });
            QVERIFY2(page, why(page));
            for (const api::Invoice &invoice : page->items)
                numbers += invoice.number;
            cursor.reset();
            if (page->nextCursor)
                cursor = *api::Cursor::parse(*page->nextCursor);
        } while (cursor);
        QCOMPARE(numbers, (QStringList { u"I-100004"_s, u"I-100003"_s, u"I-100002"_s, u"I-100001"_s }));
    }

    void moneyIsGivenBackWithAReasonAndWithinLimits()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who, 50'000, api::Period::year);
        const api::InvoiceId id = m_probe->invoicesOf(who).first().id;
        const auto giveBack = [&](const Caller &by, int minor) {
            return m_probe->as([&](Session &session) {
                return m_probe->billing().giveBack(
                    session, by, id, { { minor }, *Text<1, 500>::parse(u"The expert came too late."_s) }
                );
            });
        };

        QCOMPARE(giveBack(staff(api::Role::manager), 20'001).error().kind, ProblemKind::forbidden);
        QVERIFY(giveBack(staff(api::Role::manager), 15'000));
        QCOMPARE(giveBack(staff(api::Role::manager), 5'001).error().kind, ProblemKind::forbidden); // in all
        QVERIFY(giveBack(staff(api::Role::admin), 35'000));
        QCOMPARE(giveBack(staff(api::Role::admin), 1).error().kind, ProblemKind::invalidInput);
        m_probe->settle();

        QCOMPARE(m_probe->balance("vendor"), 0);
        QCOMPARE(m_probe->balance("revenue"), 0);
        QCOMPARE(m_probe->invoicesOf(who).first().refunded.minor, 50'000);
        QCOMPARE(m_probe->number("select count(*) from billing.refund where state = 'done'"), 2);
    }

    void theTaxInWhatIsGivenBackIsGivenBackToo()
    {
        m_probe->administrate("insert into billing.tax_rate values ('NY', 888)");
        const Caller who = m_probe->payment().customerWith();
        m_probe->activate(who);
        const api::Invoice invoice = m_probe->invoicesOf(who).first();
        QVERIFY(m_probe->as([&](Session &session) {
            return m_probe->billing().giveBack(
                session,
                staff(api::Role::admin),
                invoice.id,
                { { int(invoice.total.minor) }, *Text<1, 500>::parse(u"Bought twice."_s) }
            );
        }));
        m_probe->settle();

        for (const char *account : { "vendor", "revenue", "tax", "receivable" })
            QCOMPARE(m_probe->balance(account), 0);
    }

    void whatWasNotPaidIsNotGivenBack()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);
        const auto given = m_probe->as([&](Session &session) {
            return m_probe->billing().giveBack(
                session,
                staff(api::Role::admin),
                m_probe->invoicesOf(who).first().id,
                { { 100 }, *Text<1, 500>::parse(u"By mistake."_s) }
            );
        });
        QCOMPARE(given.error().code, u"invoice.unpaid"_s);
    }

private:
    std::unique_ptr<BillingProbe> m_probe;
};

QTEST_GUILESS_MAIN(BillingTest)
#include "billing_test.moc"

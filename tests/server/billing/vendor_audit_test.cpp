#include "server/services/billing/vendor_audit.h"

#include "tests/server/billing/billing_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Instant start = *instantFromText(u"2026-11-23T15:00:00Z"_s);
const Caller admin = [] {
    Caller caller = PaymentProbe::somebody();
    caller.role = api::Role::admin;
    return caller;
}();

} // namespace

// The books against the list of the vendor's own process.
class VendorAuditTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<BillingProbe>(start);
        // The vendor lives in the world's time; what happened a moment ago is old enough to be compared.
        m_real.set(SystemClock().now() + 1h);
        m_audit = std::make_unique<VendorAudit>(
            m_probe->payment().database(),
            m_real,
            [this](VendorList what, Instant from, Instant until) {
                ++m_asked;
                auto list = m_probe->payment().payments().vendorList(what, from, until);
                if (list && what == VendorList::charges)
                    *list += m_byHand;
                return list;
            }
        );
        m_asked = 0;
        m_byHand.clear();
        m_who = m_probe->payment().customerWith();
        m_probe->activate(m_who, 5000);
        giveBack(1500);
        m_probe->payment().vendor().behave({ { u"softDeclines"_s, 1.0 } });
        m_probe->activate(m_probe->payment().customerWith(), 700); // declined: no difference
        m_probe->payment().vendor().behave({ { u"softDeclines"_s, 0.0 } });
    }
    void cleanup()
    {
        m_audit.reset();
        m_probe.reset();
    }

    void whatAgreesRaisesNothing()
    {
        compare();

        QCOMPARE(kinds(), QStringList());
        QCOMPARE(m_audit->lastHealth().differences, 0);
        QVERIFY(answer().comparedUntil);
    }

    void eachDifferenceIsFoundAndClosedWhenItIsGone_data()
    {
        QTest::addColumn<QByteArray>("corruption");
        QTest::addColumn<QByteArray>("cure");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<qint64>("ours");
        QTest::addColumn<qint64>("theirs");
        const QByteArray keep = "create table kept as select * from billing.vendor_booking; ";
        const QByteArray restore = "delete from billing.vendor_booking; "
                                   "insert into billing.vendor_booking select * from kept; drop table kept";
        QTest::newRow("paid there, not here")
            << keep + "delete from billing.vendor_booking where kind = 'charge'" << restore
            << u"unknownCharge"_s << qint64(0) << qint64(5000);
        QTest::newRow("given back there, not here")
            << keep + "delete from billing.vendor_booking where kind = 'refund'" << restore
            << u"unknownRefund"_s << qint64(0) << qint64(1500);
        QTest::newRow("another amount")
            << keep + "update billing.vendor_booking set amount_minor = 4999 where kind = 'charge'" << restore
            << u"chargeAmount"_s << qint64(4999) << qint64(5000);
        QTest::newRow("another amount given back")
            << keep + "update billing.vendor_booking set amount_minor = 1 where kind = 'refund'" << restore
            << u"refundAmount"_s << qint64(1) << qint64(1500);
        QTest::newRow("paid here, unknown there")
            << keep
                + "insert into billing.vendor_booking select 'charge', 'pi_nowhere', invoice_id, 777, "
                  "currency, "
                  "booked_at from kept where kind = 'charge'"
            << restore << u"missingCharge"_s << qint64(777) << qint64(0);
        QTest::newRow("given back here, unknown there")
            << keep
                + "insert into billing.vendor_booking select 'refund', 're_nowhere', invoice_id, 5, "
                  "currency, "
                  "booked_at from kept where kind = 'charge'"
            << restore << u"missingRefund"_s << qint64(5) << qint64(0);
    }
    void eachDifferenceIsFoundAndClosedWhenItIsGone()
    {
        QFETCH(QByteArray, corruption);
        QFETCH(QByteArray, cure);
        QFETCH(QString, kind);
        m_probe->administrate(corruption);
        compare();

        QCOMPARE(kinds(), QStringList(kind));
        QTEST(answer().differences.first().oursMinor, "ours");
        QTEST(answer().differences.first().theirsMinor, "theirs");
        QCOMPARE(m_audit->lastHealth().differences, 1);
        const Instant found = m_real.now();
        compare(); // found again, listed once
        QCOMPARE(kinds(), QStringList(kind));
        QCOMPARE(answer().differences.first().foundAt, found);

        m_probe->administrate(cure);
        compare();

        QCOMPARE(kinds(), QStringList());
        QCOMPARE(answer().differences.first().goneAt, m_real.now());
        QCOMPARE(m_audit->lastHealth().differences, 0);
    }

    void anInvoiceThatWasChargedTwiceIsNamed()
    {
        // Payment does not charge an invoice twice; somebody at the vendor's desk could.
        const api::Invoice invoice = m_probe->invoicesOf(m_who).first();
        m_byHand
            = { VendorEntry { u"pi_by_hand"_s, {}, invoice.id, {}, invoice.total, true, m_real.now() - 1h } };

        compare();

        QCOMPARE(kinds(), QStringList(u"chargedTwice"_s));
        QCOMPARE(answer().differences.first().invoiceId, invoice.id);
    }

    void whatIsOnItsWayIsNoDifference()
    {
        m_probe->administrate("delete from billing.vendor_booking");
        m_real.set(SystemClock().now() + 5min);

        compare();

        QCOMPARE(kinds(), QStringList());
    }

    void aVendorThatIsAwayPutsItOffAndIsSaid()
    {
        m_probe->payment().vendor().behave({ { u"outage"_s, u"refuses"_s } });
        QVERIFY(!m_audit->compare());
        QVERIFY(!m_audit->lastHealth().trouble.isEmpty());
        QVERIFY(!m_audit->lastHealth().isLate);
        m_real.set(m_real.now() + 40h);
        QVERIFY(!m_audit->keepHouse());
        QVERIFY(m_audit->lastHealth().isLate);

        m_probe->payment().vendor().behave({ { u"outage"_s, u"none"_s } });
        QVERIFY(m_audit->keepHouse());

        QVERIFY(!m_audit->lastHealth().isLate);
        QVERIFY(m_audit->lastHealth().trouble.isEmpty());
    }

    void itIsDoneOnceADay()
    {
        QVERIFY(m_audit->keepHouse());
        const int asked = m_asked;
        QVERIFY(asked > 0);
        m_real.set(m_real.now() + 23h);
        QVERIFY(m_audit->keepHouse());
        QCOMPARE(m_asked, asked);
        m_real.set(m_real.now() + 1h);
        QVERIFY(m_audit->keepHouse());
        QCOMPARE(m_asked, 2 * asked);
    }

    void anOldDifferenceStaysOpenUntilItIsGone()
    {
        m_probe->administrate("create table kept as select * from billing.vendor_booking; "
                              "delete from billing.vendor_booking where kind = 'charge'");
        compare();
        for (int days = 0; days < 10; ++days) {
            m_real.set(m_real.now() + 24h);
            compare();
        }
        QCOMPARE(kinds(), QStringList(u"unknownCharge"_s));

        m_probe->administrate("insert into billing.vendor_booking select * from kept where kind = 'charge'");
        compare();

        QCOMPARE(kinds(), QStringList());
    }

private:
    void giveBack(int minor)
    {
        const api::InvoiceId id = m_probe->invoicesOf(m_who).first().id;
        const auto given = m_probe->as([&](Session &session) {
            return m_probe->billing().giveBack(
                session, admin, id, { { minor }, *Text<1, 500>::parse(u"The expert came too late."_s) }
            );
        });
        if (!given)
            qFatal("%s", why(given));
        m_probe->settle();
    }
    void compare()
    {
        const auto compared = m_audit->compare();
        if (!compared)
            qFatal("%s", why(compared));
    }
    api::VendorComparison answer()
    {
        const auto answer = m_probe->as([&](Session &session) { return m_audit->answer(session); });
        if (!answer)
            qFatal("%s", why(answer));
        return *answer;
    }
    QStringList kinds() // of the open ones
    {
        QStringList list;
        for (const api::VendorDifference &each : answer().differences) {
            if (!each.goneAt)
                list += enumName(each.kind);
        }
        return list;
    }

    std::unique_ptr<BillingProbe> m_probe;
    ManualClock m_real { start };
    std::unique_ptr<VendorAudit> m_audit;
    int m_asked = 0;
    QList<VendorEntry> m_byHand;
    Caller m_who;
};

QTEST_GUILESS_MAIN(VendorAuditTest)
#include "vendor_audit_test.moc"

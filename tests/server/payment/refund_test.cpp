#include "tests/server/payment/payment_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = PaymentProbe::patience;
const QString charged = u"payment.charged"_s;
const QString refunded = u"payment.refunded"_s;
const QString refused = u"payment.refund_refused"_s;

} // namespace

// Refunds: each once, and never more than was paid.
class RefundTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<PaymentProbe>();
        m_probe->start();
    }
    void cleanup() { m_probe.reset(); }

    void aPartAndThenTheRestAreGivenBack()
    {
        const Paid paid = pay(2000);

        m_probe->publish(paid.who, refund(paid, 500));
        m_probe->publish(paid.who, refund(paid, 1500));

        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->outcomeTypes(), (QStringList { charged, refunded, refunded }), patience
        );
        QCOMPARE(m_probe->vendor().count(u"refundMinor"_s), -2000);
        const auto event = json::fromJson<ChargeRefunded>(m_probe->outcomes().last().payload);
        QCOMPARE(event->invoiceId, paid.invoice);
        QVERIFY(event->vendorRef.startsWith(u"re_"_s));
    }

    void aRepeatedCommandGivesBackOnce()
    {
        const Paid paid = pay(2000);
        const RefundCharge command = refund(paid, 700);
        m_probe->vendor().behave({ { u"hangs"_s, 1 } });

        for (int i = 0; i < 3; ++i)
            m_probe->publish(paid.who, command);
        m_probe->publish(paid.who, refund(paid, 1)); // the last

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), 3, patience);
        QCOMPARE(m_probe->outcomeTypes(), (QStringList { charged, refunded, refunded }));
        QCOMPARE(m_probe->vendor().count(u"refunds"_s), 2);
        QCOMPARE(m_probe->vendor().count(u"refundMinor"_s), -701);
    }

    void moreThanWasPaidIsNotGivenBackHoweverManyAskAtOnce()
    {
        const Paid paid = pay(1000);
        m_probe->vendor().behave({ { u"latencyMs"_s, 50 } });

        for (int i = 0; i < 6; ++i)
            m_probe->publish(paid.who, refund(paid, 400));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), 7, patience);
        QCOMPARE(m_probe->outcomeTypes().count(refunded), 2);
        QCOMPARE(m_probe->outcomeTypes().count(refused), 4);
        for (const Outcome &each : m_probe->outcomes()) {
            if (each.type == refused)
                QCOMPARE(json::fromJson<RefundRefused>(each.payload)->code, u"exceeds_charge"_s);
        }
        QCOMPARE(m_probe->vendor().count(u"refundMinor"_s), -800);
    }

    void whatWasNotPaidCannotBeGivenBack()
    {
        const Caller who = m_probe->customerWith(u"4000000000009979"_s);
        const ChargeInvoice command = m_probe->charge(who);
        m_probe->publish(who, command);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), 1, patience);

        m_probe->publish(who, refund({ who, command.invoiceId }, 100));
        m_probe->publish(who, refund({ who, api::InvoiceId::make() }, 100));

        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->outcomeTypes(), (QStringList { u"payment.declined"_s, refused, refused }), patience
        );
        QCOMPARE(json::fromJson<RefundRefused>(m_probe->outcomes().last().payload)->code, u"not_charged"_s);
    }

    void anotherCurrencyIsNotGivenBack()
    {
        const Paid paid = pay(1000);
        RefundCharge command = refund(paid, 100);
        command.amount.currency = u"EUR"_s;

        m_probe->publish(paid.who, command);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), (QStringList { charged, refused }), patience);
    }

    void aRefundThatTheVendorStillWorksOnIsToldWhenItIsDone()
    {
        m_probe->vendor().behave({ { u"refundMs"_s, 400 } });
        const Paid paid = pay(1000, u"4000000000007726"_s);

        m_probe->publish(paid.who, refund(paid, 1000));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), (QStringList { charged, refunded }), patience);
        QCOMPARE(m_probe->vendor().count(u"refunds"_s), 1);
        // It was asked about by its name, not ordered again.
        QVERIFY(m_probe->number("select tries from payment.transfer where kind = 'refund'") > 1);
    }

    void aRefundWhoseKeyTheVendorHasForgottenIsFoundInItsList()
    {
        const Paid paid = pay(1000);
        m_probe->stop();
        PaymentService::Options options = m_probe->options();
        options.engine.keyLife = 0h;
        const SystemClock real;
        PaymentNode node(m_probe->test(), options, m_probe->clock(), real);
        m_probe->vendor().behave({ { u"hangs"_s, 1 } });
        m_probe->publish(paid.who, refund(paid, 300));
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->vendor().count(u"refunds"_s), 1, patience);
        m_probe->vendor().forgetKeys();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), (QStringList { charged, refunded }), patience);
        QCOMPARE(m_probe->vendor().count(u"refunds"_s), 1);
    }

private:
    struct Paid
    {
        Caller who;
        api::InvoiceId invoice;
    };

    Paid pay(qint64 minor, const QString &number = u"4242424242424242"_s)
    {
        const Caller who = m_probe->customerWith(number);
        const ChargeInvoice command = m_probe->charge(who, minor);
        m_probe->publish(who, command);
        if (!QTest::qWaitFor([&] { return m_probe->outcomeTypes() == QStringList { charged }; }, patience))
            qFatal("It is not paid.");
        return { who, command.invoiceId };
    }
    static RefundCharge refund(const Paid &paid, qint64 minor)
    {
        return { api::RefundId::make(), paid.invoice, { minor, u"USD"_s }, u"It never worked"_s };
    }

    std::unique_ptr<PaymentProbe> m_probe;
};

QTEST_GUILESS_MAIN(RefundTest)
#include "refund_test.moc"

#include "server/services/payment/webhook_signature.h"
#include "tests/server/payment/payment_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = PaymentProbe::patience;

QByteArray eventOf(const QString &id, const QString &type, const api::ChargeId &charge)
{
    return json::toText(QJsonObject {
        { u"id"_s, id },
        { u"type"_s, type },
        { u"data"_s,
          QJsonObject { { u"object"_s,
                          QJsonObject { { u"id"_s, u"pi_forged"_s },
                                        { u"status"_s, u"succeeded"_s },
                                        { u"amount"_s, 1 },
                                        { u"metadata"_s,
                                          QJsonObject { { u"charge_id"_s, charge.toString() } } } } } } },
    });
}

} // namespace

// Webhooks ring; they never tell. Whatever one claims, nothing changes but when the vendor is asked.
class WebhookTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<PaymentProbe>();
        m_probe->start();
    }
    void cleanup() { m_probe.reset(); }

    void aForgedOneIsRefusedAndNotEvenRemembered()
    {
        const api::ChargeId charge = undecidedCharge();
        const QByteArray body = eventOf(u"evt_1"_s, u"payment_intent.succeeded"_s, charge);
        const Instant now = SystemClock().now();
        const Secret stolen("whsec_guessed");

        const QByteArray headers[] = { {},
                                       "t=1,v1=00",
                                       webhook_signature::sign(body, stolen, now),
                                       webhook_signature::sign(body, key(), now - 10min),
                                       webhook_signature::sign(body, key(), now + 10min),
                                       webhook_signature::sign(body + ' ', key(), now) };
        for (const QByteArray &header : headers) {
            const auto taken = m_probe->payments().takeWebhook(header, body);
            QVERIFY(!taken);
            QCOMPARE(taken.error().kind, ProblemKind::forbidden);
        }

        QCOMPARE(m_probe->number("select count(*) from payment.webhook"), 0);
        QVERIFY(m_probe->outcomes().isEmpty());
    }

    // Who has the vendor's key can ring, and not more.
    void aSignedLieChangesNothing()
    {
        const api::ChargeId charge = undecidedCharge();
        const qint64 tries = triesOf(charge);

        QVERIFY(ring(eventOf(u"evt_1"_s, u"payment_intent.succeeded"_s, charge)));
        QVERIFY(ring(eventOf(u"evt_2"_s, u"payment_intent.payment_failed"_s, charge)));
        QTRY_VERIFY_WITH_TIMEOUT(triesOf(charge) > tries + 1, patience);

        QVERIFY(m_probe->outcomes().isEmpty());
        m_probe->vendor().behave({ { u"outage"_s, u"none"_s } });
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { u"payment.charged"_s }, patience);
        QVERIFY(
            json::fromJson<InvoiceCharged>(m_probe->outcomes().first().payload)->vendorRef != u"pi_forged"_s
        );
    }

    void aReplayedOneIsNotHeardTwice()
    {
        m_probe->stop();
        PaymentService::Options options = m_probe->options();
        options.engine.firstPause = options.engine.lastPause = options.engine.stuckPause = 1h;
        const SystemClock real;
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        PaymentNode node(m_probe->test(), options, m_probe->clock(), real);
        const api::ChargeId charge = undecidedCharge(node.payments().cards());
        const QByteArray body = eventOf(u"evt_1"_s, u"payment_intent.succeeded"_s, charge);
        const auto ringHere = [&] {
            return node.payments()
                .takeWebhook(webhook_signature::sign(body, key(), real.now()), body)
                .has_value();
        };
        const qint64 tries = triesOf(charge);
        QVERIFY(ringHere());
        QTRY_COMPARE_WITH_TIMEOUT(triesOf(charge), tries + 1, patience);
        // Not before the question has come back unanswered can the next ring be of any use.
        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->number("select count(*) from payment.transfer where leased_until is not null"),
            0,
            patience
        );

        // With nobody at work any more, what a ring does is seen in when the charge is looked at next.
        node.payments().stop();
        const QByteArray nextLook = "select next_at::text from payment.transfer";
        const QString before = m_probe->text(nextLook);

        for (int i = 0; i < 3; ++i)
            QVERIFY(ringHere());

        QCOMPARE(m_probe->number("select count(*) from payment.webhook"), 1);
        QCOMPARE(m_probe->text(nextLook), before);
    }

    void oneThatComesLateFindsEverythingAsItWas()
    {
        const Caller who = m_probe->customerWith();
        const ChargeInvoice command = m_probe->charge(who);
        m_probe->publish(who, command);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), 1, patience);
        const QString before = rowOf(command);

        const api::ChargeId charge = PaymentService::chargeId(command.invoiceId, 1);
        QVERIFY(ring(eventOf(u"evt_9"_s, u"payment_intent.payment_failed"_s, charge)));
        QVERIFY(ring(eventOf(u"evt_8"_s, u"payment_intent.created"_s, charge)));
        QVERIFY(ring(eventOf(u"evt_7"_s, u"charge.refunded"_s, charge)));

        QCOMPARE(rowOf(command), before);
        QCOMPARE(m_probe->outcomes().size(), 1);
    }

    void whatIsSignedButNoEventIsRefused()
    {
        for (const QByteArray &body :
             { QByteArray(), QByteArray("[]"), QByteArray("{}"), QByteArray(R"({"id": 7})") })
            QVERIFY(!ring(body));
        // What is about nothing of ours is taken and forgotten.
        QVERIFY(ring(R"({"id": "evt_1", "type": "customer.created", "data": {"object": {"id": "cus_1"}}})"));
        QVERIFY(ring(eventOf(u"evt_2"_s, u"payment_intent.succeeded"_s, api::ChargeId::make())));
        QVERIFY(m_probe->outcomes().isEmpty());
    }

    void rememberedOnesAreForgottenOnceTheirSignatureIsOld()
    {
        QVERIFY(ring(eventOf(u"evt_1"_s, u"payment_intent.succeeded"_s, api::ChargeId::make())));
        QVERIFY(m_probe->payments().keepHouse());
        QCOMPARE(m_probe->number("select count(*) from payment.webhook"), 1);
        QCOMPARE(
            m_probe->number("with old as (update payment.webhook set at = at - interval '2 days' returning "
                            "1) select count(*) from old"),
            1
        );

        QVERIFY(m_probe->payments().keepHouse());

        QCOMPARE(m_probe->number("select count(*) from payment.webhook"), 0);
    }

private:
    [[nodiscard]] Secret key() const { return Secret(m_probe->vendor().webhookKey()); }
    bool ring(const QByteArray &body)
    {
        return m_probe->payments()
            .takeWebhook(webhook_signature::sign(body, key(), SystemClock().now()), body)
            .has_value();
    }
    api::ChargeId undecidedCharge() { return undecidedCharge(m_probe->cards()); }
    // One that the vendor does not answer to.
    api::ChargeId undecidedCharge(CardService &cards)
    {
        m_probe->vendor().behave({ { u"outage"_s, u"none"_s } });
        const Caller who = m_probe->somebody();
        if (!cards.add(who, m_probe->card()))
            qFatal("no card");
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const ChargeInvoice command = m_probe->charge(who);
        m_probe->publish(who, command);
        const api::ChargeId charge = PaymentService::chargeId(command.invoiceId, 1);
        if (!QTest::qWaitFor([&] { return triesOf(charge) > 0; }, patience))
            qFatal("The vendor is not asked.");
        return charge;
    }
    qint64 triesOf(const api::ChargeId &charge)
    {
        return m_probe->number(
            "select coalesce(max(tries), 0) from payment.transfer where id = '" + charge.toString().toLatin1()
            + '\''
        );
    }
    QString rowOf(const ChargeInvoice &command)
    {
        return m_probe->text(
            "select t::text from payment.transfer t where invoice_id = '"
            + command.invoiceId.toString().toLatin1() + '\''
        );
    }

    std::unique_ptr<PaymentProbe> m_probe;
};

QTEST_GUILESS_MAIN(WebhookTest)
#include "webhook_test.moc"

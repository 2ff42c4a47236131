#include "tests/server/payment/payment_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int patience = PaymentProbe::patience;
const QString charged = u"payment.charged"_s;
const QString declined = u"payment.declined"_s;

} // namespace

// Charges: once for each command, whatever breaks in between.
class ChargeTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<PaymentProbe>();
        m_probe->start();
    }
    void cleanup() { m_probe.reset(); }

    void aChargeTakesItsAmountFromTheDefaultCard()
    {
        const Caller who = m_probe->customerWith();
        const ChargeInvoice command = m_probe->charge(who, 1999);

        m_probe->publish(who, command);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { charged }, patience);
        const Outcome outcome = m_probe->outcomes().first();
        const auto event = json::fromJson<InvoiceCharged>(outcome.payload);
        QCOMPARE(outcome.key, who.account.toString());
        QCOMPARE(event->invoiceId, command.invoiceId);
        QCOMPARE(event->amount.minor, 1999);
        QCOMPARE(event->cardLast4, u"4242"_s);
        const QJsonObject intent
            = m_probe->vendor().ask("GET", "/v1/payment_intents/"_L1 + event->vendorRef).json();
        QCOMPARE(intent["amount_received"_L1].toInteger(), 1999);
        QCOMPARE(intent["currency"_L1].toString(), u"usd"_s);
        QCOMPARE(intent["metadata"_L1]["invoice_id"_L1].toString(), command.invoiceId.toString());
        QCOMPARE(
            intent["metadata"_L1]["charge_id"_L1].toString(),
            PaymentService::chargeId(command.invoiceId, 1).toString()
        );
    }

    void aCommandThatIsRepeatedChargesOnce()
    {
        const Caller who = m_probe->customerWith();
        const ChargeInvoice command = m_probe->charge(who);

        for (int i = 0; i < 5; ++i)
            m_probe->publish(who, command);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { charged }, patience);
        m_probe->publish(who, command);
        settleDown(who);

        QCOMPARE(m_probe->vendor().count(u"charges"_s), 2); // the last one is settleDown's
        QCOMPARE(m_probe->outcomeTypes(), (QStringList { charged, charged }));
    }

    void aTimeOutAfterHavingChargedIsAskedAboutAndNotChargedAgain()
    {
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"hangs"_s, 3 } });

        for (int i = 0; i < 3; ++i)
            m_probe->publish(who, m_probe->charge(who));

        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->outcomeTypes(), (QStringList { charged, charged, charged }), patience
        );
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 3);
        QCOMPARE(m_probe->vendor().count(u"hung"_s), 3);
    }

    void anAnswerThatComesTooLateChangesNothing()
    {
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"latencyMs"_s, 1000 } }); // the node waits 400
        m_probe->publish(who, m_probe->charge(who));
        QTRY_VERIFY_WITH_TIMEOUT(
            m_probe->number("select count(*) from payment.transfer where tries >= 2") == 1, patience
        );

        m_probe->vendor().behave({ { u"latencyMs"_s, 0 } });

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { charged }, patience);
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 1);
    }

    void aChargeWhoseKeyTheVendorHasForgottenIsFoundInItsList()
    {
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"hangs"_s, 1 } });
        m_probe->stop();
        PaymentService::Options options = m_probe->options();
        options.engine.keyLife = 0h; // whatever was asked before is too old for its key
        const SystemClock real;
        PaymentNode node(m_probe->test(), options, m_probe->clock(), real);
        m_probe->publish(who, m_probe->charge(who));
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->vendor().count(u"charges"_s), 1, patience);
        m_probe->vendor().forgetKeys();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { charged }, patience);
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 1);
    }

    void anOutageDelaysAndLosesNothing_data()
    {
        QTest::addColumn<QString>("outage");
        QTest::newRow("refuses") << u"refuses"_s;
        QTest::newRow("silent") << u"silent"_s;
    }
    void anOutageDelaysAndLosesNothing()
    {
        QFETCH(const QString, outage);
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"outage"_s, outage } });
        for (int i = 0; i < 4; ++i)
            m_probe->publish(who, m_probe->charge(who));
        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->number("select count(*) from payment.transfer where tries >= 6"), 4, patience
        );
        QVERIFY(m_probe->payments().keepHouse());
        QCOMPARE(m_probe->payments().lastHealth().transfers.stuck, 4);
        QVERIFY(m_probe->outcomes().isEmpty());

        m_probe->vendor().behave({ { u"outage"_s, u"none"_s } });

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), 4, patience);
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 4);
    }

    void aDeclineIsToldOnceAndNotTriedAgain_data()
    {
        QTest::addColumn<QString>("number");
        QTest::addColumn<QString>("code");
        QTest::addColumn<bool>("hard");
        QTest::newRow("no money") << u"4000000000009995"_s << u"insufficient_funds"_s << false;
        QTest::newRow("trouble") << u"4000000000000119"_s << u"processing_error"_s << false;
        QTest::newRow("too often") << u"4000000000006975"_s << u"card_velocity_exceeded"_s << false;
        QTest::newRow("stolen") << u"4000000000009979"_s << u"stolen_card"_s << true;
        QTest::newRow("lost") << u"4000000000009987"_s << u"lost_card"_s << true;
        QTest::newRow("expired") << u"4000000000000069"_s << u"expired_card"_s << true;
        QTest::newRow("just so") << u"4000000000000341"_s << u"generic_decline"_s << true;
        QTest::newRow("asks back") << u"4000002500003155"_s << u"authentication_required"_s << true;
    }
    void aDeclineIsToldOnceAndNotTriedAgain()
    {
        QFETCH(const QString, number);
        QFETCH(const QString, code);
        QFETCH(const bool, hard);
        const Caller who = m_probe->customerWith(number);
        const ChargeInvoice command = m_probe->charge(who);

        m_probe->publish(who, command);
        m_probe->publish(who, command);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { declined }, patience);
        const auto event = json::fromJson<ChargeDeclined>(m_probe->outcomes().first().payload);
        QCOMPARE(event->code, code);
        QCOMPARE(event->hard, hard);
        QVERIFY(!event->reason.isEmpty());
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 0);
        QCOMPARE(m_probe->vendor().count(u"intents"_s), 1);
    }

    void anotherAttemptIsAnotherCharge()
    {
        const Caller who = m_probe->customerWith(u"4000000000009995"_s);
        ChargeInvoice command = m_probe->charge(who);
        m_probe->publish(who, command);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { declined }, patience);
        QVERIFY(m_probe->cards().add(who, m_probe->card()));

        command.attempt = 2;
        m_probe->publish(who, command);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), (QStringList { declined, charged }), patience);
        QCOMPARE(json::fromJson<InvoiceCharged>(m_probe->outcomes().last().payload)->attempt, 2);
    }

    void anInvoiceThatIsPaidIsNotChargedByALaterAttempt()
    {
        const Caller who = m_probe->customerWith();
        ChargeInvoice command = m_probe->charge(who);
        m_probe->vendor().behave({ { u"hangs"_s, 1 } });
        m_probe->publish(who, command);
        command.attempt = 2; // before the first one's outcome is known
        m_probe->publish(who, command);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), (QStringList { charged, declined }), patience);
        QCOMPARE(
            json::fromJson<ChargeDeclined>(m_probe->outcomes().last().payload)->code, u"already_charged"_s
        );
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 1);
    }

    void withoutACardThereIsAHardDecline()
    {
        const Caller who = m_probe->somebody();

        m_probe->publish(who, m_probe->charge(who));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { declined }, patience);
        const auto event = json::fromJson<ChargeDeclined>(m_probe->outcomes().first().payload);
        QCOMPARE(event->code, u"no_card"_s);
        QVERIFY(event->hard);
    }

    void aCardThatTheVendorDidNotHaveYetIsTakenThereAndPays()
    {
        m_probe->vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"outage"_s, u"none"_s } });

        m_probe->publish(who, m_probe->charge(who));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), QStringList { charged }, patience);
        QCOMPARE(m_probe->number("select count(*) from payment.card where number is not null"), 0);
    }

    void whatIsNoAmountIsDeclinedAtOnce()
    {
        const Caller who = m_probe->customerWith();

        m_probe->publish(who, m_probe->charge(who, 0));
        m_probe->publish(who, m_probe->charge(who, -5));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes(), (QStringList { declined, declined }), patience);
        QCOMPARE(m_probe->vendor().count(u"intents"_s), 0);
    }

    void moreThanTheVendorTakesAtOnceWaitsHere()
    {
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"latencyMs"_s, 50 }, { u"concurrency"_s, 8 } });

        for (int i = 0; i < 60; ++i)
            m_probe->publish(who, m_probe->charge(who));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), 60, patience);
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 60);
        QCOMPARE(m_probe->vendor().count(u"limited"_s), 0);
        QVERIFY(m_probe->vendor().count(u"mostAtOnce"_s) > 4);
    }

    void aVendorThatTakesFewerThanWeThinkIsAskedAgain()
    {
        const Caller who = m_probe->customerWith();
        m_probe->vendor().behave({ { u"latencyMs"_s, 20 }, { u"concurrency"_s, 3 } });

        for (int i = 0; i < 20; ++i)
            m_probe->publish(who, m_probe->charge(who));

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomeTypes().count(charged), 20, patience);
        QCOMPARE(m_probe->vendor().count(u"charges"_s), 20);
        QVERIFY(m_probe->vendor().count(u"limited"_s) > 0);
    }

    // Of everything at once, by two nodes that come and go.
    void troublesTogetherChargeEachInvoiceOnce()
    {
        QList<Caller> customers;
        for (int i = 0; i < 5; ++i)
            customers += m_probe->customerWith();
        m_probe->vendor().behave({ { u"latencyMs"_s, 5 },
                                   { u"hanging"_s, 0.15 },
                                   { u"softDeclines"_s, 0.1 },
                                   { u"hardDeclines"_s, 0.05 } });
        const SystemClock real;
        auto second
            = std::make_unique<PaymentNode>(m_probe->test(), m_probe->options(), m_probe->clock(), real);
        constexpr int count = 200;
        for (int i = 0; i < count; ++i) {
            const Caller &who = customers.at(i % customers.size());
            const ChargeInvoice command = m_probe->charge(who, 1000 + i);
            m_probe->publish(who, command);
            if (i % 7 == 0)
                m_probe->publish(who, command);
            if (i == 80)
                second.reset();
            if (i == 120) {
                m_probe->stop();
                m_probe->start();
            }
        }

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), count, 2 * patience);

        const qint64 paid = m_probe->outcomeTypes().count(charged);
        QVERIFY(paid > 100 && paid < count);
        QCOMPARE(m_probe->vendor().count(u"charges"_s), paid);
        QCOMPARE(
            m_probe->number("select count(distinct invoice_id) from payment.transfer where state = 'done'"),
            paid
        );
        QCOMPARE(
            m_probe->number("select count(distinct payload ->> 'invoiceId') from bus.event where type in "
                            "('payment.charged', 'payment.declined')"),
            count
        );
        QCOMPARE(
            m_probe->number("select sum((payload #>> '{amount,minor}')::bigint) from bus.event where type = "
                            "'payment.charged'"),
            m_probe->vendor().count(u"chargeMinor"_s)
        );
        QVERIFY(m_probe->vendor().count(u"hung"_s) > 5);
        // And the vendor's own list says the same.
        const auto list
            = m_probe->payments().vendorList(VendorList::charges, real.now() - 1h, real.now() + 1min);
        QVERIFY2(list, why(list));
        QCOMPARE(list->size(), count);
        QCOMPARE(std::ranges::count(*list, true, &VendorEntry::succeeded), paid);
    }

private:
    // Whatever was published before has been taken in and settled, for a customer's commands stay in order.
    void settleDown(const Caller &who)
    {
        const qsizetype before = m_probe->outcomes().size();
        m_probe->publish(who, m_probe->charge(who));
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->outcomes().size(), before + 1, patience);
    }

    std::unique_ptr<PaymentProbe> m_probe;
};

QTEST_GUILESS_MAIN(ChargeTest)
#include "charge_test.moc"

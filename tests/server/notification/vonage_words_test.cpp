#include "server/services/notification/vonage_words.h"

#include "server/services/notification/vonage_vendor.h"
#include "shared/json/codec.h"
#include "tests/doubles/message_vendor/sms_desk.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class VonageWordsTest : public QObject
{
    Q_OBJECT

private slots:
    // What is signed is "&a=1_2&b=x_y": what would end a field is replaced.
    void theSignatureIsVonages()
    {
        const FormFields fields { { u"b"_s, u"x=y"_s }, { u"sig"_s, u"?"_s }, { u"a"_s, u"1&2"_s } };
        QCOMPARE(
            vonage::signatureOf(fields, Secret("secret")),
            "04bf08713ebd1d81d89c93bca6be5a9c3883cc2f65412fb6901d8c1dda683029"
        );
    }

    void failuresAreTheMessagesOrTheVendors_data()
    {
        QTest::addColumn<QString>("said");
        QTest::addColumn<DeliveryOutcome>("outcome");
        QTest::newRow("too many") << u"1"_s << DeliveryOutcome::away;
        QTest::newRow("a field is wrong") << u"3"_s << DeliveryOutcome::refused;
        QTest::newRow("who are you?") << u"4"_s << DeliveryOutcome::away;
        QTest::newRow("an error within") << u"5"_s << DeliveryOutcome::unknown;
        QTest::newRow("opted out") << u"7"_s << DeliveryOutcome::refused;
        QTest::newRow("no money left") << u"9"_s << DeliveryOutcome::away;
    }
    void failuresAreTheMessagesOrTheVendors()
    {
        QFETCH(QString, said);
        QFETCH(DeliveryOutcome, outcome);
        const QJsonObject part { { u"status"_s, said }, { u"error-text"_s, u"No"_s } };
        const QJsonObject answer { { u"messages"_s, QJsonArray { part } } };
        const Delivery delivery = vonage::toDelivery(200, json::toText(answer));
        QCOMPARE(delivery.outcome, outcome);
        QCOMPARE(delivery.detail, said + u": No"_s);
    }

    void whatIsNoAnswerOfVonagesTellsNothing()
    {
        QCOMPARE(vonage::toDelivery(200, "<html>").outcome, DeliveryOutcome::unknown);
        QCOMPARE(vonage::toDelivery(502, "<html>").outcome, DeliveryOutcome::unknown);
        QCOMPARE(vonage::toDelivery(503, "<html>").outcome, DeliveryOutcome::away);
        QCOMPARE(vonage::toDelivery(404, "<html>").outcome, DeliveryOutcome::away);
    }

    void whatTakesAnotherAlphabetSaysSo()
    {
        const auto formOf = [](const QString &text) {
            return vonage::toForm({ u"+12125550100"_s, u"Squad"_s, text, u"1"_s, {} }, u"key"_s, Secret("s"));
        };
        QVERIFY(!formOf(u"plain"_s).contains("type=unicode"));
        QVERIFY(formOf(u"王芳"_s).contains("type=unicode"));
        QVERIFY(formOf(u"plain"_s).contains("to=12125550100&"));
    }

    void overTheWire_data()
    {
        QTest::addColumn<SmsBehaviour>("behaviour");
        QTest::addColumn<QString>("number");
        QTest::addColumn<DeliveryOutcome>("outcome");
        const QString ana = u"+12125550100"_s;
        QTest::newRow("taken") << SmsBehaviour {} << ana << DeliveryOutcome::sent;
        QTest::newRow("barred") << SmsBehaviour {} << u"+15005550004"_s << DeliveryOutcome::refused;
        QTest::newRow("silent") << SmsBehaviour { .hangs = 1 } << ana << DeliveryOutcome::unknown;
        QTest::newRow("too many") << SmsBehaviour { .outage = SmsOutage::limits } << ana
                                  << DeliveryOutcome::away;
    }
    void overTheWire()
    {
        QFETCH(SmsBehaviour, behaviour);
        QFETCH(QString, number);
        QFETCH(DeliveryOutcome, outcome);
        SmsDesk::Options desk;
        desk.token = Secret("secret");
        SmsDesk vendor(desk);
        QVERIFY(vendor.listen());
        vendor.behave(behaviour);
        VonageVendor::Options options;
        options.url = vendor.url();
        options.key = u"ACsandbox"_s;
        options.secret = Secret("secret");
        options.from = u"Squad"_s;
        options.timeout = 500ms;

        const Delivery delivery = VonageVendor(options).deliver(
            { u"0190"_s, u"Ana"_s, number, { {}, u"Hi & bye"_s, {} }, Instant {} }
        );

        QCOMPARE(delivery.outcome, outcome);
        if (vendor.taken() == 1)
            QCOMPARE(vendor.received().first().text, u"Hi & bye"_s);
        options.secret = Secret("wrong");
        vendor.behave({});
        QCOMPARE(
            VonageVendor(options).deliver({ u"0190"_s, u"Ana"_s, number, { {}, u"Hi"_s, {} }, Instant {} }
            ).outcome,
            DeliveryOutcome::away
        );
    }
};

QTEST_GUILESS_MAIN(VonageWordsTest)
#include "vonage_words_test.moc"

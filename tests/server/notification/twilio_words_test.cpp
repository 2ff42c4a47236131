#include "server/services/notification/twilio_words.h"

#include "server/services/notification/receipt_address.h"
#include "shared/json/codec.h"

#include <QTest>

using namespace Qt::StringLiterals;

class TwilioWordsTest : public QObject
{
    Q_OBJECT

private slots:
    // The example of Twilio's own libraries.
    void theSignatureIsTwilios()
    {
        const FormFields fields { { u"CallSid"_s, u"CA1234567890ABCDE"_s },
                                  { u"Digits"_s, u"1234"_s },
                                  { u"From"_s, u"+14158675309"_s },
                                  { u"To"_s, u"+18005551212"_s },
                                  { u"Caller"_s, u"+14158675309"_s } };
        const QByteArray url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        const QByteArray signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        const Secret token("12345");

        QVERIFY(twilio::isSigned(signature, url, fields, token));
        QVERIFY(!twilio::isSigned(signature, url, fields, Secret("12346")));
        QVERIFY(!twilio::isSigned(signature, url + "3", fields, token));
        QVERIFY(!twilio::isSigned(signature, url, fields + FormFields { { u"X"_s, u"1"_s } }, token));
        QVERIFY(!twilio::isSigned({}, url, fields, token));
        QVERIFY(!twilio::isSigned(twilio::signatureOf(url, fields, {}), url, fields, {}));
    }

    void failuresAreTheMessagesOrTheVendors_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<DeliveryOutcome>("outcome");
        const auto error = [](int code) {
            return json::toText(QJsonObject { { u"code"_s, code }, { u"message"_s, u"no"_s } });
        };
        QTest::newRow("taken") << 201 << QByteArray("{\"sid\": \"SM1\"}") << DeliveryOutcome::sent;
        QTest::newRow("no number") << 400 << error(21211) << DeliveryOutcome::refused;
        QTest::newRow("opted out") << 400 << error(21610) << DeliveryOutcome::refused;
        QTest::newRow("a landline") << 400 << error(21614) << DeliveryOutcome::refused;
        QTest::newRow("our own number") << 400 << error(21606) << DeliveryOutcome::away;
        QTest::newRow("its queue is full") << 400 << error(21611) << DeliveryOutcome::away;
        QTest::newRow("not let in") << 401 << error(20003) << DeliveryOutcome::away;
        QTest::newRow("somebody else's page") << 404 << QByteArray("<html>") << DeliveryOutcome::away;
        QTest::newRow("moved") << 302 << QByteArray() << DeliveryOutcome::away;
        QTest::newRow("too many") << 429 << error(20429) << DeliveryOutcome::away;
        QTest::newRow("too many, without words") << 429 << QByteArray() << DeliveryOutcome::away;
        QTest::newRow("not now") << 503 << QByteArray() << DeliveryOutcome::away;
        QTest::newRow("Twilio's own failure") << 500 << error(20500) << DeliveryOutcome::away;
        QTest::newRow("a gateway's failure") << 504 << QByteArray("<html>") << DeliveryOutcome::unknown;
        QTest::newRow("taken, but what?") << 200 << QByteArray("<html>") << DeliveryOutcome::unknown;
    }
    void failuresAreTheMessagesOrTheVendors()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(DeliveryOutcome, outcome);
        QCOMPARE(twilio::toDelivery(status, body).outcome, outcome);
    }

    void aValueBeginsNoOtherField()
    {
        const QByteArray form = twilio::toForm(
            { u"+12125550100"_s, u"+15005550006"_s, u"a&To=+1\r\n=ñ %"_s, "http://x/?a=1&b=2" }
        );
        const auto fields = fromForm(form);
        QVERIFY(fields);
        QCOMPARE(fields->size(), 4);
        QCOMPARE(fieldOf(*fields, u"To"), u"+12125550100"_s);
        QCOMPARE(fieldOf(*fields, u"Body"), u"a&To=+1\r\n=ñ %"_s);
        QVERIFY(twilio::toForm({ u"+1"_s, u"MG1"_s, u"a"_s, {} }).contains("MessagingServiceSid=MG1"));
    }

    void whatIsNoFormIsNone()
    {
        QVERIFY(!fromForm("a=%FF"));
        QVERIFY(!fromForm(QByteArray("a=1&").repeated(200)));
        QVERIFY(fromForm({})->isEmpty());
    }

    void aMessageIsFoundByNumberTextAndTime()
    {
        const twilio::Outgoing message { u"+12125550100"_s, u"+15005550006"_s, u"Hi"_s, {} };
        const Instant since = *instantFromText(u"2026-11-23T15:00:00.000Z"_s);
        const auto found = [&](const QString &to, const QString &text, const QString &at) {
            const QJsonObject each { { u"sid"_s, u"SM1"_s },
                                     { u"to"_s, to },
                                     { u"body"_s, text },
                                     { u"direction"_s, u"outbound-api"_s },
                                     { u"date_created"_s, at } };
            const QJsonObject list { { u"messages"_s, QJsonArray { each } } };
            return twilio::findSid(200, json::toText(list), message, since).has_value();
        };
        QVERIFY(found(message.to, u"Hi"_s, u"Mon, 23 Nov 2026 15:00:01 +0000"_s));
        QVERIFY(!found(message.to, u"Hi"_s, u"Mon, 23 Nov 2026 14:59:00 +0000"_s));
        QVERIFY(!found(message.to, u"Ho"_s, u"Mon, 23 Nov 2026 15:00:01 +0000"_s));
        QVERIFY(!found(u"+12125550101"_s, u"Hi"_s, u"Mon, 23 Nov 2026 15:00:01 +0000"_s));
        QVERIFY(!twilio::findSid(500, "{}", message, since));
    }

    void aReceiptNamesItsMessage()
    {
        QCOMPARE(
            receiptAddress(QUrl(u"https://squad.example"_s), u"twilio"_s, u"0190"_s),
            "https://squad.example/api/v1/webhooks/messages/twilio?message=0190"
        );
        QVERIFY(receiptAddress({}, u"twilio"_s, u"0190"_s).isEmpty());
        const auto receipt = twilio::toReceipt({ { u"MessageSid"_s, u"SM1"_s },
                                                 { u"MessageStatus"_s, u"undelivered"_s },
                                                 { u"ErrorCode"_s, u"30003"_s } });
        QVERIFY(receipt);
        QCOMPARE(receipt->status, api::DeliveryStatus::undelivered);
        QCOMPARE(receipt->trouble, u"error 30003"_s);
        QVERIFY(!twilio::toReceipt({ { u"MessageSid"_s, u"SM1"_s }, { u"MessageStatus"_s, u"lost"_s } }));
        QVERIFY(!twilio::toReceipt({ { u"MessageStatus"_s, u"sent"_s } }));
    }
};

QTEST_GUILESS_MAIN(TwilioWordsTest)
#include "twilio_words_test.moc"

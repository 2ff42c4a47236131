#include "server/services/payment/stripe_words.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

NewVendorCharge sample()
{
    return { .id = *api::ChargeId::parse(u"5c9a7a0e-6d0b-4c56-9f0e-0d5f3f6e7a41"_s),
             .invoiceId = *api::InvoiceId::parse(u"0190a000-0000-7000-8000-000000000001"_s),
             .attempt = 2,
             .vendorCustomer = u"cus_1"_s,
             .method = u"pm_1"_s,
             .amount = { 1999, u"USD"_s },
             .description = u"Plan & more = 100 %"_s };
}

// JSON as it reads best in C++. Not a raw string: moc loses count of the brackets in those.
QByteArray quoted(QByteArray json)
{
    return json.replace('\'', '"');
}

VendorAnswer answered(const VendorQuestion &question, int status, const QByteArray &body)
{
    return stripe::toAnswer(question, status, body);
}

} // namespace

// What is said to the vendor, and what its answers mean: only a clear one moves anything.
class StripeWordsTest : public QObject
{
    Q_OBJECT

private slots:
    void theSameChargeIsAskedForInTheSameWordsUnderTheSameKey()
    {
        const stripe::Call call = stripe::toCall(sample());

        QCOMPARE(call.method, "POST");
        QCOMPARE(call.target, "/v1/payment_intents");
        QCOMPARE(call.idempotencyKey, "charge-5c9a7a0e-6d0b-4c56-9f0e-0d5f3f6e7a41");
        QVERIFY(call.form.startsWith("amount=1999&currency=usd&customer=cus_1&payment_method=pm_1&"));
        QVERIFY(call.form.contains("&description=Plan%20%26%20more%20%3D%20100%20%25&"));
        QVERIFY(call.form.contains("metadata[charge_id]=5c9a7a0e-6d0b-4c56-9f0e-0d5f3f6e7a41"));
        QCOMPARE(stripe::toCall(sample()).form, call.form);
    }

    void namesFromTheVendorCannotLeadElsewhere()
    {
        QCOMPARE(
            stripe::toCall(AskVendorCharge { u"../refunds?x=1"_s }).target,
            "/v1/payment_intents/..%2Frefunds%3Fx%3D1"
        );
    }

    void onlyAClearAnswerDecidesACharge_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("verdict");
        const auto row = [](const char *name, int status, const QByteArray &body, VendorVerdict verdict) {
            QTest::newRow(name) << status << body << static_cast<int>(verdict);
        };
        using enum VendorVerdict;
        row("none", 0, {}, unknown);
        row("cut off", 200, quoted("{'id': 'pi_1', 'status': 'succ"), unknown);
        row("a proxy's page", 200, "<html>", unknown);
        row("no status", 200, quoted("{'id': 'pi_1'}"), unknown);
        row("a status of the future", 200, quoted("{'id': 'pi_1', 'status': 'pondering'}"), unknown);
        row("succeeded", 200, quoted("{'id': 'pi_1', 'status': 'succeeded'}"), done);
        row("processing", 200, quoted("{'id': 'pi_1', 'status': 'processing'}"), pending);
        row("canceled", 200, quoted("{'id': 'pi_1', 'status': 'canceled'}"), declined);
        row("declined", 402, quoted("{'error': {'type': 'card_error', 'code': 'card_declined'}}"), declined);
        row("wrong", 400, quoted("{'error': {'type': 'invalid_request_error'}}"), declined);
        row("key used otherwise", 400, quoted("{'error': {'type': 'idempotency_error'}}"), unknown);
        row("key in use", 409, quoted("{'error': {'type': 'idempotency_error'}}"), unknown);
        row("our key is wrong", 401, quoted("{'error': {'type': 'invalid_request_error'}}"), unknown);
        row("too many",
            429,
            quoted("{'error': {'type': 'invalid_request_error', 'code': 'rate_limit'}}"),
            unknown);
        row("broken", 500, quoted("{'error': {'type': 'api_error'}}"), unknown);
        row("away", 503, "", unknown);
    }
    void onlyAClearAnswerDecidesACharge()
    {
        QFETCH(const int, status);
        QFETCH(const QByteArray, body);
        QFETCH(const int, verdict);

        QCOMPARE(static_cast<int>(answered(sample(), status, body).verdict), verdict);
    }

    void aDeclineSaysWhetherTheCardMayBeTriedAgain_data()
    {
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<bool>("hard");
        QTest::newRow("no money") << QByteArray("insufficient_funds") << false;
        QTest::newRow("later") << QByteArray("try_again_later") << false;
        QTest::newRow("stolen") << QByteArray("stolen_card") << true;
        QTest::newRow("of the future") << QByteArray("feels_odd") << true;
    }
    void aDeclineSaysWhetherTheCardMayBeTriedAgain()
    {
        QFETCH(const QByteArray, code);
        QFETCH(const bool, hard);

        QByteArray body = quoted("{'error': {'type': 'card_error', 'code': 'card_declined', 'message': 'No.',"
                                 " 'decline_code': 'CODE', 'payment_intent': {'id': 'pi_9'}}}");

        const VendorAnswer answer = answered(sample(), 402, body.replace("CODE", code));

        QCOMPARE(answer.code.toLatin1(), code);
        QCOMPARE(answer.hard, hard);
        QCOMPARE(answer.ref, u"pi_9"_s);
        QCOMPARE(answer.reason, u"No."_s);
    }

    void aChargeIsFoundInTheListByOurNameForIt()
    {
        const FindVendorCharge find { sample().id, u"cus_1"_s, Instant() };
        const QByteArray ours = quoted("{'id': 'pi_2', 'status': 'succeeded', 'metadata': {'charge_id': "
                                       "'5c9a7a0e-6d0b-4c56-9f0e-0d5f3f6e7a41'}}");
        const QByteArray other
            = quoted("{'id': 'pi_1', 'status': 'succeeded', 'metadata': {'charge_id': 'x'}}");

        const VendorAnswer found = answered(find, 200, quoted("{'data': [") + other + ',' + ours + "]}");
        const VendorAnswer absent = answered(find, 200, quoted("{'data': [") + other + "]}");
        const VendorAnswer perhaps
            = answered(find, 200, quoted("{'has_more': true, 'data': [") + other + "]}");

        QCOMPARE(found.verdict, VendorVerdict::done);
        QCOMPARE(found.ref, u"pi_2"_s);
        QCOMPARE(absent.verdict, VendorVerdict::absent);
        QCOMPARE(perhaps.verdict, VendorVerdict::unknown);
    }

    void aListThatBreaksOffIsNoList()
    {
        QVERIFY(stripe::toPage(200, quoted("{'data': []}")));
        QVERIFY(!stripe::toPage(200, quoted("{'data': [")));
        QVERIFY(!stripe::toPage(500, quoted("{'data': []}")));
        QVERIFY(!stripe::toPage(0, {}));
    }
};

QTEST_GUILESS_MAIN(StripeWordsTest)
#include "stripe_words_test.moc"

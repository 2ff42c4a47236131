#include "shared/api/payment.h"
#include "shared/json/codec.h"

#include <QTest>

using namespace Qt::StringLiterals;

// What a card's number may look like, and what becomes of it on its way in.
class CardNumberTest : public QObject
{
    Q_OBJECT

private slots:
    void aNumberIsKnownByItsBrand_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("brand");
        QTest::addColumn<QString>("last4");
        QTest::newRow("visa") << u"4242 4242 4242 4242"_s << u"visa"_s << u"4242"_s;
        QTest::newRow("visa, 13 digits") << u"4222222222222"_s << u"visa"_s << u"2222"_s;
        QTest::newRow("mastercard") << u"5555-5555-5555-4444"_s << u"mastercard"_s << u"4444"_s;
        QTest::newRow("mastercard, series 2") << u"2223003122003222"_s << u"mastercard"_s << u"3222"_s;
        QTest::newRow("amex") << u"3782 822463 10005"_s << u"amex"_s << u"0005"_s;
        QTest::newRow("discover") << u"6011111111111117"_s << u"discover"_s << u"1117"_s;
        QTest::newRow("diners") << u"3056930009020004"_s << u"diners"_s << u"0004"_s;
        QTest::newRow("jcb") << u"3566002020360505"_s << u"jcb"_s << u"0505"_s;
        QTest::newRow("unionpay") << u"6200000000000005"_s << u"unionpay"_s << u"0005"_s;
        QTest::newRow("nobody's") << u"9000000000000001"_s << u""_s << u"0001"_s;
        QTest::newRow("visa of a length it has not") << u"424242424242"_s << u""_s << u"4242"_s;
    }
    void aNumberIsKnownByItsBrand()
    {
        QFETCH(const QString, typed);
        QFETCH(const QString, brand);
        QFETCH(const QString, last4);

        const auto number = CardNumber::parse(typed);

        QVERIFY(number);
        QCOMPARE(number->brand(), brand);
        QCOMPARE(number->last4(), last4);
    }

    void oneWrongOrSwappedDigitIsRefused()
    {
        const QString right = u"4000056655665556"_s;
        QVERIFY(CardNumber::parse(right));

        for (int place = 0; place < right.size(); ++place) {
            for (char digit = '0'; digit <= '9'; ++digit) {
                QString wrong = right;
                wrong[place] = QLatin1Char(digit);
                QCOMPARE(CardNumber::parse(wrong).has_value(), wrong == right);
            }
        }
        // All neighbours but 09 and 90, which the check digit cannot tell apart.
        for (int place = 1; place < right.size(); ++place) {
            QString wrong = right;
            std::swap(wrong[place - 1], wrong[place]);
            QCOMPARE(CardNumber::parse(wrong).has_value(), wrong == right);
        }
    }

    void whatIsNoNumberIsRefused_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::newRow("nothing") << u""_s;
        QTest::newRow("only dashes") << u"----"_s;
        QTest::newRow("too short") << u"42424242420"_s;
        QTest::newRow("too long") << u"42424242424242424242"_s;
        QTest::newRow("letters") << u"4242 4242 4242 424x"_s;
        QTest::newRow("digits of another script") << u"٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"_s;
        QTest::newRow("a zero byte") << u"4242424242424242"_s + QChar(0);
        QTest::newRow("endless") << QString(100'000, u'4');
    }
    void whatIsNoNumberIsRefused()
    {
        QFETCH(const QString, typed);

        const auto number = CardNumber::parse(typed);

        QVERIFY(!number);
        QCOMPARE(number.error(), u"is not the number of a card"_s);
    }

    void aRefusalDoesNotRepeatWhatWasTyped()
    {
        const QByteArray typed = R"({"number": "4242424242424241", "expMonth": 13, "expYear": 2030})";

        const auto card = json::parse<api::NewCard>(typed);

        QVERIFY(!card);
        QCOMPARE(card.error().fields.size(), 2);
        for (const FieldError &field : card.error().fields)
            QVERIFY(!field.detail.contains(u"4242"_s));
        QVERIFY(!card.error().detail.contains(u"4242"_s));
    }

    void aNumberIsGoneWhenItsLastCopyIs()
    {
        auto number = CardNumber::parse(u"4242424242424242"_s);
        const auto copy = *number;
        number = CardNumber();

        QCOMPARE(copy.reveal(), QByteArrayView("4242424242424242"));
        QVERIFY(number->reveal().isEmpty());
    }
};

QTEST_GUILESS_MAIN(CardNumberTest)
#include "card_number_test.moc"

#include "server/services/notification/sms_text.h"

#include <QTest>

using namespace Qt::StringLiterals;

class SmsTextTest : public QObject
{
    Q_OBJECT

private slots:
    void numbersAreDialledAsTheyAreWritten_data()
    {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("dialled");
        QTest::newRow("ten digits") << u"2125550100"_s << u"+12125550100"_s;
        QTest::newRow("with signs") << u" (212) 555-0100 "_s << u"+12125550100"_s;
        QTest::newRow("with the country's 1") << u"1.212.555.0100"_s << u"+12125550100"_s;
        QTest::newRow("international") << u"+34 612 34 56 78"_s << u"+34612345678"_s;
        QTest::newRow("ours, international") << u"+1 212 555 0100"_s << u"+12125550100"_s;
        QTest::newRow("nothing") << u""_s << QString();
        QTest::newRow("a name") << u"CALL ME"_s << QString();
        QTest::newRow("an extension") << u"2125550100 x12"_s << QString();
        QTest::newRow("a form's field") << u"+12125550100&Body=x"_s << QString();
        QTest::newRow("no area begins so") << u"0125550100"_s << QString();
        QTest::newRow("no exchange begins so") << u"2120550100"_s << QString();
        QTest::newRow("too short") << u"+1212555010"_s << QString();
        QTest::newRow("too long") << u"+4412345678901234"_s << QString();
        QTest::newRow("foreign without +") << u"34612345678"_s << QString();
        QTest::newRow("digits of another script") << u"٢١٢٥٥٥٠١٠٠"_s << QString();
        QTest::newRow("two lines") << u"2125550100\r\n"_s << u"+12125550100"_s;
    }
    void numbersAreDialledAsTheyAreWritten()
    {
        QFETCH(QString, written);
        QFETCH(QString, dialled);
        QCOMPARE(toE164(written).value_or(QString()), dialled);
    }

    void aNumberIsNotTold() { QCOMPARE(maskedNumber(u"+12125550100"_s), u"…0100"_s); }

    void segmentsAreCountedAsTheyArePaidFor_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isGsm");
        QTest::addColumn<int>("units");
        QTest::addColumn<int>("segments");
        QTest::newRow("nothing") << QString() << true << 0 << 0;
        QTest::newRow("one full") << QString(160, u'a') << true << 160 << 1;
        QTest::newRow("one too many") << QString(161, u'a') << true << 161 << 2;
        QTest::newRow("two full") << QString(306, u'a') << true << 306 << 2;
        QTest::newRow("three") << QString(307, u'a') << true << 307 << 3;
        QTest::newRow("of two septets") << QString(80, u'€') << true << 160 << 1;
        QTest::newRow("of two septets, too many") << QString(81, u'€') << true << 162 << 2;
        // 152 and an escape do not fit into 153: the pair moves on.
        QTest::newRow("a pair is not torn apart")
            << QString(152, u'a') + u"€"_s + QString(152, u'a') << true << 306 << 3;
        QTest::newRow("é and ñ are in it") << u"éñüàòìùè¿¡Ñ"_s << true << 11 << 1;
        QTest::newRow("á is not") << u"está"_s << false << 4 << 1;
        QTest::newRow("ó is not") << QString(71, u'ó') << false << 71 << 2;
        QTest::newRow("another script") << QString(70, u'好') << false << 70 << 1;
        QTest::newRow("emoji are two") << QString(u"📺"_s).repeated(35) << false << 70 << 1;
        QTest::newRow("emoji are not torn apart") << QString(u"📺"_s).repeated(67) << false << 134 << 3;
    }
    void segmentsAreCountedAsTheyArePaidFor()
    {
        QFETCH(QString, text);
        QFETCH(bool, isGsm);
        QFETCH(int, units);
        QFETCH(int, segments);
        const SmsLength length = measureSms(text);
        QCOMPARE(length.alphabet == SmsAlphabet::gsm7, isGsm);
        QCOMPARE(length.units, units);
        QCOMPARE(length.segments, segments);
    }

    void whatATelephoneCannotShowIsLeftOut_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << u"Job T-1: TV, Reno 89501."_s << u"Job T-1: TV, Reno 89501."_s;
        QTest::newRow("control characters") << u"a\u0000b\u001bc\u0007\r\nd\te"_s << u"abc\nd e"_s;
        QTest::newRow("turned around") << u"safe\u202egro.dab\u2066x"_s << u"safegro.dabx"_s;
        QTest::newRow("quotes and dashes") << u"“No picture” – it’s…"_s << u"\"No picture\" - it's..."_s;
        QTest::newRow("accents that cost") << u"José Gómez, Córdoba"_s << u"José Gomez, Cordoba"_s;
        QTest::newRow("in two parts") << u"Jose\u0301 n\u0303"_s << u"José ñ"_s;
        QTest::newRow("another script stays") << u"王芳 está"_s << u"王芳 está"_s;
        QTest::newRow("emoji stay whole") << u"📺 👩\u200d🔧"_s << u"📺 👩\u200d🔧"_s;
        QTest::newRow("half a character") << (u"a"_s + QChar(0xd83d) + u"b"_s) << u"ab"_s;
    }
    void whatATelephoneCannotShowIsLeftOut()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        QCOMPARE(asSmsText(text), shown);
    }

    void aTextEndsWhereVendorsStop()
    {
        QCOMPARE(asSmsText(QString(5000, u'a')).size(), 1600);
        const QString emoji = asSmsText(u"a"_s + QString(u"📺"_s).repeated(1000));
        QCOMPARE(emoji.size(), 1599);
        QVERIFY(emoji.back().isLowSurrogate());
    }
};

QTEST_GUILESS_MAIN(SmsTextTest)
#include "sms_text_test.moc"

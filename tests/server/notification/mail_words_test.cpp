#include "server/services/notification/mail_words.h"

#include "tests/doubles/message_vendor/mail_page.h"

#include <QTest>

using namespace Qt::StringLiterals;

class MailWordsTest : public QObject
{
    Q_OBJECT

private:
    static QByteArray mime(const QString &subject, const QString &text)
    {
        return toMime(
            { u"0190"_s, u"Ana"_s, u"ana@example.com"_s, { subject, text, u"<p>Hi</p>"_s }, Instant {} },
            u"desk@squad.example"_s
        );
    }

private slots:
    void aLongSubjectIsReadAsItWasWritten()
    {
        const QString subject = u"Señal perdida 📺 en la televisión del salón, otra vez, desde ayer"_s;
        const QByteArray page = mailPage({ { {}, "<ana@example.com>", mime(subject, u"Sí"_s) } });
        QVERIFY2(page.contains("Subject: " + subject.toUtf8() + "\n"), page.constData());
        QVERIFY(page.contains("\nSí\n"));
    }

    void noLineIsLongerThanRelaysBear()
    {
        const QString text(5000, u'ñ');
        for (const QByteArray &line : mime(text, text).split('\n'))
            QVERIFY(line.size() <= 100);
    }

    void theNewestMailIsReadFirst()
    {
        const QByteArray page
            = mailPage({ { {}, {}, mime(u"First"_s, u"1"_s) }, { {}, {}, mime(u"Second"_s, u"2"_s) } });
        QVERIFY(page.indexOf("Second") < page.indexOf("First"));
    }

    void theEnvelopeNamesTheMessage()
    {
        QCOMPARE(envelopeSender(u"desk@squad.example"_s, u"0190"_s), u"desk+0190@squad.example"_s);
    }

    void anAddressThatIsACommandIsNone_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<bool>("isPlain");
        QTest::newRow("plain") << u"ana.b+c@example.com"_s << true;
        QTest::newRow("two lines") << u"ana@example.com\r\nDATA"_s << false;
        QTest::newRow("an end and more") << u"ana@example.com> NOTIFY=NEVER"_s << false;
        QTest::newRow("two of them") << u"ana@example.com,bo@example.com"_s << false;
        QTest::newRow("nobody") << u"@example.com"_s << false;
        QTest::newRow("not ASCII") << u"añá@example.com"_s << false;
    }
    void anAddressThatIsACommandIsNone()
    {
        QFETCH(QString, address);
        QFETCH(bool, isPlain);
        QCOMPARE(isPlainAddress(address), isPlain);
    }
};

QTEST_GUILESS_MAIN(MailWordsTest)
#include "mail_words_test.moc"

#include "server/services/notification/message_template.h"

#include <QTest>

using namespace Qt::StringLiterals;

class MessageTemplateTest : public QObject
{
    Q_OBJECT

private slots:
    void valuesStandWhereTheyAreNamed()
    {
        const MessageTemplate words { u"Ticket {{number}}"_s,
                                      u"Dear {{ name }}, {{number}}."_s,
                                      u"<b>{{name}}</b>"_s };

        const auto filled = fill(words, { { u"number"_s, u"T-1"_s }, { u"name"_s, u"Ann"_s } });

        QCOMPARE(filled.subject, u"Ticket T-1"_s);
        QCOMPARE(filled.text, u"Dear Ann, T-1."_s);
        QCOMPARE(filled.html, u"<b>Ann</b>"_s);
    }

    void anUnknownVariableIsRefusedWhereItStands()
    {
        const MessageTemplate words { u"{{number}}"_s, u"{{pasword}} {{number"_s, {} };

        const auto checked = checkTemplate(words, { u"number"_s });

        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ProblemKind::invalidInput);
        QCOMPARE(checked.error().fields.size(), 2);
        QCOMPARE(checked.error().fields.first().pointer, u"/text"_s);
    }

    void aTemplateOfKnownVariablesIsTaken()
    {
        QVERIFY(checkTemplate({ u"{{ number }}"_s, u"{{number}}"_s, {} }, { u"number"_s }));
    }

    void aSubjectOfTwoLinesIsRefused()
    {
        QVERIFY(!checkTemplate({ u"one\r\nBcc: all@example.com"_s, {}, {} }, {}));
    }

    void aLineBreakInAValueBeginsNoHeader()
    {
        const auto filled
            = fill({ u"Re: {{name}}"_s, {}, {} }, { { u"name"_s, u"A\r\nBcc: x@y.z\u2028\0"_s } });

        QVERIFY(!filled.subject.contains(u'\n'));
        QVERIFY(!filled.subject.contains(u'\r'));
        QVERIFY(!filled.subject.contains(QChar(0x2028)));
        QVERIFY(filled.subject.startsWith(u"Re: A  Bcc: x@y.z"_s));
    }

    void markupInAValueArrivesAsText()
    {
        const auto filled
            = fill({ {}, {}, u"<p title='{{name}}'>"_s }, { { u"name"_s, u"'><script>\"&"_s } });

        QCOMPARE(filled.html, u"<p title='&#39;&gt;&lt;script&gt;&quot;&amp;'>"_s);
    }

    void bracesInAValueAreNotFilledAgain()
    {
        const auto filled
            = fill({ {}, u"{{name}}"_s, {} }, { { u"name"_s, u"{{secret}}"_s }, { u"secret"_s, u"1234"_s } });

        QCOMPARE(filled.text, u"{{secret}}"_s);
    }
};

QTEST_GUILESS_MAIN(MessageTemplateTest)
#include "message_template_test.moc"

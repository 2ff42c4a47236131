#include "server/http/routes.h"
#include "server/services/notification/message_kind.h"
#include "server/services/notification/notification_routes.h"
#include "server/services/notification/notification_store.h"
#include "server/services/notification/template_service.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const Headers::Field asAdmin { "authorization", "Bearer admin-1" };
const Headers::Field asManager { "authorization", "Bearer manager-1" };

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QStringList blamed(const Response &response)
{
    QStringList pointers;
    for (const QJsonValue &error : object(response)[u"errors"_s].toArray())
        pointers.append(error[u"pointer"_s].toString());
    return pointers;
}

} // namespace

// What administrators do to the words of messages.
class MessageTemplatesTest : public QObject
{
    Q_OBJECT
private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_templates = std::make_unique<TemplateService>(m_clock);
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator(testAuthenticator);
        Routes routes(*m_router, m_test->database(), notification_store::role);
        addTemplateRoutes(routes, *m_templates);
    }
    void cleanup()
    {
        m_router.reset();
        m_templates.reset();
        m_test.reset();
    }

    void everyKindOnEveryChannelIsListedInBothLanguages()
    {
        const QJsonArray items = object(get(u"/api/v1/message-templates"_s))[u"items"_s].toArray();
        qsizetype expected = 0;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::MessageKind>>([&](auto each) {
            expected += 2 * traitsOf(each.value).channels.size();
        });
        QCOMPARE(items.size(), expected);
        for (const QJsonValue &item : items) {
            QVERIFY(!item[u"why"_s].toString().isEmpty());
            QVERIFY(item[u"variables"_s].toArray().contains(u"person.name"_s));
        }
    }

    void whatIsSavedIsWhatMessagesSayFromThenOn()
    {
        const Response saved = post(u"/message-templates"_s, mail({}));
        QCOMPARE(saved.status, 201);
        QCOMPARE(object(saved)[u"version"_s].toInt(), 2);
        QCOMPARE(object(saved)[u"madeBy"_s].toString(), u"admin-1"_s);

        const auto spoken = m_test->database().transact(notification_store::role, [](Session &session) {
            return notification_store::words(
                session, api::MessageKind::ticketReceived, api::MessageChannel::email, api::Language::en
            );
        });
        QVERIFY2(spoken, why(spoken));
        QCOMPARE(spoken->version, 2);
        QCOMPARE(spoken->text, u"Hello {{person.name}},\n\nwe are < 5 minutes away."_s);
        // The page is made of the text where nobody has written one
        QVERIFY(spoken->html.contains(u"<p>we are &lt; 5 minutes away.</p>"_s));

        const QJsonArray versions
            = object(get(u"/api/v1/message-template-versions?kind=ticketReceived&channel=email&language=en"_s)
            )[u"items"_s]
                  .toArray();
        QCOMPARE(versions.size(), 2);
        QCOMPARE(versions[0][u"version"_s].toInt(), 2);
        QVERIFY(versions[1][u"madeBy"_s].isUndefined() || versions[1][u"madeBy"_s].isNull());
    }

    void aVariableThatTheKindDoesNotHaveIsRefusedBeforeItIsSaved()
    {
        const QJsonObject draft = mail({ { u"text"_s, u"Your bill {{invoice.total}}"_s },
                                         { u"subject"_s, u"{{ticket.number"_s },
                                         { u"html"_s, u"<p>{{constructor}}</p>"_s } });
        for (const QString &path : { u"/message-templates"_s, u"/message-template-previews"_s }) {
            const Response refused = post(path, draft);
            QCOMPARE(refused.status, 422);
            QCOMPARE(blamed(refused), (QStringList { u"/subject"_s, u"/text"_s, u"/html"_s }));
        }
        QCOMPARE(versionsOfReceipt(), 1);
    }

    void whatTheChannelCannotCarryIsRefused_data()
    {
        QTest::addColumn<QJsonObject>("draft");
        QTest::addColumn<QStringList>("fields");
        const QJsonObject sms { { u"kind"_s, u"jobAssigned"_s }, { u"channel"_s, u"sms"_s },
                                { u"language"_s, u"en"_s },      { u"subject"_s, u""_s },
                                { u"text"_s, u"New job"_s },     { u"html"_s, u""_s } };
        const auto with = [&](const QString &name, const QString &value) {
            QJsonObject changed = sms;
            changed[name] = value;
            return changed;
        };
        QTest::newRow("a mail without a subject")
            << mail({ { u"subject"_s, u"  "_s } }) << QStringList { u"/subject"_s };
        QTest::newRow("a subject of two lines")
            << mail({ { u"subject"_s, u"Hello\nBcc: all@example.com"_s } }) << QStringList { u"/subject"_s };
        QTest::newRow("a subject on the telephone")
            << with(u"subject"_s, u"News"_s) << QStringList { u"/subject"_s };
        QTest::newRow("a page on the telephone")
            << with(u"html"_s, u"<p>News</p>"_s) << QStringList { u"/html"_s };
        QTest::newRow("a kind that is not mailed")
            << mail({ { u"kind"_s, u"jobAssigned"_s } }) << QStringList { u"/channel"_s };
    }

    void whatTheChannelCannotCarryIsRefused()
    {
        QFETCH(QJsonObject, draft);
        QFETCH(QStringList, fields);

        const Response refused = post(u"/message-templates"_s, draft);
        QCOMPARE(refused.status, 422);
        QCOMPARE(blamed(refused), fields);
    }

    void aPreviewShowsASampleAndSavesNothing()
    {
        const QString text = u"Hello {{person.name}}, about “{{ticket.subject}}”"_s;
        const QJsonObject read = object(post(u"/message-template-previews"_s, mail({ { u"text"_s, text } })));
        QCOMPARE(read[u"text"_s].toString(), u"Hello María Fernández, about “No picture & no sound”"_s);
        QVERIFY(read[u"html"_s].toString().contains(u"No picture &amp; no sound"_s));
        QVERIFY(!read.contains(u"segments"_s) || read[u"segments"_s].isNull());
        QCOMPARE(versionsOfReceipt(), 1);
    }

    void aPreviewOfAShortMessageTellsHowManySegmentsArePaidFor()
    {
        QJsonObject draft { { u"kind"_s, u"noShow"_s },
                            { u"channel"_s, u"sms"_s },
                            { u"language"_s, u"en"_s },
                            { u"subject"_s, u""_s },
                            { u"text"_s, u"Nobody was there for {{ticket.number}}."_s },
                            { u"html"_s, u""_s } };
        QCOMPARE(object(post(u"/message-template-previews"_s, draft))[u"segments"_s].toInt(), 1);
        draft[u"text"_s] = u"Nobody was there. "_s.repeated(10);
        QCOMPARE(object(post(u"/message-template-previews"_s, draft))[u"segments"_s].toInt(), 2);
    }

    void whoeverWasLateLearnsWhatSpeaksNow()
    {
        const Headers::Field first { "if-match", "\"1\"" };
        QCOMPARE(post(u"/message-templates"_s, mail({}), first).status, 201);
        const Response late = post(u"/message-templates"_s, mail({ { u"text"_s, u"Too late"_s } }), first);
        QCOMPARE(late.status, 412);
        QCOMPARE(object(late)[u"current"_s][u"version"_s].toInt(), 2);
        QCOMPARE(versionsOfReceipt(), 2);
    }

    void ofTwoWhoSaveAtOnceOneIsToldSo()
    {
        const Headers::Field first { "if-match", "\"1\"" };
        std::vector<std::future<Response>> answers;
        for (int i = 0; i < 8; ++i)
            answers.push_back(
                ask(*m_router,
                    { "POST",
                      u"/api/v1/message-templates"_s,
                      QJsonDocument(mail({ { u"text"_s, u"Words %1"_s.arg(i) } })).toJson(),
                      { asAdmin, first } })
            );
        QMap<int, int> statuses;
        for (auto &answer : answers)
            ++statuses[answer.get().status];
        QCOMPARE(statuses, (QMap<int, int> { { 201, 1 }, { 412, 7 } }));
        QCOMPARE(versionsOfReceipt(), 2);
    }

    void managersChangeNoWords()
    {
        const QByteArray body = QJsonDocument(mail({})).toJson();
        QCOMPARE(
            answerTo(*m_router, { "POST", u"/api/v1/message-templates"_s, body, { asManager } }).status, 403
        );
        QCOMPARE(
            answerTo(*m_router, { "GET", u"/api/v1/message-templates"_s, {}, { asManager } }).status, 403
        );
        QCOMPARE(answerTo(*m_router, { "GET", u"/api/v1/message-templates"_s }).status, 401);
    }

private:
    static QJsonObject mail(const QJsonObject &other)
    {
        QJsonObject draft { { u"kind"_s, u"ticketReceived"_s },
                            { u"channel"_s, u"email"_s },
                            { u"language"_s, u"en"_s },
                            { u"subject"_s, u"Ticket {{ticket.number}}"_s },
                            { u"text"_s, u"Hello {{person.name}},\n\nwe are < 5 minutes away."_s },
                            { u"html"_s, u""_s } };
        for (auto each = other.begin(); each != other.end(); ++each)
            draft[each.key()] = each.value();
        return draft;
    }

    Response get(const QString &path) { return answerTo(*m_router, { "GET", path, {}, { asAdmin } }); }

    Response post(const QString &path, const QJsonObject &body, std::optional<Headers::Field> condition = {})
    {
        QList<Headers::Field> headers { asAdmin };
        if (condition)
            headers.append(*condition);
        return answerTo(*m_router, { "POST", u"/api/v1"_s + path, QJsonDocument(body).toJson(), headers });
    }

    qsizetype versionsOfReceipt()
    {
        return object(get(u"/api/v1/message-template-versions?kind=ticketReceived&channel=email&language=en"_s
        ))[u"items"_s]
            .toArray()
            .size();
    }

    ManualClock m_clock { *instantFromText(u"2026-11-24T15:00:00.000Z"_s) };
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<TemplateService> m_templates;
    std::unique_ptr<Router> m_router;
};

QTEST_GUILESS_MAIN(MessageTemplatesTest)
#include "message_templates_test.moc"

#include "server/db/connection.h"
#include "server/http/routes.h"
#include "server/services/survey/survey_link.h"
#include "server/services/survey/survey_routes.h"
#include "server/services/survey/survey_service.h"
#include "server/services/ticket/ticket_events.h"
#include "server/services/timer/timer_events.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Headers::Field asAdmin { "authorization", "Bearer admin-1" };

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

QJsonObject rating(int question, int value)
{
    return { { u"question"_s, question }, { u"rating"_s, value } };
}

QJsonObject choice(int question, int value)
{
    return { { u"question"_s, question }, { u"choice"_s, value } };
}

QJsonObject words(int question, const QString &text)
{
    return { { u"question"_s, question }, { u"text"_s, text } };
}

const QJsonArray satisfied { rating(0, 5), rating(1, 4), choice(2, 0), words(3, u"Nothing <b>at all</b>"_s) };

} // namespace

class SurveyTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_clock = std::make_unique<ManualClock>(*instantFromText(u"2026-11-23T15:00:00.250Z"_s));
        m_surveys = std::make_unique<SurveyService>(
            *m_clock, SurveyService::Neighbours { [](const QString &slug) { return slug == u"laptop"_s; } }
        );
        m_consumer = m_surveys->consumer();
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator(testAuthenticator);
        Routes routes(*m_router, m_test->database(), survey_store::role);
        addSurveyRoutes(routes, *m_surveys);
        m_event = {};
        m_event.ticket.id = api::TicketId::make();
        m_event.ticket.number = u"T-100042"_s;
        m_event.ticket.productName = u"Smart TV"_s;
        m_event.ticket.customerId = api::AccountId::make();
        m_event.ticket.expert = api::ExpertName { api::AccountId::make(), u"Bo"_s };
        m_event.ticket.createdAt = m_event.ticket.updatedAt = m_clock->now();
        m_event.category = u"tv"_s;
    }
    void cleanup()
    {
        m_router.reset();
        m_consumer.reset();
        m_surveys.reset();
        m_test.reset();
    }

    void aCompletedTicketMakesOneSurvey()
    {
        take(u"completed"_s);
        take(u"completed"_s);

        QCOMPARE(told(), QStringList { u"survey.invited"_s });
        const QJsonObject survey = ofTicket();
        QCOMPARE(survey[u"state"_s].toString(), u"invited"_s);
        QCOMPARE(survey[u"expiresAt"_s].toString(), u"2026-12-07T15:00:00.000Z"_s);
        QCOMPARE(survey[u"expert"_s].toString(), u"Bo"_s);
        // And is looked after
        QCOMPARE(number("select count(*) from bus.event where type = 'timer.set'"), 2);
        QCOMPARE(
            number("select count(*) from bus.event where payload::text like '%' || (select encode(secret, "
                   "'hex') "
                   "from survey.link_key) || '%'"),
            0
        );
    }

    void theLinkShowsWhatIsAskedAndNobodysName()
    {
        take(u"completed"_s);
        const Response form = open(link());
        QCOMPARE(form.status, 200);
        QCOMPARE(object(form)[u"ticketNumber"_s].toString(), u"T-100042"_s);
        QCOMPARE(object(form)[u"questions"_s].toArray().size(), 4);
        QVERIFY(!form.body.contains(m_event.ticket.customerId.toString().toLatin1()));
    }

    void answersAreTakenOnceAndReachThoseWhoMayReadThem()
    {
        take(u"completed"_s);
        const QString token = link();
        QCOMPARE(submit(token, satisfied).status, 204);

        const Response again = submit(token, satisfied);
        QCOMPARE(again.status, 409);
        QCOMPARE(object(again)[u"code"_s].toString(), u"survey.answered"_s);
        QCOMPARE(object(open(token))[u"code"_s].toString(), u"survey.answered"_s);

        const QJsonObject survey = ofTicket();
        QCOMPARE(survey[u"state"_s].toString(), u"answered"_s);
        QCOMPARE(survey[u"score"_s].toDouble(), 4.5);
        QCOMPARE(survey[u"isLow"_s].toBool(), false);
        QCOMPARE(survey[u"answers"_s].toArray()[3][u"text"_s].toString(), u"Nothing <b>at all</b>"_s);
        QCOMPARE(told(), (QStringList { u"survey.invited"_s, u"survey.answered"_s }));
        QCOMPARE(number("select count(*) from bus.event where type = 'timer.cancel'"), 2);
    }

    void twoAnswersAtTheSameMomentAreOne()
    {
        take(u"completed"_s);
        const QString token = link();
        const QByteArray body
            = QJsonDocument(QJsonObject { { u"token"_s, token }, { u"answers"_s, satisfied } }).toJson();
        std::vector<std::future<Response>> both;
        both.reserve(4);
        for (int i = 0; i < 4; ++i)
            both.push_back(ask(*m_router, { "POST", u"/api/v1/survey-answers"_s, body }));
        int taken = 0;
        for (auto &each : both)
            taken += each.get().status == 204 ? 1 : 0;
        QCOMPARE(taken, 1);
        QCOMPARE(number("select count(*) from survey.answer"), 4);
    }

    void aLowRatingIsToldAsOne()
    {
        take(u"completed"_s);
        QCOMPARE(submit(link(), { rating(0, 5), rating(1, 2), choice(2, 1) }).status, 204);
        QVERIFY(ofTicket()[u"isLow"_s].toBool());
        QCOMPARE(
            number("select count(*) from bus.event where type = 'survey.answered' and payload->>'isLow' = "
                   "'true' "
                   "and (payload->>'score')::float = 3.5"),
            1
        );
    }

    void whatDoesNotFitTheQuestionIsRefusedAndNothingIsKept_data()
    {
        QTest::addColumn<QJsonArray>("answers");
        QTest::addColumn<QStringList>("fields");
        const QString answers = u"/answers"_s;
        QTest::newRow("nothing") << QJsonArray() << QStringList { answers, answers };
        QTest::newRow("a rating of six")
            << QJsonArray { rating(0, 6), choice(2, 0) } << QStringList { u"/answers/0/rating"_s };
        QTest::newRow("a choice there is not")
            << QJsonArray { rating(0, 5), choice(2, 3) } << QStringList { u"/answers/1"_s };
        QTest::newRow("a text for a rating")
            << QJsonArray { words(0, u"well"_s), choice(2, 0) } << QStringList { u"/answers/0"_s };
        QTest::newRow("a question twice") << QJsonArray { rating(0, 5), rating(0, 1), choice(2, 0) }
                                          << QStringList { u"/answers/1/question"_s };
        QTest::newRow("a question there is not") << QJsonArray { rating(0, 5), choice(2, 0), rating(9, 1) }
                                                 << QStringList { u"/answers/2/question"_s };
        QJsonObject both = rating(0, 5);
        both[u"text"_s] = u"x"_s;
        QTest::newRow("two things at once")
            << QJsonArray { both, choice(2, 0) } << QStringList { u"/answers/0"_s };
        QTest::newRow("an endless text")
            << QJsonArray { rating(0, 5), choice(2, 0), words(3, QString(2001, u'x')) }
            << QStringList { u"/answers/2/text"_s };
    }

    void whatDoesNotFitTheQuestionIsRefusedAndNothingIsKept()
    {
        QFETCH(QJsonArray, answers);
        QFETCH(QStringList, fields);
        take(u"completed"_s);

        const Response refused = submit(link(), answers);
        QCOMPARE(refused.status, 422);
        QCOMPARE(blamed(refused), fields);
        QCOMPARE(ofTicket()[u"state"_s].toString(), u"invited"_s);
        QCOMPARE(number("select count(*) from survey.answer"), 0);
    }

    void aLinkThatWasGuessedOrChangedTellsNothing_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("guessed") << 0;
        QTest::newRow("changed") << 1;
        QTest::newRow("signed by somebody else") << 2;
        QTest::newRow("of a survey there is not") << 3;
    }

    void aLinkThatWasGuessedOrChangedTellsNothing()
    {
        QFETCH(int, how);
        take(u"completed"_s);
        QString token = link();
        const survey_link::Claim claim { surveyId(), m_clock->now() + 24h };
        if (how == 0)
            token = u"letmein"_s;
        else if (how == 1)
            token[5] = token[5] == u'A' ? u'B' : u'A';
        else if (how == 2)
            token = survey_link::sign(claim, survey_link::newSecret());
        else
            token = tokenFor(api::SurveyId::make(), claim.expiresAt);

        for (const Response &answer : { open(token), submit(token, satisfied) }) {
            QCOMPARE(answer.status, 404);
            QVERIFY(!answer.body.contains("T-100042"));
        }
        QCOMPARE(ofTicket()[u"state"_s].toString(), u"invited"_s);
    }

    void staffCannotAnswerWhateverLinkTheyHave_data()
    {
        QTest::addColumn<QByteArray>("who");
        for (const char *who : { "expert-1", "manager-1", "admin-1" })
            QTest::newRow(who) << QByteArray("Bearer ") + who;
    }

    void staffCannotAnswerWhateverLinkTheyHave()
    {
        QFETCH(QByteArray, who);
        take(u"completed"_s);
        const QString token = link();
        QCOMPARE(
            post(u"/survey-links"_s, { { u"token"_s, token } }, { { "authorization", who } }).status, 403
        );
        const QJsonObject answers { { u"token"_s, token }, { u"answers"_s, satisfied } };
        QCOMPARE(post(u"/survey-answers"_s, answers, { { "authorization", who } }).status, 403);
        QCOMPARE(ofTicket()[u"state"_s].toString(), u"invited"_s);
    }

    void whoSaysNothingIsRemindedOnceAndThenLeftInPeace()
    {
        take(u"completed"_s);
        const QString token = link();
        fire(u"remind"_s); // too early: of a timer that was set anew since
        QCOMPARE(told(), QStringList { u"survey.invited"_s });
        m_clock->advance(72h);
        fire(u"remind"_s);
        fire(u"remind"_s);
        QCOMPARE(told(), (QStringList { u"survey.invited"_s, u"survey.reminded"_s }));

        m_clock->advance(10 * 24h);
        QCOMPARE(open(token).status, 200);
        m_clock->advance(24h);
        QCOMPARE(
            object(open(token))[u"code"_s].toString(), u"survey.expired"_s
        ); // to the second, not when noticed
        fire(u"close"_s);
        QCOMPARE(object(submit(token, satisfied))[u"code"_s].toString(), u"survey.expired"_s);
        QCOMPARE(told().last(), u"survey.closed"_s);
        QCOMPARE(ofTicket()[u"state"_s].toString(), u"closed"_s);
    }

    void anAnswerIsNotFollowedByAReminder()
    {
        take(u"completed"_s);
        QCOMPARE(submit(link(), satisfied).status, 204);
        m_clock->advance(20 * 24h);
        fire(u"remind"_s);
        fire(u"close"_s);
        QCOMPARE(told().last(), u"survey.answered"_s);
    }

    void aReopenedTicketIsAskedAboutWhenItIsDoneAgain()
    {
        take(u"completed"_s);
        const QString first = link();
        take(u"reopened"_s);
        QCOMPARE(object(open(first))[u"code"_s].toString(), u"survey.withdrawn"_s);

        m_clock->advance(5 * 24h);
        m_event.ticket.expert->name = u"Cy"_s;
        take(u"completed"_s);
        QCOMPARE(object(open(link()))[u"expert"_s].toString(), u"Cy"_s);
        QCOMPARE(told(), (QStringList { u"survey.invited"_s, u"survey.withdrawn"_s, u"survey.invited"_s }));
        QCOMPARE(number("select count(*) from survey.survey"), 1);

        // Who has answered is not asked twice about one ticket
        QCOMPARE(submit(link(), satisfied).status, 204);
        take(u"reopened"_s);
        take(u"completed"_s);
        QCOMPARE(told().last(), u"survey.answered"_s);
    }

    void whatIsAskedIsOfTheCategoryAndStaysWhatItWasWhenItWasAsked()
    {
        QCOMPARE(
            save(draft({ { u"category"_s, u"laptop"_s }, { u"title"_s, u"Your laptop"_s } })).status, 201
        );
        m_event.category = u"laptop"_s;
        take(u"completed"_s);
        const QString token = link();
        QCOMPARE(save(draft({ { u"category"_s, u"laptop"_s }, { u"title"_s, u"Later"_s } })).status, 201);

        QCOMPARE(object(open(token))[u"title"_s].toString(), u"Your laptop"_s);
        QCOMPARE(submit(token, { rating(0, 4) }).status, 204);
        QCOMPARE(ofTicket()[u"title"_s].toString(), u"Your laptop"_s);

        m_event.ticket.id = api::TicketId::make();
        m_event.category = u"tv"_s; // which has none of its own
        take(u"completed"_s);
        QCOMPARE(object(open(link()))[u"title"_s].toString(), u"How was the repair?"_s);
    }

    void whatCannotBeAskedIsRefused_data()
    {
        QTest::addColumn<QJsonObject>("draft");
        QTest::addColumn<QStringList>("fields");
        const QJsonObject question { { u"kind"_s, u"choice"_s },
                                     { u"text"_s, u"Which?"_s },
                                     { u"choices"_s, QJsonArray { u"This"_s, u"that"_s } },
                                     { u"isRequired"_s, true } };
        const auto with = [&](const QString &name, const QJsonValue &value) {
            QJsonObject changed = question;
            changed[name] = value;
            return draft({ { u"questions"_s, QJsonArray { changed } } });
        };
        QTest::newRow("no question") << draft({ { u"questions"_s, QJsonArray() } })
                                     << QStringList { u"/questions"_s };
        QTest::newRow("none that must be answered")
            << with(u"isRequired"_s, false) << QStringList { u"/questions"_s };
        QTest::newRow("one choice") << with(u"choices"_s, QJsonArray { u"This"_s })
                                    << QStringList { u"/questions/0/choices"_s };
        QTest::newRow("a choice twice") << with(u"choices"_s, QJsonArray { u"This"_s, u"THIS"_s })
                                        << QStringList { u"/questions/0/choices"_s };
        QTest::newRow("choices of a rating")
            << with(u"kind"_s, u"rating"_s) << QStringList { u"/questions/0/choices"_s };
        QTest::newRow("a category there is not")
            << draft({ { u"category"_s, u"toaster"_s } }) << QStringList { u"/category"_s };
    }

    void whatCannotBeAskedIsRefused()
    {
        QFETCH(QJsonObject, draft);
        QFETCH(QStringList, fields);
        const Response refused = save(draft);
        QCOMPARE(refused.status, 422);
        QCOMPARE(blamed(refused), fields);
    }

    void twoAdministratorsDoNotWriteOverEachOther()
    {
        QCOMPARE(save(draft({}), { asAdmin, { "if-match", "\"1\"" } }).status, 201);
        const Response late = save(draft({}), { asAdmin, { "if-match", "\"1\"" } });
        QCOMPARE(late.status, 412);
        QCOMPARE(object(late)[u"current"_s][u"version"_s].toInt(), 2);
    }

private:
    Event eventOf(const QString &type, const QJsonObject &payload)
    {
        return { EventId::make(),
                 type.section(u'.', 0, 0),
                 type,
                 m_event.ticket.id.toString(),
                 1,
                 m_clock->now(),
                 u"trace-1"_s,
                 payload };
    }

    void handle(const Event &event)
    {
        const auto handled = m_test->database().transact(survey_store::role, [&](Session &session) {
            return m_consumer->handle(session, event);
        });
        QVERIFY2(handled, why(handled));
    }

    void take(const QString &action)
    {
        m_event.action = action;
        handle(eventOf(u"ticket."_s + action, json::encode(m_event).toObject()));
    }

    void fire(const QString &what)
    {
        const TimerFired fired {
            u"survey"_s, surveyId().toString() + u'/' + what, m_clock->now(), m_clock->now(), {}
        };
        handle(eventOf(u"timer.fired.survey"_s, json::encode(fired).toObject()));
    }

    api::SurveyId surveyId() { return *api::SurveyId::parse(ofTicket()[u"id"_s].toString()); }

    QString tokenFor(api::SurveyId id, Instant expiresAt)
    {
        return *m_test->database().transact(survey_store::role, [&](Session &session) {
            return SurveyService::token(session, id, expiresAt);
        });
    }

    // As it is in the customer's mail.
    QString link() { return tokenFor(surveyId(), *instantFromText(ofTicket()[u"expiresAt"_s].toString())); }

    QJsonObject ofTicket()
    {
        const QString path = u"/api/v1/tickets/%1/survey"_s.arg(m_event.ticket.id.toString());
        return object(answerTo(*m_router, { "GET", path, {}, { { "authorization", "Bearer manager-1" } } }));
    }

    Response post(const QString &path, const QJsonObject &body, const QList<Headers::Field> &headers = {})
    {
        return answerTo(*m_router, { "POST", u"/api/v1"_s + path, QJsonDocument(body).toJson(), headers });
    }

    Response open(const QString &token) { return post(u"/survey-links"_s, { { u"token"_s, token } }); }

    Response submit(const QString &token, const QJsonArray &answers)
    {
        return post(u"/survey-answers"_s, { { u"token"_s, token }, { u"answers"_s, answers } });
    }

    Response save(const QJsonObject &draft, const QList<Headers::Field> &headers = { asAdmin })
    {
        return post(u"/survey-templates"_s, draft, headers);
    }

    static QJsonObject draft(const QJsonObject &changes)
    {
        const QJsonObject question { { u"kind"_s, u"rating"_s },
                                     { u"text"_s, u"How fast is it?"_s },
                                     { u"choices"_s, QJsonArray() },
                                     { u"isRequired"_s, true } };
        QJsonObject draft { { u"title"_s, u"Speed"_s }, { u"questions"_s, QJsonArray { question } } };
        for (auto change = changes.begin(); change != changes.end(); ++change)
            draft[change.key()] = *change;
        return draft;
    }

    qint64 number(const QByteArray &sql) { return text(sql).toLongLong(); }

    QString text(const QByteArray &sql)
    {
        const auto connection = Connection::open(m_test->superuserUrl());
        if (!connection)
            qFatal("no connection");
        auto rows = (*connection)->script(sql);
        if (!rows || !rows->next())
            qFatal("%s", sql.constData());
        return QString::fromUtf8(rows->text(0));
    }

    QStringList told()
    {
        return text("select coalesce(string_agg(type, ' ' order by seq), '') from bus.event where type like "
                    "'survey.%'")
            .split(u' ', Qt::SkipEmptyParts);
    }

    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<SurveyService> m_surveys;
    std::shared_ptr<const Consumer> m_consumer;
    std::unique_ptr<Router> m_router;
    TicketEvent m_event;
};

QTEST_GUILESS_MAIN(SurveyTest)
#include "survey_test.moc"

#include "server/http/routes.h"
#include "server/services/billing/billing_events.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/notification/notification_routes.h"
#include "server/services/notification/notification_service.h"
#include "server/services/notification/sms_text.h"
#include "server/services/survey/survey_events.h"
#include "server/services/ticket/ticket_events.h"
#include "server/services/user/user_events.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using api::MessageChannel;
using api::MessageKind;
using api::MessageState;
using notification_store::MessageRow;

namespace {

const Headers::Field asCustomer { "authorization", "Bearer customer-1" };
const Headers::Field asStranger { "authorization", "Bearer customer-2" };
const Headers::Field asExpert { "authorization", "Bearer expert-1" };
const Headers::Field asManager { "authorization", "Bearer manager-1" };

api::AccountId accountOf(const char *token)
{
    return testAuthenticator(token)->account;
}

api::Account person(api::AccountId id, api::Role role)
{
    api::Account account;
    account.id = id;
    account.role = role;
    account.name = *api::Name::parse(u"Ana %1"_s.arg(enumName(role)));
    account.email = *Email::parse(u"%1@example.com"_s.arg(id.toString().left(8)));
    account.phone = *Phone::parse(u"+12125550100"_s);
    return account;
}

} // namespace

class NotificationTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_clock = std::make_unique<ManualClock>(*instantFromText(u"2026-11-23T15:00:00.000Z"_s));
        m_event = {};
        m_event.ticket.id = api::TicketId::make();
        m_event.ticket.number = u"T-100042"_s;
        m_event.ticket.subject = u"No picture"_s;
        m_event.ticket.productName = u"Smart TV"_s;
        m_event.ticket.customerId = m_customer;
        m_event.ticket.createdAt = m_event.ticket.updatedAt = m_clock->now();
        withVendors({ MessageChannel::email, MessageChannel::sms });
    }
    void cleanup()
    {
        m_router.reset();
        m_service.reset();
        m_test.reset();
    }

    void everyKindHasWordsInBothLanguagesThatNameOnlyItsVariables()
    {
        forEachKind([&](MessageKind kind) {
            const MessageTraits traits = traitsOf(kind);
            QVERIFY(!traits.channels.isEmpty());
            for (const MessageChannel channel : traits.channels) {
                for (const auto language : { api::Language::en, api::Language::es }) {
                    const auto words = inSchema([&](Session &session) {
                        return notification_store::words(session, kind, channel, language);
                    });
                    QVERIFY2(words, qPrintable(enumName(kind)));
                    const auto checked
                        = checkTemplate({ words->subject, words->text, words->html }, traits.variables);
                    QVERIFY2(checked, why(checked));
                    QCOMPARE(words->html.isEmpty(), channel == MessageChannel::sms);
                }
            }
        });
    }

    void onTheTelephoneEveryKindIsOneSegmentInBothLanguages()
    {
        const MessageValues values { { u"ticket.number"_s, u"T-100042"_s },
                                     { u"ticket.product"_s, u"Home theater system"_s },
                                     { u"ticket.city"_s, u"San Luis Obispo"_s },
                                     { u"ticket.zip"_s, u"93401"_s },
                                     { u"ticket.expert"_s, u"María Fernández"_s } };
        forEachKind([&](MessageKind kind) {
            if (!traitsOf(kind).channels.contains(MessageChannel::sms))
                return;
            for (const auto language : { api::Language::en, api::Language::es }) {
                const auto words = inSchema([&](Session &session) {
                    return notification_store::words(session, kind, MessageChannel::sms, language);
                });
                QVERIFY2(words, qPrintable(enumName(kind)));
                QCOMPARE(measureSms(words->text).alphabet, SmsAlphabet::gsm7);
                const QString text = asSmsText(fill({ {}, words->text, {} }, values).text);
                QCOMPARE(measureSms(text).segments, 1);
            }
        });
    }

    void aFiledTicketIsAcknowledgedInTheCustomersLanguage()
    {
        const Response chosen = send("PUT", u"/me/message-preferences"_s, R"({"language":"es","muted":[]})");
        QCOMPARE(chosen.status, 200);

        take(u"opened"_s);

        const auto messages = ledger();
        QCOMPARE(messages.size(), 1);
        QCOMPARE(messages.first().state, MessageState::waiting);
        QCOMPARE(messages.first().subject, u"Hemos recibido su ticket T-100042"_s);
        QVERIFY(messages.first().html.contains(u"lang=\"es\""_s));
    }

    void aFactThatIsToldTwiceIsOneMessage()
    {
        const Event event = take(u"opened"_s);
        handle(event);
        QCOMPARE(ledger().size(), 1);

        take(u"completed"_s);
        QCOMPARE(ledger().size(), 2);
    }

    void whatACustomerWritesStaysText()
    {
        m_event.ticket.subject = u"<b>{{person.name}}</b>\r\nBcc: all@example.com"_s;
        take(u"opened"_s);

        const MessageRow message = ledger().first();
        QVERIFY(!message.subject.contains(u'\n'));
        QVERIFY(message.text.contains(u"<b>{{person.name}}</b>"_s));
        QVERIFY(message.html.contains(u"&lt;b&gt;{{person.name}}"_s));
    }

    void withoutAVendorTheLedgerSaysSo()
    {
        withVendors({});
        take(u"opened"_s);

        QCOMPARE(ledger().first().state, MessageState::suppressed);
        QCOMPARE(ledger().first().trouble, u"There is no vendor for this channel."_s);
    }

    void whatSomebodyDoesNotWantIsNotSent()
    {
        const QByteArray muted = R"({"language":"en","muted":[{"kind":"expertOnTheWay","channel":"sms"}]})";
        QCOMPARE(send("PUT", u"/me/message-preferences"_s, muted).status, 200);

        take(u"departed"_s);

        for (const MessageRow &message : ledger())
            QCOMPARE(
                message.state,
                message.channel == MessageChannel::sms ? MessageState::suppressed : MessageState::waiting
            );
        QCOMPARE(ledger().size(), 2);
    }

    void anUnpaidBillCannotBeSwitchedOff()
    {
        const QByteArray muted = R"({"language":"en","muted":[{"kind":"paymentFailed","channel":"email"}]})";
        QCOMPARE(send("PUT", u"/me/message-preferences"_s, muted).status, 422);
    }

    void newsOfLongAgoIsNotSent()
    {
        const Instant then = m_clock->now();
        m_clock->advance(48h);
        take(u"opened"_s, then);

        QCOMPARE(ledger().first().state, MessageState::suppressed);
        QCOMPARE(ledger().first().trouble, u"It would come too late."_s);
    }

    void onTheWayIsOvertakenByTheArrival()
    {
        take(u"departed"_s);
        take(u"arrived"_s);

        for (const MessageRow &message : ledger())
            QCOMPARE(message.state, MessageState::expired);
        QCOMPARE(ledger().size(), 2);
    }

    void whoHasANewNumberIsWrittenToThere()
    {
        AccountRegistered hired;
        hired.accountId = m_expert;
        hired.role = api::Role::expert;
        hired.name = *api::Name::parse(u"Bo"_s);
        hired.email = *Email::parse(u"bo@example.com"_s);
        const Event registered = eventOf(toQString(AccountRegistered::type), json::encode(hired).toObject());
        handle(registered);
        ExpertChanged expert;
        expert.expert.id = m_expert;
        expert.expert.name = hired.name;
        expert.expert.email = hired.email;
        expert.expert.phone = *Phone::parse(u"+12125550177"_s);
        expert.expert.timeZone = u"America/New_York"_s;
        handle(eventOf(toQString(ExpertChanged::type), json::encode(expert).toObject()));
        handle(registered); // which says nothing of numbers
        CustomerChanged customer { person(m_customer, api::Role::customer) };
        customer.account.phone = *Phone::parse(u"+12125550178"_s);
        handle(eventOf(toQString(CustomerChanged::type), json::encode(customer).toObject()));

        m_event.ticket.expert = api::ExpertName { m_expert, u"Bo"_s };
        take(u"assigned"_s);
        take(u"departed"_s);

        QStringList numbers;
        for (const MessageRow &message : ledger()) {
            if (message.channel == MessageChannel::sms)
                numbers += message.address.value_or(QString());
        }
        QCOMPARE(numbers, QStringList({ u"+12125550177"_s, u"+12125550178"_s }));
    }

    void whoLosesAJobIsToldButNotWhoGaveItBack()
    {
        m_event.ticket.expert = api::ExpertName { m_otherExpert, u"Bo"_s };
        m_event.previousExpert = m_expert;
        m_event.actorId = accountOf("manager-1");
        take(u"assigned"_s);
        QCOMPARE(kindsTo(m_expert), QList { MessageKind::jobTaken });
        QCOMPARE(kindsTo(m_otherExpert), QList { MessageKind::jobAssigned });

        m_event.ticket.expert.reset();
        m_event.previousExpert = m_otherExpert;
        m_event.actorId = m_otherExpert;
        take(u"paused"_s);
        QCOMPARE(kindsTo(m_otherExpert), QList { MessageKind::jobAssigned });
    }

    void anEscalationReachesTheManagersItIsMeantFor()
    {
        AccountRegistered manager;
        manager.accountId = accountOf("manager-1");
        manager.role = api::Role::manager;
        manager.name = *api::Name::parse(u"Mo"_s);
        manager.email = *Email::parse(u"mo@example.com"_s);
        handle(eventOf(toQString(AccountRegistered::type), json::encode(manager).toObject()));
        QVERIFY(kindsTo(manager.accountId).isEmpty()); // who was hired is not welcomed as a customer

        m_event.escalation = Escalation { u"arrive"_s, 1, { api::Told::customer } };
        take(u"escalated"_s);
        QVERIFY(kindsTo(manager.accountId).isEmpty());
        m_event.escalation->tell = { api::Told::manager };
        take(u"escalated"_s);
        QCOMPARE(kindsTo(manager.accountId), QList { MessageKind::ticketEscalated });
    }

    void onlyTheCustomerReadsTheLinkOfTheSurvey()
    {
        takeSurvey(u"invited"_s);

        QCOMPARE(kindsTo(m_customer), QList { MessageKind::surveyInvitation });
        QVERIFY(ledger().first().html.contains(u"href=\"https://squad.example/survey#onlyForTheCustomer\""_s)
        );
        const QString path = u"/tickets/%1/messages"_s.arg(m_event.ticket.id.toString());
        const Response own = send("GET", path, {}, asCustomer);
        QVERIFY(own.body.contains("survey#onlyForTheCustomer"));
        const Response staffs = send("GET", path, {}, asManager);
        QVERIFY(staffs.body.contains("https://squad.example/survey#"));
        QVERIFY(!staffs.body.contains("onlyForTheCustomer"));
    }

    void whoHasAnsweredIsNotAskedAnyMore()
    {
        takeSurvey(u"invited"_s);
        takeSurvey(u"reminded"_s);
        takeSurvey(u"answered"_s);

        QCOMPARE(ledger().size(), 2);
        for (const MessageRow &message : ledger())
            QCOMPARE(message.state, MessageState::expired);
    }

    void managersLearnOfALowScore()
    {
        AccountRegistered manager;
        manager.accountId = accountOf("manager-1");
        manager.role = api::Role::manager;
        manager.name = *api::Name::parse(u"Mo"_s);
        manager.email = *Email::parse(u"mo@example.com"_s);
        handle(eventOf(toQString(AccountRegistered::type), json::encode(manager).toObject()));

        takeSurvey(u"answered"_s);
        QVERIFY(kindsTo(manager.accountId).isEmpty());
        takeSurvey(u"answered"_s, 1.5);
        QCOMPARE(kindsTo(manager.accountId), QList { MessageKind::lowScore });
        QVERIFY(ledger().first().text.contains(u"gave 1.5 of 5"_s));
    }

    void everyStepAfterAnUnpaidBillIsToldOnce()
    {
        StandingChanged change;
        change.invoice.id = api::InvoiceId::make();
        change.invoice.subscriptionId = api::SubscriptionId::make();
        change.invoice.customerId = m_customer;
        change.invoice.number = u"I-100001"_s;
        change.invoice.total = { 10'05, u"USD"_s };
        change.standing = Standing::warned;
        const Event event = eventOf(toQString(StandingChanged::type), json::encode(change).toObject());
        handle(event);
        handle(event);

        const auto count
            = inSchema([&](Session &session) { return session.many<QString>(textsOf, m_customer); });
        QVERIFY2(count, why(count));
        QCOMPARE(count->size(), 1);
        QVERIFY(count->first().contains(u"I-100001 over 10.05 USD"_s));
    }

    void readersSeeWhatIsTheirs()
    {
        m_event.ticket.expert = api::ExpertName { m_expert, u"Bo"_s };
        take(u"opened"_s);
        take(u"assigned"_s);
        const QString path = u"/tickets/%1/messages"_s.arg(m_event.ticket.id.toString());

        QCOMPARE(kinds(send("GET", path, {}, asCustomer)), QStringList { u"ticketReceived"_s });
        QCOMPARE(kinds(send("GET", path, {}, asExpert)), QStringList { u"jobAssigned"_s });
        QCOMPARE(kinds(send("GET", path, {}, asManager)).size(), 2);
        QCOMPARE(send("GET", path, {}, asStranger).status, 404);
    }

private:
    static inline const Statement textsOf { "test.textsOf",
                                            "select text from notification.message where account_id = $1" };

    template <class Work>
    std::invoke_result_t<Work, Session &> inSchema(Work work)
    {
        return m_test->database().transact(notification_store::role, work);
    }

    template <class Look>
    static void forEachKind(Look look)
    {
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<MessageKind>>([&](auto each) {
            look(each.value);
        });
    }

    void withVendors(const QSet<MessageChannel> &channels)
    {
        m_router.reset();
        NotificationService::Neighbours neighbours;
        neighbours.account = [this](api::AccountId id) -> Result<api::Account> {
            return person(id, id == m_customer ? api::Role::customer : api::Role::expert);
        };
        neighbours.zoneOf = [](const ZipCode &) { return u"America/New_York"_s; };
        neighbours.maySee = [](const Caller &by, api::TicketId) -> Result<void> {
            if (by.account == accountOf("customer-2"))
                return fail(Problem::notFound(u"There is no such ticket."_s));
            return {};
        };
        neighbours.surveyLink = [](api::SurveyId, Instant) -> Result<QUrl> {
            return QUrl(u"https://squad.example/survey#onlyForTheCustomer"_s);
        };
        m_service = std::make_unique<NotificationService>(*m_clock, neighbours, channels);
        m_consumer = m_service->consumer();
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator(testAuthenticator);
        Routes routes(*m_router, m_test->database(), notification_store::role);
        addNotificationRoutes(routes, *m_service);
    }

    Event eventOf(const QString &type, const QJsonObject &payload)
    {
        Event event;
        event.id = EventId::make();
        event.type = type;
        event.topic = type.section(u'.', 0, 0);
        event.occurredAt = m_clock->now();
        event.payload = payload;
        return event;
    }

    void handle(const Event &event)
    {
        const auto handled = inSchema([&](Session &session) { return m_consumer->handle(session, event); });
        QVERIFY2(handled, why(handled));
    }

    Event take(const QString &action, std::optional<Instant> at = {})
    {
        m_event.action = action;
        Event event = eventOf(u"ticket."_s + action, json::encode(m_event).toObject());
        event.occurredAt = at.value_or(event.occurredAt);
        handle(event);
        return event;
    }

    void takeSurvey(const QString &action, std::optional<double> lowScore = {})
    {
        SurveyEvent change;
        change.action = action;
        change.surveyId = api::SurveyId::make();
        change.expiresAt = m_clock->now();
        change.ticketId = m_event.ticket.id;
        change.ticketNumber = m_event.ticket.number;
        change.customerId = m_customer;
        change.productName = m_event.ticket.productName;
        change.score = lowScore;
        change.isLow = lowScore.has_value();
        handle(eventOf(u"survey."_s + action, json::encode(change).toObject()));
    }

    QList<MessageRow> ledger()
    {
        const auto rows = inSchema([&](Session &session) {
            return notification_store::ofTicket(session, m_event.ticket.id, {});
        });
        return rows ? *rows : QList<MessageRow>();
    }

    QList<MessageKind> kindsTo(api::AccountId whom)
    {
        QList<MessageKind> kinds;
        for (const MessageRow &row : ledger()) {
            if (row.accountId == whom)
                kinds.append(row.kind);
        }
        return kinds;
    }

    static QStringList kinds(const Response &response)
    {
        QStringList list;
        const QJsonObject object = QJsonDocument::fromJson(response.body).object();
        for (const QJsonValue &item : object[u"items"_s].toArray())
            list += item[u"kind"_s].toString();
        return list;
    }

    Response send(
        const QByteArray &method,
        const QString &path,
        const QByteArray &body,
        const Headers::Field &by = asCustomer
    )
    {
        return answerTo(*m_router, { method, u"/api/v1"_s + path, body, { by } });
    }

    const api::AccountId m_customer = accountOf("customer-1");
    const api::AccountId m_expert = accountOf("expert-1");
    const api::AccountId m_otherExpert = accountOf("expert-2");
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<NotificationService> m_service;
    std::shared_ptr<const Consumer> m_consumer;
    std::unique_ptr<Router> m_router;
    TicketEvent m_event;
};

QTEST_GUILESS_MAIN(NotificationTest)
#include "notification_test.moc"

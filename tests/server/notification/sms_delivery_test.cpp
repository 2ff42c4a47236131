#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "server/http/routes.h"
#include "server/services/notification/message_sender.h"
#include "server/services/notification/notification_routes.h"
#include "server/services/notification/notification_service.h"
#include "server/services/notification/receipt_address.h"
#include "server/services/notification/twilio_vendor.h"
#include "server/services/notification/twilio_words.h"
#include "server/services/notification/vonage_vendor.h"
#include "server/services/notification/vonage_words.h"
#include "tests/doubles/message_vendor/sms_desk.h"
#include "tests/server/notification/test_certificates.h"
#include "tests/support/blocking_client.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTcpServer>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using api::DeliveryStatus;
using api::MessageState;
using notification_store::MessageRow;

namespace {

const QString ana = u"+12125550100"_s;
const QString nobodyReaches = u"+15005550011"_s;

quint16 freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

// Short messages from the ledger to the vendor and back, over real sockets.
class SmsDeliveryTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_ticket = api::TicketId::make();
        m_clock.set(*instantFromText(u"2026-11-23T15:00:00.000Z"_s));
        m_first = makeDesk();
        m_second = makeDesk();
        openDoor();
    }
    void cleanup()
    {
        m_sender.reset();
        m_vendors.reset();
        m_door.reset();
        m_first.reset();
        m_second.reset();
        m_router.reset();
        m_service.reset();
        m_test.reset();
    }

    void whatArrivesIsSeenToArrive_data()
    {
        QTest::addColumn<QString>("vendor");
        QTest::newRow("Twilio") << u"twilio"_s;
        QTest::newRow("Vonage") << u"vonage"_s;
    }
    void whatArrivesIsSeenToArrive()
    {
        QFETCH(QString, vendor);
        write();
        startSender({ { m_first.get(), vendor } });

        QTRY_COMPARE(row().delivery, std::optional(DeliveryStatus::delivered));
        QCOMPARE(row().state, MessageState::sent);
        QVERIFY(row().deliveryAt);
        QCOMPARE(m_first->taken(), 1);
        QTRY_COMPARE(rates().value(0).delivered, 1);
    }

    void whatDoesNotArriveIsADeadLetterWithItsReason_data()
    {
        QTest::addColumn<QString>("vendor");
        QTest::addColumn<QString>("reason");
        QTest::newRow("Twilio") << u"twilio"_s << u"error 30003"_s;
        QTest::newRow("Vonage") << u"vonage"_s << u"error 6"_s;
    }
    void whatDoesNotArriveIsADeadLetterWithItsReason()
    {
        QFETCH(QString, vendor);
        QFETCH(QString, reason);
        write(nobodyReaches);
        startSender({ { m_first.get(), vendor } });

        QTRY_COMPARE(row().delivery, std::optional(DeliveryStatus::undelivered));
        QCOMPARE(row().state, MessageState::dead);
        QVERIFY2(row().trouble->contains(reason), qPrintable(*row().trouble));
        QCOMPARE(m_first->taken(), 1);
        QTRY_COMPARE(rates().value(0).undelivered, 1);
    }

    // The vendor's receipts overtake its answer and each other, and come three times.
    void receiptsInAnyOrderTellTheSame()
    {
        m_first->behave(
            { .latencyMs = 200, .receiptJitterMs = 30, .receiptCopies = 3, .receiptsBackwards = true }
        );
        for (int i = 0; i < 5; ++i)
            write();
        startSender({ { m_first.get(), u"twilio"_s } });

        QTRY_VERIFY_WITH_TIMEOUT(
            std::ranges::all_of(
                rows(),
                [](const MessageRow &each) {
                    return each.delivery == DeliveryStatus::delivered && each.state == MessageState::sent;
                }
            ),
            20'000
        );
        QCOMPARE(m_first->taken(), 5);
    }

    void aLateWordUndoesNothing()
    {
        const MessageRow message = write();
        startSender({ { m_first.get(), u"twilio"_s } });
        QTRY_COMPARE(row().delivery, std::optional(DeliveryStatus::delivered));
        const QString before = text();

        const QString sid = m_first->received().first().sid;
        for (const auto &status : { u"queued"_s, u"sent"_s, u"undelivered"_s, u"failed"_s, u"delivered"_s })
            QCOMPARE(tell(message.id.toString(), fields(sid, status)), 204);

        QCOMPARE(text(), before);
    }

    void aForgedReceiptChangesNothing()
    {
        const MessageRow message = write();
        const MessageRow other = write();
        m_first->behave({ .receiptCopies = 0 });
        startSender({ { m_first.get(), u"twilio"_s } });
        QTRY_COMPARE(m_first->taken(), 2);
        QTRY_VERIFY(std::ranges::all_of(rows(), [](const MessageRow &each) {
            return each.state == MessageState::sent;
        }));
        const QString before = text();
        const QString id = message.id.toString();
        const QString sid = sidOf(message);
        const FormFields said = fields(sid, u"undelivered"_s);
        const QByteArray signature = twilio::signatureOf(address(id), said, Secret("secret"));

        QCOMPARE(post(address(id), said, {}), 403);
        QCOMPARE(post(address(id), said, "AAAA"), 403);
        QCOMPARE(post(address(id), said, twilio::signatureOf(address(id), said, Secret("guessed"))), 403);
        QCOMPARE(post(address(id), fields(sid, u"delivered"_s), signature), 403); // changed
        QCOMPARE(post(address(other.id.toString()), said, signature), 403); // about another one
        QCOMPARE(post(address(id) + "&x=1", said, signature), 403);
        FormFields stranger = said;
        stranger.append({ u"AccountSid"_s, u"ACstranger"_s });
        std::swap(stranger.first(), stranger.last());
        QCOMPARE(
            post(address(id), stranger, twilio::signatureOf(address(id), stranger, Secret("secret"))), 403
        );
        QCOMPARE(text(), before);

        // Signed, and yet of no use: of another message, of none of ours, or without sense.
        QCOMPARE(tell(id, fields(u"SMother"_s, u"undelivered"_s)), 204);
        QCOMPARE(tell(api::MessageId::make().toString(), said), 204);
        QCOMPARE(tell(id, fields(sid, u"lost"_s)), 204);
        QCOMPARE(tell(u"7"_s, said), 404);
        QCOMPARE(tell(u"%27;drop"_s, said), 404);
        QCOMPARE(text(), before);
        // And the right one is heard.
        QCOMPARE(post(address(id), said, signature), 204);
        QVERIFY(text() != before);
    }

    void aForgedReceiptOfVonagesChangesNothing()
    {
        const MessageRow message = write();
        const MessageRow other = write();
        m_first->behave({ .receiptCopies = 0 });
        startSender({ { m_first.get(), u"vonage"_s } });
        QTRY_VERIFY(std::ranges::all_of(rows(), [](const MessageRow &each) {
            return each.state == MessageState::sent;
        }));
        const QString before = text();
        const QString id = message.id.toString();
        const auto said = [&](const QString &reference, const QString &key, const char *secret) {
            FormFields all { { u"api-key"_s, key },
                             { u"messageId"_s, sidOf(message) },
                             { u"client-ref"_s, reference },
                             { u"status"_s, u"failed"_s },
                             { u"err-code"_s, u"6"_s } };
            all.append({ u"sig"_s, QString::fromLatin1(vonage::signatureOf(all, Secret(secret))) });
            return all;
        };
        const auto at = [&](const QString &named) { return receiptAddress(m_server, u"vonage"_s, named); };
        const QString ours = u"ACsandbox"_s;

        QCOMPARE(post(at(id), said(id, ours, "guessed"), {}), 403);
        QCOMPARE(post(at(id), said(id, u"stranger"_s, "secret"), {}), 403);
        QCOMPARE(post(at(other.id.toString()), said(id, ours, "secret"), {}), 403);
        FormFields changed = said(id, ours, "secret");
        changed[4].second = u"7"_s;
        QCOMPARE(post(at(id), changed, {}), 403);
        changed = said(id, ours, "secret").mid(0, 5);
        QCOMPARE(post(at(id), changed, {}), 403);
        // Of the other vendor, who never had it.
        const FormFields twilios = fields(sidOf(message), u"undelivered"_s);
        QCOMPARE(
            post(address(id), twilios, twilio::signatureOf(address(id), twilios, Secret("secret"))), 204
        );
        QCOMPARE(text(), before);

        QCOMPARE(post(at(id), said(id, ours, "secret"), {}), 204);
        QVERIFY(text() != before);
    }

    void whatNobodyAsksForIsNotFound()
    {
        BlockingClient client(m_server);
        QCOMPARE(client.send("GET", u"/api/v1/webhooks/messages/twilio"_s).status, 405);
        QCOMPARE(client.send("POST", u"/api/v1/webhooks/messages/nobody"_s, "a=b").status, 404);
        QCOMPARE(
            client.send("POST", u"/api/v1/webhooks/messages/twilio"_s, QByteArray(20'000, 'a')).status, 413
        );
    }

    void aReceiptProvesWhatNobodyCouldTell()
    {
        m_first->behave({ .hangs = 1, .forgets = true, .receiptDelayMs = 3000 });
        write();
        startSender({ { m_first.get(), u"twilio"_s } });

        QTRY_COMPARE(row().state, MessageState::dead);
        QTRY_COMPARE_WITH_TIMEOUT(row().delivery, std::optional(DeliveryStatus::delivered), 20'000);
        QCOMPARE(row().state, MessageState::sent);
        QVERIFY(!row().trouble);
        QCOMPARE(m_first->taken(), 1);
    }

    void whileTheFirstVendorIsAwayTheSecondCarries_data()
    {
        QTest::addColumn<SmsOutage>("outage");
        QTest::newRow("503") << SmsOutage::refuses;
        QTest::newRow("429") << SmsOutage::limits;
        QTest::newRow("not there") << SmsOutage::none;
    }
    void whileTheFirstVendorIsAwayTheSecondCarries()
    {
        QFETCH(SmsOutage, outage);
        m_first->behave({ .outage = outage });
        if (outage == SmsOutage::none)
            m_first->close();
        for (int i = 0; i < 20; ++i)
            write();
        startSender({ { m_first.get(), u"twilio"_s }, { m_second.get(), u"vonage"_s } });

        QTRY_VERIFY_WITH_TIMEOUT(
            std::ranges::all_of(
                rows(), [](const MessageRow &each) { return each.state == MessageState::sent; }
            ),
            20'000
        );
        QCOMPARE(m_first->taken(), 0);
        QCOMPARE(m_second->taken(), 20);
        for (const MessageRow &each : rows())
            QCOMPARE(each.tries, 0);
    }

    // The vendor takes each and says nothing: it might be told twice if another one carried it too.
    void whatTheFirstMayHaveTakenTheSecondDoesNotCarry()
    {
        m_first->behave({ .hangs = 1000, .forgets = true, .receiptCopies = 0 });
        for (int i = 0; i < 6; ++i)
            write();
        startSender({ { m_first.get(), u"twilio"_s }, { m_second.get(), u"vonage"_s } });

        QTRY_VERIFY_WITH_TIMEOUT(
            std::ranges::none_of(
                rows(),
                [](const MessageRow &each) {
                    return each.state == MessageState::waiting || each.state == MessageState::sending;
                }
            ),
            30'000
        );
        QVERIFY(m_first->taken() >= 1);
        QSet<QString> texts;
        for (const auto &desk : { m_first.get(), m_second.get() }) {
            for (const SmsDesk::Received &each : desk->received()) {
                QVERIFY2(!texts.contains(each.text), "somebody was told twice");
                texts.insert(each.text);
            }
        }
        QCOMPARE(texts.size(), 6);
    }

    void whoDoesNotWantToBeWrittenToIsNotWrittenToByTheNext()
    {
        write(u"+15005550004"_s);
        startSender({ { m_first.get(), u"twilio"_s }, { m_second.get(), u"vonage"_s } });
        QTRY_COMPARE(row().state, MessageState::dead);
        QVERIFY(row().trouble->contains(u"21610"_s));
        QCOMPARE(m_second->requests(), 0);
    }

private:
    struct Carrier
    {
        SmsDesk *desk = nullptr;
        QString name;
    };

    template <class Work>
    std::invoke_result_t<Work, Session &> inSchema(Work work)
    {
        return m_test->database().transact(notification_store::role, work);
    }

    std::unique_ptr<SmsDesk> makeDesk()
    {
        SmsDesk::Options options;
        options.certificate = m_certificates.certificate(u"good"_s);
        options.key = m_certificates.key(u"good"_s);
        options.token = Secret("secret");
        auto desk = std::make_unique<SmsDesk>(options);
        if (const auto listening = desk->listen(); !listening)
            qFatal("%s", qPrintable(listening.error().detail));
        return desk;
    }

    void openDoor()
    {
        m_server = QUrl(u"http://127.0.0.1:%1"_s.arg(freePort()));
        m_service = std::make_unique<NotificationService>(
            m_clock, NotificationService::Neighbours {}, QSet { api::MessageChannel::sms }
        );
        m_router = std::make_unique<Router>();
        addReceiptRoutes(
            *m_router,
            m_test->database(),
            *m_service,
            { m_server,
              { twilio::receipts(u"ACsandbox"_s, Secret("secret")),
                vonage::receipts(u"ACsandbox"_s, Secret("secret")) } }
        );
        HttpServer::Options options;
        options.port = static_cast<quint16>(m_server.port());
        m_door = std::make_unique<HttpServer>(options, *m_router, m_metrics);
        const auto listening = m_door->listen();
        QVERIFY2(listening, why(listening));
    }

    std::unique_ptr<MessageVendor> twilioAt(const SmsDesk &desk)
    {
        TwilioVendor::Options options;
        options.url = desk.url();
        options.account = u"ACsandbox"_s;
        options.token = Secret("secret");
        options.from = u"+15005550006"_s;
        options.receipts = m_server;
        options.authorities = m_certificates.certificate(u"good"_s);
        options.timeout = 500ms;
        options.askAfter = { 1ms };
        return std::make_unique<TwilioVendor>(options);
    }

    std::unique_ptr<MessageVendor> vonageAt(const SmsDesk &desk)
    {
        VonageVendor::Options options;
        options.url = desk.url();
        options.key = u"ACsandbox"_s;
        options.secret = Secret("secret");
        options.from = u"Squad"_s;
        options.receipts = m_server;
        options.authorities = m_certificates.certificate(u"good"_s);
        options.timeout = 500ms;
        return std::make_unique<VonageVendor>(options);
    }

    // In order of priority.
    void startSender(const QList<Carrier> &carriers)
    {
        std::vector<VendorPool::Member> members;
        for (const Carrier &carrier : carriers) {
            VendorPool::Member member;
            member.priority = static_cast<int>(members.size());
            member.vendor = carrier.name == u"vonage"_s ? vonageAt(*carrier.desk) : twilioAt(*carrier.desk);
            members.push_back(std::move(member));
        }
        m_vendors = std::make_unique<VendorPool>(std::move(members), VendorPool::Options { 20ms, 40ms });
        MessageSender::Options sending;
        sending.look = 20ms;
        m_sender = std::make_unique<MessageSender>(
            m_test->database(),
            *m_vendors,
            api::MessageChannel::sms,
            MessageSender::Clocks { m_real, m_clock },
            sending
        );
        m_sender->start();
    }

    MessageRow write(const QString &number = ana)
    {
        MessageRow message;
        message.id = api::MessageId::make();
        message.fact = EventId::make();
        message.accountId = api::AccountId::make();
        message.ticketId = m_ticket;
        message.kind = api::MessageKind::expertOnTheWay;
        message.channel = api::MessageChannel::sms;
        message.name = u"Ana"_s;
        message.address = number;
        message.text = u"On the way: "_s + message.id.toString();
        message.createdAt = message.nextAt = m_clock.now();
        message.expiresAt = m_clock.now() + 1h;
        const auto written
            = inSchema([&](Session &session) { return notification_store::write(session, message); });
        if (!written)
            QTest::qFail(why(written), __FILE__, __LINE__);
        return message;
    }

    QList<MessageRow> rows()
    {
        const auto found
            = inSchema([&](Session &session) { return notification_store::ofTicket(session, m_ticket, {}); });
        return found ? *found : QList<MessageRow>();
    }
    MessageRow row() { return rows().value(0); }
    QString text()
    {
        static const Statement all {
            "test.messages",
            "select coalesce(string_agg(m::text, ';' order by id), '') from notification.message m"
        };
        const auto found = inSchema([&](Session &session) { return session.one<QString>(all); });
        return found ? *found : QString();
    }
    QList<api::DeliveryRate> rates()
    {
        const auto found
            = inSchema([&](Session &session) { return delivery_store::rates(session, m_real.now() - 1h); });
        return found ? *found : QList<api::DeliveryRate>();
    }

    QString sidOf(const MessageRow &message)
    {
        for (const SmsDesk::Received &each : m_first->received()) {
            if (each.text == message.text)
                return each.sid;
        }
        return {};
    }

    // What a receipt's address is, of any message.
    [[nodiscard]] QByteArray address(const QString &message) const
    {
        return receiptAddress(m_server, u"twilio"_s, message);
    }

    static FormFields fields(const QString &sid, const QString &status)
    {
        return { { u"MessageSid"_s, sid },
                 { u"MessageStatus"_s, status },
                 { u"AccountSid"_s, u"ACsandbox"_s },
                 { u"ErrorCode"_s, u"30005"_s } };
    }

    int post(const QByteArray &url, const FormFields &said, const QByteArray &signature) const
    {
        const QUrl whole = QUrl::fromEncoded(url);
        const QString target
            = QString::fromLatin1(whole.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority));
        BlockingClient client(m_server);
        return client
            .send(
                "POST",
                target,
                toForm(said),
                { { "X-Twilio-Signature", signature },
                  { "Content-Type", "application/x-www-form-urlencoded" } }
            )
            .status;
    }

    // As the vendor does.
    int tell(const QString &message, const FormFields &said) const
    {
        return post(address(message), said, twilio::signatureOf(address(message), said, Secret("secret")));
    }

    TestCertificates m_certificates;
    SystemClock m_real;
    ManualClock m_clock { Instant {} };
    api::TicketId m_ticket;
    QUrl m_server;
    Metrics m_metrics;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<SmsDesk> m_first;
    std::unique_ptr<SmsDesk> m_second;
    std::unique_ptr<NotificationService> m_service;
    std::unique_ptr<Router> m_router;
    std::unique_ptr<HttpServer> m_door;
    std::unique_ptr<VendorPool> m_vendors;
    std::unique_ptr<MessageSender> m_sender;
};

QTEST_GUILESS_MAIN(SmsDeliveryTest)
#include "sms_delivery_test.moc"

#include "server/services/notification/message_sender.h"

#include "server/services/notification/smtp_vendor.h"
#include "tests/doubles/message_vendor/smtp_sink.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using api::MessageState;
using notification_store::MessageRow;

class MessageSenderTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QVERIFY(certificate(u"good"_s, u"IP:127.0.0.1"_s));
        QVERIFY(certificate(u"other"_s, u"IP:127.0.0.1"_s));
        QVERIFY(certificate(u"elsewhere"_s, u"DNS:mail.elsewhere.example"_s));
    }
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_ticket = api::TicketId::make();
        m_clock.set(*instantFromText(u"2026-11-23T15:00:00.000Z"_s));
        startSink();
    }
    void cleanup()
    {
        m_sender.reset();
        m_vendors.reset();
        m_sink.reset();
        m_test.reset();
    }

    void aMailArrivesWhole_data()
    {
        QTest::addColumn<SmtpSink::Security>("security");
        QTest::newRow("TLS from the start") << SmtpSink::Security::fromTheStart;
        QTest::newRow("STARTTLS") << SmtpSink::Security::afterStartTls;
    }
    void aMailArrivesWhole()
    {
        QFETCH(SmtpSink::Security, security);
        startSink(security);
        const MessageRow message = write();

        startSender(security == SmtpSink::Security::fromTheStart ? u"smtps"_s : u"smtp"_s);

        QTRY_COMPARE(state(), MessageState::sent);
        QCOMPARE(m_sink->received().size(), 1);
        const SmtpSink::Received mail = m_sink->received().first();
        QCOMPARE(mail.from, "<desk+" + message.id.toString().toLatin1() + "@squad.example>");
        QCOMPARE(mail.to, "<ana@example.com>");
        QVERIFY(mail.text.contains("\r\nAuto-Submitted: auto-generated\r\n"));
        QVERIFY(mail.text.contains(message.text.toUtf8().toBase64()));
        QVERIFY(mail.text.contains(message.html.toUtf8().toBase64()));
    }

    void whatSomebodyHasWrittenIsNoHeader()
    {
        write(u"Ana\r\nBcc: all@example.com"_s, u"Hi\r\n\r\n--squad"_s);

        startSender();

        QTRY_COMPARE(state(), MessageState::sent);
        const QByteArray text = m_sink->received().first().text;
        QVERIFY(!text.contains("Bcc:"));
        QCOMPARE(text.left(text.indexOf("\r\n\r\n")).count("multipart/alternative"), 1);
    }

    void anUnprovenServerIsToldNothing_data()
    {
        QTest::addColumn<QString>("shown");
        QTest::addColumn<SmtpSink::Security>("security");
        QTest::newRow("nobody vouches for it") << u"other"_s << SmtpSink::Security::fromTheStart;
        QTest::newRow("another server's") << u"elsewhere"_s << SmtpSink::Security::fromTheStart;
        QTest::newRow("none at all") << u"good"_s << SmtpSink::Security::none;
    }
    void anUnprovenServerIsToldNothing()
    {
        QFETCH(QString, shown);
        QFETCH(SmtpSink::Security, security);
        startSink(security, shown);
        SmtpVendor::Options options
            = vendorOptions(security == SmtpSink::Security::none ? u"smtp"_s : u"smtps"_s);
        if (shown == u"elsewhere"_s)
            options.authorities = file(u"elsewhere.crt"_s);
        SmtpVendor vendor(options);

        const Delivery delivery
            = vendor.deliver({ u"1"_s, u"Ana"_s, u"ana@example.com"_s, {}, m_clock.now() });

        QCOMPARE(delivery.outcome, DeliveryOutcome::away);
        QVERIFY(m_sink->received().isEmpty());
    }

    void withAWrongPasswordTheMessageWaits()
    {
        write();
        SmtpVendor::Options options = vendorOptions();
        options.password = Secret("wrong");
        startSender(options);

        QTRY_VERIFY(rates().value(0).putOff > 0);
        m_sender->stop(); // which is asking again and again
        QCOMPARE(state(), MessageState::waiting);
        QCOMPARE(row().tries, 0);
        QVERIFY(m_sink->received().isEmpty());
    }

    void aBusyServerIsAskedAgainLater()
    {
        m_sink->behave(SmtpSink::Manner::isBusy);
        write();
        startSender();
        QTRY_COMPARE(row().tries, 1);
        QCOMPARE(state(), MessageState::waiting);
        QVERIFY(row().nextAt > m_clock.now());

        m_sink->behave(SmtpSink::Manner::takes);
        m_clock.advance(5min);
        m_sender->wake();

        QTRY_COMPARE(state(), MessageState::sent);
        QCOMPARE(m_sink->received().size(), 1);
    }

    void whatTheServerRefusesIsADeadLetterWithItsReason()
    {
        m_sink->behave(SmtpSink::Manner::refuses);
        write();
        startSender();

        QTRY_COMPARE(state(), MessageState::dead);
        QVERIFY2(row().trouble->contains(u"550"_s), qPrintable(*row().trouble));
    }

    void whatMayHaveArrivedIsNotSentAgain()
    {
        m_sink->behave(SmtpSink::Manner::hangsUpAfterTheMail);
        write();
        startSender();
        QTRY_COMPARE(state(), MessageState::dead);

        m_sink->behave(SmtpSink::Manner::takes);
        m_clock.advance(5min);
        const api::TicketId first = std::exchange(m_ticket, api::TicketId::make());
        write();
        m_sender->wake();
        QTRY_COMPARE(state(), MessageState::sent);
        QCOMPARE(m_sink->received().size(), 2);
        m_ticket = first;
        QCOMPARE(state(), MessageState::dead);
    }

    void aServerThatIsDownCostsNoTries()
    {
        m_sink->close();
        write();
        startSender();
        QTRY_VERIFY(!m_sender->lastHealth().trouble.isEmpty());
        QCOMPARE(row().tries, 0);

        m_clock.advance(1h);
        m_sink->listen(m_sink->port());

        QTRY_COMPARE(state(), MessageState::sent);
        QCOMPARE(m_sink->received().size(), 1);
    }

    void whatComesTooLateIsNotSent()
    {
        write();
        m_clock.advance(25h);
        startSender();

        QTRY_COMPARE(state(), MessageState::expired);
        QVERIFY(m_sink->received().isEmpty());
    }

    void aServerThatAnswersTwiceTellsNobodyTwice()
    {
        m_sink->behave(SmtpSink::Manner::answersTwice);
        for (int i = 0; i < 5; ++i)
            write();
        startSender();

        QTRY_VERIFY(std::ranges::all_of(rows(), [](const MessageRow &each) {
            return each.state == MessageState::sent || each.state == MessageState::dead;
        }));
        QSet<QByteArray> senders;
        for (const SmtpSink::Received &mail : m_sink->received())
            senders.insert(mail.from);
        QCOMPARE(senders.size(), m_sink->received().size());
        for (const MessageRow &each : rows())
            QCOMPARE(each.state, MessageState::sent);
    }

    void whatACrashLeftUnderWayIsADeadLetter()
    {
        write();
        const auto taken = inSchema([&](Session &session) {
            return delivery_store::claim(
                session,
                { api::MessageChannel::email,
                  u"smtp"_s,
                  m_clock.now(),
                  m_real.now() - 2min,
                  m_real.now() - 1min,
                  8 }
            );
        });
        QVERIFY2(taken, why(taken));
        QCOMPARE(taken->size(), 1);

        startSender();

        QTRY_COMPARE(state(), MessageState::dead);
        QVERIFY(m_sink->received().isEmpty());
    }

    void ratesTellWhatBecameOfAttempts()
    {
        write();
        startSender();
        QTRY_COMPARE(state(), MessageState::sent);

        QCOMPARE(rates().size(), 1);
        QCOMPARE(rates().first().vendor, u"smtp:127.0.0.1"_s);
        QCOMPARE(rates().first().sent, 1);
    }

private:
    template <class Work>
    std::invoke_result_t<Work, Session &> inSchema(Work work)
    {
        return m_test->database().transact(notification_store::role, work);
    }

    [[nodiscard]] QString file(const QString &name) const { return m_directory.filePath(name); }

    [[nodiscard]] bool certificate(const QString &name, const QString &subject) const
    {
        return QProcess::execute(
                   u"openssl"_s,
                   { u"req"_s,
                     u"-x509"_s,
                     u"-nodes"_s,
                     u"-subj"_s,
                     u"/CN="_s + name,
                     u"-days"_s,
                     u"2"_s,
                     u"-addext"_s,
                     u"subjectAltName="_s + subject,
                     u"-newkey"_s,
                     u"ec"_s,
                     u"-pkeyopt"_s,
                     u"ec_paramgen_curve:prime256v1"_s,
                     u"-keyout"_s,
                     file(name + u".key"_s),
                     u"-out"_s,
                     file(name + u".crt"_s) }
               )
            == 0;
    }

    void startSink(
        SmtpSink::Security security = SmtpSink::Security::fromTheStart, const QString &shown = u"good"_s
    )
    {
        m_sink = std::make_unique<SmtpSink>(SmtpSink::Options {
            security, file(shown + u".crt"_s), file(shown + u".key"_s), "squad secret" });
        m_sink->listen();
    }

    [[nodiscard]] SmtpVendor::Options vendorOptions(const QString &scheme = u"smtps"_s) const
    {
        SmtpVendor::Options options;
        options.url = QUrl(u"%1://127.0.0.1:%2"_s.arg(scheme).arg(m_sink->port()));
        options.user = u"squad"_s;
        options.password = Secret("secret");
        options.from = u"desk@squad.example"_s;
        options.authorities = file(u"good.crt"_s);
        options.timeout = 5s;
        return options;
    }

    void startSender(const QString &scheme = u"smtps"_s) { startSender(vendorOptions(scheme)); }
    void startSender(const SmtpVendor::Options &options)
    {
        std::vector<VendorPool::Member> members(1);
        members.front().vendor = std::make_unique<SmtpVendor>(options);
        m_vendors = std::make_unique<VendorPool>(std::move(members), VendorPool::Options { 20ms, 40ms });
        MessageSender::Options sending;
        sending.look = 20ms;
        m_sender = std::make_unique<MessageSender>(
            m_test->database(),
            *m_vendors,
            api::MessageChannel::email,
            MessageSender::Clocks { m_real, m_clock },
            sending
        );
        m_sender->start();
    }

    MessageRow write(const QString &name = u"Ana"_s, const QString &subject = u"Your ticket"_s)
    {
        MessageRow message;
        message.id = api::MessageId::make();
        message.fact = EventId::make();
        message.accountId = api::AccountId::make();
        message.ticketId = m_ticket;
        message.name = name;
        message.address = u"ana@example.com"_s;
        message.subject = subject;
        message.text = u"¡Hola!"_s;
        message.html = u"<p>¡Hola!</p>"_s;
        message.createdAt = message.nextAt = m_clock.now();
        message.expiresAt = m_clock.now() + 24h;
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
    QList<api::DeliveryRate> rates()
    {
        const auto found
            = inSchema([&](Session &session) { return delivery_store::rates(session, m_real.now() - 1h); });
        return found ? *found : QList<api::DeliveryRate>();
    }
    MessageRow row() { return rows().value(0); }
    MessageState state() { return row().state; }

    QTemporaryDir m_directory;
    SystemClock m_real;
    ManualClock m_clock { Instant {} };
    api::TicketId m_ticket;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<SmtpSink> m_sink;
    std::unique_ptr<VendorPool> m_vendors;
    std::unique_ptr<MessageSender> m_sender;
};

QTEST_GUILESS_MAIN(MessageSenderTest)
#include "message_sender_test.moc"

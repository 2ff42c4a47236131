#include "server/services/notification/twilio_vendor.h"

#include "tests/doubles/message_vendor/sms_desk.h"
#include "tests/doubles/message_vendor/sms_page.h"
#include "tests/server/notification/test_certificates.h"

#include <QTest>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QString ana = u"+12125550100"_s;

// Answers the first request of a connection, and hangs up after having read the next.
class FickleServer
{
public:
    FickleServer()
        : m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *raw = reinterpret_cast<sockaddr *>(&address); // NOLINT
        if (::bind(m_listener, raw, size) != 0 || ::listen(m_listener, 8) != 0
            || ::getsockname(m_listener, raw, &size) != 0)
            qFatal("no socket");
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { run(); });
    }
    ~FickleServer()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
    }
    FickleServer(const FickleServer &) = delete;
    FickleServer &operator=(const FickleServer &) = delete;

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] int posts() const { return m_posts; }

private:
    void run()
    {
        for (int connection = 0; (connection = ::accept(m_listener, nullptr, nullptr)) >= 0;) {
            if (read(connection)) {
                const QByteArray body = "{\"sid\": \"SM1\"}";
                const QByteArray answer = "HTTP/1.1 201 Created\r\nContent-Length: "
                    + QByteArray::number(body.size()) + "\r\n\r\n" + body;
                if (::send(connection, answer.constData(), static_cast<size_t>(answer.size()), MSG_NOSIGNAL)
                    > 0)
                    read(connection);
            }
            ::close(connection);
        }
    }

    bool read(int connection)
    {
        QByteArray request;
        std::array<char, 4096> buffer {};
        while (!request.contains("Body=")) {
            const ssize_t length = ::recv(connection, buffer.data(), buffer.size(), 0);
            if (length <= 0)
                return false;
            request.append(buffer.data(), length);
            if (request.startsWith("GET "))
                return false;
        }
        ++m_posts;
        return true;
    }

    int m_listener = -1;
    int m_port = 0;
    std::atomic<int> m_posts = 0;
    std::thread m_thread;
};

} // namespace

class TwilioVendorTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { startDesk(); }

    void aMessageArrivesAsItWasWritten()
    {
        const Delivery delivery = deliver(u"(212) 555-0100"_s, u"T-1: ¿Dónde está “José”? & = + %"_s);

        QCOMPARE(delivery.outcome, DeliveryOutcome::sent);
        QCOMPARE(m_desk->received().size(), 1);
        const SmsDesk::Received message = m_desk->received().first();
        QCOMPARE(delivery.vendorRef, message.sid);
        QCOMPARE(message.to, ana);
        QCOMPARE(message.from, u"+15005550006"_s);
        QCOMPARE(message.text, u"T-1: ¿Donde esta \"José\"? & = + %"_s);
        const QByteArray page = smsPage(m_desk->received());
        QVERIFY2(page.contains(message.text.toUtf8()), page.constData());
        QVERIFY(page.contains("Segments: 1 (GSM-7)"));
    }

    void aWrongCertificateIsToldNothing_data()
    {
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("trusted");
        QTest::newRow("nobody vouches for it") << u"other"_s << u"good"_s;
        QTest::newRow("another server's") << u"elsewhere"_s << u"elsewhere"_s;
    }
    void aWrongCertificateIsToldNothing()
    {
        QFETCH(QString, shown);
        QFETCH(QString, trusted);
        startDesk(shown);
        TwilioVendor::Options options = vendorOptions();
        options.authorities = m_certificates.certificate(trusted);

        QCOMPARE(deliver(ana, u"Hi"_s, options).outcome, DeliveryOutcome::away);
        QCOMPARE(m_desk->requests(), 0);
    }

    void whoCannotBeWrittenToIsRefusedForGood_data()
    {
        QTest::addColumn<QString>("number");
        QTest::addColumn<QString>("code");
        QTest::newRow("no number") << u"+15005550001"_s << u"21211"_s;
        QTest::newRow("opted out") << u"+15005550004"_s << u"21610"_s;
        QTest::newRow("a landline") << u"+15005550009"_s << u"21614"_s;
        QTest::newRow("not asked at all") << u"911"_s << u"number"_s;
    }
    void whoCannotBeWrittenToIsRefusedForGood()
    {
        QFETCH(QString, number);
        QFETCH(QString, code);
        const Delivery delivery = deliver(number, u"Hi"_s);
        QCOMPARE(delivery.outcome, DeliveryOutcome::refused);
        QVERIFY2(delivery.detail.contains(code), qPrintable(delivery.detail));
        QCOMPARE(m_desk->taken(), 0);
    }

    void aVendorInTroubleIsAway_data()
    {
        QTest::addColumn<SmsOutage>("outage");
        QTest::newRow("503") << SmsOutage::refuses;
        QTest::newRow("429") << SmsOutage::limits;
    }
    void aVendorInTroubleIsAway()
    {
        QFETCH(SmsOutage, outage);
        behave({ .outage = outage });
        QCOMPARE(deliver(ana, u"Hi"_s).outcome, DeliveryOutcome::away);
        QCOMPARE(m_desk->requests(), 1);
    }

    void whoIsNotThereIsAway()
    {
        m_desk->close();
        QCOMPARE(deliver(ana, u"Hi"_s).outcome, DeliveryOutcome::away);
    }

    void aWrongTokenIsNoFaultOfTheMessage()
    {
        TwilioVendor::Options options = vendorOptions();
        options.token = Secret("wrong");
        QCOMPARE(deliver(ana, u"Hi"_s, options).outcome, DeliveryOutcome::away);
        QCOMPARE(m_desk->taken(), 0);
    }

    void whatWasTakenInSilenceIsFoundByAsking()
    {
        behave({ .hangs = 1 });
        const Delivery delivery = deliver(ana, u"Hi"_s);
        QCOMPARE(delivery.outcome, DeliveryOutcome::sent);
        QCOMPARE(delivery.vendorRef, m_desk->received().first().sid);
        QCOMPARE(m_desk->taken(), 1);
    }

    void whatIsNotFoundStaysUnknownAndIsNotSentAgain()
    {
        behave({ .hangs = 1, .forgets = true });
        QCOMPARE(deliver(ana, u"Hi"_s).outcome, DeliveryOutcome::unknown);
        QCOMPARE(m_desk->requests(), 1);
        behave({ .outage = SmsOutage::silent });
        QCOMPARE(deliver(ana, u"Hi"_s).outcome, DeliveryOutcome::unknown);
        behave({ .outage = SmsOutage::breaks });
        QCOMPARE(deliver(ana, u"Hi"_s).outcome, DeliveryOutcome::unknown);
        QCOMPARE(m_desk->taken(), 1);
    }

    // On a kept connection, where libcurl would repeat the request by itself.
    void aBrokenConnectionRepeatsNothing()
    {
        const FickleServer server;
        TwilioVendor::Options options = vendorOptions();
        options.url = QUrl(u"http://127.0.0.1:%1"_s.arg(server.port()));
        options.askAfter = { 1ms };
        TwilioVendor vendor(options);
        QCOMPARE(vendor.deliver(mail(ana, u"One"_s)).outcome, DeliveryOutcome::sent);
        QCOMPARE(vendor.deliver(mail(ana, u"Two"_s)).outcome, DeliveryOutcome::unknown);
        QCOMPARE(server.posts(), 2);
    }

private:
    void startDesk(const QString &shown = u"good"_s)
    {
        SmsDesk::Options options;
        options.certificate = m_certificates.certificate(shown);
        options.key = m_certificates.key(shown);
        options.token = Secret("secret");
        m_desk = std::make_unique<SmsDesk>(options);
        if (const auto listening = m_desk->listen(); !listening)
            qFatal("%s", qPrintable(listening.error().detail));
    }

    void behave(const SmsBehaviour &behaviour) { m_desk->behave(behaviour); }

    [[nodiscard]] TwilioVendor::Options vendorOptions() const
    {
        TwilioVendor::Options options;
        options.url = m_desk->url();
        options.account = u"ACsandbox"_s;
        options.token = Secret("secret");
        options.from = u"+15005550006"_s;
        options.authorities = m_certificates.certificate(u"good"_s);
        options.timeout = 1s;
        options.askAfter = { 1ms, 20ms };
        return options;
    }

    static Mail mail(const QString &number, const QString &text)
    {
        return { u"0190"_s, u"Ana"_s, number, { {}, text, {} }, Instant {} };
    }

    Delivery deliver(const QString &number, const QString &text)
    {
        return deliver(number, text, vendorOptions());
    }
    static Delivery deliver(const QString &number, const QString &text, const TwilioVendor::Options &options)
    {
        TwilioVendor vendor(options);
        return vendor.deliver(mail(number, text));
    }

    TestCertificates m_certificates;
    std::unique_ptr<SmsDesk> m_desk;
};

QTEST_GUILESS_MAIN(TwilioVendorTest)
#include "twilio_vendor_test.moc"

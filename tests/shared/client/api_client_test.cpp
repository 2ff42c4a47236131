#include "shared/client/api_client.h"

#include "scripted_server.h"
#include "shared/api/ticket.h"

#include <QProcess>
#include <QSignalSpy>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QByteArray emptyPage = R"({"items": []})";

// Endpoints of the test's own, so that it does not change with the product's.
struct Poke : api::Endpoint<api::Method::post, "/poke">
{
    static constexpr api::Roles roles = api::everyRole;
};
struct Look : api::Endpoint<api::Method::get, "/look">
{
    static constexpr api::Roles roles = api::everyRole;
};

} // namespace

class ApiClientTest : public QObject
{
    Q_OBJECT
private slots:
    void init();

    void parametersGoIntoPathAndQuery();
    void problemsArriveAsTheyLeft();
    void anAnswerOfAnotherShapeIsAProblem();
    void ifMatchNamesTheVersionThePersonHasSeen();
    void aLostAnswerIsAskedForAgainUnderTheSameKey();
    void anotherCallHasAnotherKey();
    void readingCarriesNoKey();
    void aServerThatStaysDownIsUnreachable();
    void aServerThatNeverAnswersIsUnreachable();
    void oneRenewalServesAllCallsThatMetTheExpiry();
    void aRefusedRenewalIsTheAnswer();
    void aSecondRefusalIsNotRenewedAgain();
    void withoutATokenThereIsNothingToRenew();
    void aStrangersCertificateIsNotTrusted();
    void aCompanysOwnAuthorityIsTrusted();
    void idleComesAfterTheLastAnswer();

private:
    template <class T>
    Result<T> await(const Reply<T> &reply)
    {
        std::optional<Result<T>> answer;
        reply.then(this, [&](Result<T> arrived) { answer = std::move(arrived); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 15'000))
            qFatal("no answer in time");
        return *answer;
    }

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<ApiClient> m_api;
};

void ApiClientTest::init()
{
    m_server = std::make_unique<ScriptedServer>();
    m_api = std::make_unique<ApiClient>(m_server->url(), u"test/1"_s);
}

void ApiClientTest::parametersGoIntoPathAndQuery()
{
    const QJsonObject params {
        { u"id"_s, u"a/b c"_s }, { u"q"_s, u"50% & more+"_s }, { u"limit"_s, 5 }, { u"active"_s, true }
    };

    const QString path = client::expandPath("/tickets/{id}", params);

    QCOMPARE(path, u"/api/v1/tickets/a%2Fb%20c?active=true&limit=5&q=50%25%20%26%20more%2B"_s);
}

void ApiClientTest::problemsArriveAsTheyLeft()
{
    m_server->answerWith([](const ReceivedRequest &) {
        return ScriptedAnswer {
            409,
            R"({"type":"https://x/problems/conflict","title":"The state has moved on","status":409,"code":"ticket.taken",
                "detail":"Ben has it.","errors":[{"pointer":"#/subject","detail":"is required"}],"ticket":{"number":"T-1"}})",
            "application/problem+json"
        };
    });

    const auto answer = await(m_api->call<Poke>());

    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ProblemKind::conflict);
    QCOMPARE(answer.error().code, u"ticket.taken"_s);
    QCOMPARE(answer.error().detail, u"Ben has it."_s);
    QCOMPARE(answer.error().fields, (QList<FieldError> { { u"/subject"_s, u"is required"_s } }));
    QCOMPARE(answer.error().extension.keys(), QStringList { u"ticket"_s });
}

void ApiClientTest::anAnswerOfAnotherShapeIsAProblem()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 200, R"({"rows": []})" }; });

    const auto answer = await(m_api->call<api::ticket::List>(api::TicketQuery {}));

    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ProblemKind::internal);
    QVERIFY(answer.error().detail.contains(u"/items: is required"_s));
}

void ApiClientTest::ifMatchNamesTheVersionThePersonHasSeen()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 412 }; });

    const auto answer = await(m_api->call<Poke>(CallOptions { .ifMatch = 3 }));

    QCOMPARE(m_server->requests.constFirst().headers.value("if-match"), "\"3\""_ba);
    QCOMPARE(answer.error().kind, ProblemKind::stale);
}

void ApiClientTest::aLostAnswerIsAskedForAgainUnderTheSameKey()
{
    int arrived = 0;
    m_server->answerWith([&](const ReceivedRequest &) -> std::optional<ScriptedAnswer> {
        if (++arrived == 1)
            return std::nullopt; // done, but the client never hears of it
        return ScriptedAnswer { 204 };
    });

    const auto answer = await(m_api->call<Poke>());

    QVERIFY(answer);
    QVERIFY(m_server->requests.size() >= 2);
    const QByteArray key = m_server->requests.constFirst().headers.value("idempotency-key");
    QVERIFY(!key.isEmpty());
    for (const ReceivedRequest &request : std::as_const(m_server->requests))
        QCOMPARE(request.headers.value("idempotency-key"), key);
}

void ApiClientTest::anotherCallHasAnotherKey()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 204 }; });

    await(m_api->call<Poke>());
    await(m_api->call<Poke>());

    QVERIFY(
        m_server->requests.at(0).headers.value("idempotency-key")
        != m_server->requests.at(1).headers.value("idempotency-key")
    );
}

void ApiClientTest::readingCarriesNoKey()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 204 }; });

    await(m_api->call<Look>());

    QVERIFY(!m_server->requests.constFirst().headers.contains("idempotency-key"));
}

void ApiClientTest::aServerThatStaysDownIsUnreachable()
{
    QSignalSpy unanswered(m_api.get(), &ApiClient::unanswered);
    m_server->stop();

    const auto answer = await(m_api->call<Poke>());

    QCOMPARE(answer.error().kind, ProblemKind::unreachable);
    QVERIFY(!answer.error().detail.isEmpty());
    QCOMPARE(unanswered.size(), 1); // told once, after the last try
}

void ApiClientTest::aServerThatNeverAnswersIsUnreachable()
{
    QTcpServer silent;
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    m_api->setServer(QUrl(u"http://127.0.0.1:%1"_s.arg(silent.serverPort())));
    m_api->setTimeout(100ms);

    const auto answer = await(m_api->call<Poke>());

    QCOMPARE(answer.error().kind, ProblemKind::unreachable);
}

void ApiClientTest::oneRenewalServesAllCallsThatMetTheExpiry()
{
    m_server->answerWith([](const ReceivedRequest &request) {
        const bool isFresh = request.headers.value("authorization") == "Bearer fresh";
        return isFresh ? ScriptedAnswer { 200, emptyPage } : ScriptedAnswer { 401 };
    });
    int renewals = 0;
    m_api->setAccessToken("old"_ba);
    m_api->setRenewal([&] {
        ++renewals;
        const Promise<api::Nothing> promise;
        QTimer::singleShot(50ms, m_api.get(), [this, promise] {
            m_api->setAccessToken("fresh"_ba);
            promise.answer(api::Nothing {});
        });
        return promise.reply();
    });

    int good = 0;
    for (int i = 0; i < 10; ++i) {
        m_api->call<api::ticket::List>(api::TicketQuery {})
            .then(this, [&](const Result<api::Page<api::TicketSummary>> &page) { good += page ? 1 : 0; });
    }

    QTRY_COMPARE(good, 10);
    QCOMPARE(renewals, 1);
}

void ApiClientTest::aRefusedRenewalIsTheAnswer()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 401 }; });
    m_api->setAccessToken("old"_ba);
    m_api->setRenewal([] {
        const Promise<api::Nothing> promise;
        promise.answer(fail(Problem::unavailable(u"later"_s)));
        return promise.reply();
    });

    const auto answer = await(m_api->call<Look>());

    QCOMPARE(answer.error().kind, ProblemKind::unavailable);
}

void ApiClientTest::aSecondRefusalIsNotRenewedAgain()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 401 }; });
    int renewals = 0;
    m_api->setAccessToken("old"_ba);
    m_api->setRenewal([&] {
        m_api->setAccessToken("token " + QByteArray::number(++renewals));
        const Promise<api::Nothing> promise;
        promise.answer(api::Nothing {});
        return promise.reply();
    });

    const auto answer = await(m_api->call<Look>());

    QCOMPARE(answer.error().kind, ProblemKind::unauthenticated);
    QCOMPARE(renewals, 1);
}

void ApiClientTest::withoutATokenThereIsNothingToRenew()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 401 }; });

    const auto answer = await(m_api->call<Look>());

    QCOMPARE(answer.error().kind, ProblemKind::unauthenticated);
    QVERIFY(!m_server->requests.constFirst().headers.contains("authorization"));
}

namespace {

// A certificate that nobody vouches for, valid for 127.0.0.1.
QSslConfiguration selfSigned()
{
    static const QTemporaryDir dir;
    const QString key = dir.filePath(u"key.pem"_s);
    const QString certificate = dir.filePath(u"certificate.pem"_s);
    QProcess openssl;
    openssl.start(
        u"openssl"_s,
        { u"req"_s,
          u"-x509"_s,
          u"-newkey"_s,
          u"rsa:2048"_s,
          u"-nodes"_s,
          u"-days"_s,
          u"2"_s,
          u"-subj"_s,
          u"/CN=127.0.0.1"_s,
          u"-addext"_s,
          u"subjectAltName=IP:127.0.0.1"_s,
          u"-keyout"_s,
          key,
          u"-out"_s,
          certificate }
    );
    if (!openssl.waitForFinished() || openssl.exitCode() != 0)
        qFatal("openssl: %s", openssl.readAllStandardError().constData());
    QFile keyFile(key);
    if (!keyFile.open(QIODevice::ReadOnly))
        qFatal("no key");
    QSslConfiguration tls;
    tls.setPrivateKey(QSslKey(&keyFile, QSsl::Rsa));
    tls.setLocalCertificateChain(QSslCertificate::fromPath(certificate));
    return tls;
}

} // namespace

void ApiClientTest::aStrangersCertificateIsNotTrusted()
{
    ScriptedServer server(selfSigned());
    server.answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 204 }; });
    ApiClient api(server.url(), u"test/1"_s);

    const auto answer = await(api.call<Poke>());

    QCOMPARE(answer.error().kind, ProblemKind::unreachable);
    QCOMPARE(answer.error().code, u"tls"_s);
    QVERIFY(server.requests.isEmpty());
}

void ApiClientTest::aCompanysOwnAuthorityIsTrusted()
{
    const QSslConfiguration tls = selfSigned();
    ScriptedServer server(tls);
    server.answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 204 }; });
    ApiClient api(server.url(), u"test/1"_s);
    api.trust(tls.localCertificateChain());

    QVERIFY(await(api.call<Poke>()));
}

void ApiClientTest::idleComesAfterTheLastAnswer()
{
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 204 }; });
    QSignalSpy idle(m_api.get(), &ApiClient::idle);
    int answers = 0;

    for (int i = 0; i < 3; ++i)
        m_api->call<Poke>().then(this, [&](const Result<api::Nothing> &) { ++answers; });

    QCOMPARE(m_api->pendingCalls(), 3);
    QVERIFY(idle.wait());
    QCOMPARE(answers, 3);
    QCOMPARE(m_api->pendingCalls(), 0);
}

QTEST_GUILESS_MAIN(ApiClientTest)
#include "api_client_test.moc"

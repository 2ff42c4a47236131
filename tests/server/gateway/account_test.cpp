#include "server/http/routes.h"
#include "server/services/gateway/gateway_routes.h"
#include "tests/server/gateway/gateway_fixture.h"
#include "tests/server/http/answer_to.h"

#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QString good = GatewayFixture::goodPassword();

GatewayService::NewAccount rosa(api::AccountId id = api::AccountId::make())
{
    return { id,
             *Email::parse(u"rosa@example.com"_s),
             Secret(good.toUtf8()),
             api::Role::expert,
             *api::Name::parse(u"Rosa Delgado"_s) };
}

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

} // namespace

// What other services ask of the gateway, and what comes over HTTP.
class AccountTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_fixture = std::make_unique<GatewayFixture>();
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator([this](QByteArrayView token) {
            return m_fixture->gateway.authenticate(token);
        });
        Routes routes(*m_router, m_fixture->test.database(), "squad_gateway");
        addGatewayRoutes(routes, m_fixture->gateway);
    }
    void cleanup()
    {
        m_router.reset();
        m_fixture.reset();
    }

    void askingTwiceForOneIdMakesOneAccount()
    {
        const auto wanted = rosa();

        const auto first = m_fixture->gateway.createAccount(wanted);
        const auto second = m_fixture->gateway.createAccount(wanted);

        QVERIFY2(first, why(first));
        QVERIFY2(second, why(second));
        QCOMPARE(second->id, wanted.id);
        QVERIFY(m_fixture->logIn(u"rosa@example.com"_s, good));
    }

    void askingAtOnceForOneIdMakesOneAccount()
    {
        for (int round = 0; round < 5; ++round) {
            auto wanted = rosa();
            wanted.email = *Email::parse(u"rosa%1@example.com"_s.arg(round));
            std::atomic<int> made = 0;
            std::vector<std::jthread> callers;
            for (int i = 0; i < 4; ++i)
                callers.emplace_back([&] {
                    const auto account = m_fixture->gateway.createAccount(wanted);
                    made += account && account->id == wanted.id ? 1 : 0;
                });
            callers.clear();
            QCOMPARE(made.load(), 4);
        }
    }

    void theLastTryForOneIdSetsThePassword()
    {
        auto wanted = rosa();
        QVERIFY(m_fixture->gateway.createAccount(wanted));
        wanted.password = Secret("another password");
        QVERIFY(m_fixture->gateway.createAccount(wanted));

        QVERIFY(m_fixture->logIn(u"rosa@example.com"_s, u"another password"_s));
        QVERIFY(!m_fixture->logIn(u"rosa@example.com"_s, good));
    }

    void anothersEmailIsAConflict()
    {
        QVERIFY(m_fixture->gateway.createAccount(rosa()));

        const auto refused = m_fixture->gateway.createAccount(rosa());

        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"auth.email-taken"_s);
    }

    void renamingOneMustHaveSeenTheNewestVersion()
    {
        const auto wanted = rosa();
        QVERIFY(m_fixture->gateway.createAccount(wanted));
        const api::Name name = *api::Name::parse(u"Rosa Diaz"_s);

        const auto renamed = m_fixture->gateway.rename(wanted.id, name, 1);
        const auto stale = m_fixture->gateway.rename(wanted.id, name, 1);
        const auto nobody = m_fixture->gateway.rename(api::AccountId::make(), name, 1);

        QVERIFY2(renamed, why(renamed));
        QCOMPARE(renamed->version, 2);
        QVERIFY(!stale && stale.error().kind == ProblemKind::stale);
        QVERIFY(!nobody && nobody.error().kind == ProblemKind::notFound);
        QVERIFY(m_fixture->gateway.rename(wanted.id, name, {}));
    }

    void manyAreAddedAtOnceAndOnlyOnce()
    {
        QList<GatewayService::Newcomer> people;
        for (int i = 0; i < 50; ++i)
            people.append({ .email = *Email::parse(u"expert%1@example.com"_s.arg(i)),
                            .role = api::Role::expert,
                            .name = *api::Name::parse(u"Expert %1"_s.arg(i)),
                            .phone = {},
                            .address = {} });

        const auto half = m_fixture->gateway.addAccounts(people.first(25), Secret(good.toUtf8()));
        const auto all = m_fixture->gateway.addAccounts(people, Secret("another password"));

        QVERIFY2(half, why(half));
        QVERIFY2(all, why(all));
        QCOMPARE(all->first(25), *half);
        QCOMPARE(all->size(), 50);
        QVERIFY(m_fixture->logIn(u"expert3@example.com"_s, good));
        QVERIFY(m_fixture->logIn(u"expert40@example.com"_s, u"another password"_s));
    }

    void aCustomerIsNotMadeAnExpertByAddingOne()
    {
        QVERIFY(m_fixture->signUp(u"ada@example.com"_s));

        const auto refused = m_fixture->gateway.addAccounts(
            { { .email = *Email::parse(u"ada@example.com"_s),
                .role = api::Role::expert,
                .name = *api::Name::parse(u"Ada"_s),
                .phone = {},
                .address = {} } },
            Secret(good.toUtf8())
        );

        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"auth.email-taken"_s);
    }

    // From the wire to the database and back: every endpoint of the gateway once.
    void aSessionsLifeOverHttp()
    {
        const Response registered = post(u"/auth/register"_s, R"({"email":"ada@example.com",
            "password":"correct horse battery", "name":"Ada", "phone":"212-555-0100",
            "address":{"line1":"1 Main Street","city":"New York","state":"NY","zip":"10001"}})");
        QCOMPARE(registered.status, 201);
        const Response renewed = post(
            u"/auth/refresh"_s,
            QJsonDocument(QJsonObject { { u"refreshToken"_s, object(registered)[u"refreshToken"_s] } }
            ).toJson()
        );
        QCOMPARE(renewed.status, 200);
        const Response loggedIn = post(
            u"/auth/login"_s,
            R"({"email":"ada@example.com","password":"correct horse battery","device":"My phone"})"
        );
        QCOMPARE(loggedIn.status, 200);
        const QByteArray first = object(renewed)[u"accessToken"_s].toString().toLatin1();
        const QByteArray second = object(loggedIn)[u"accessToken"_s].toString().toLatin1();

        const Response listed = get(u"/auth/sessions"_s, first);
        QCOMPARE(object(listed)[u"items"_s].toArray().size(), 2);
        QString phone;
        for (const QJsonValue &each : object(listed)[u"items"_s].toArray()) {
            if (each[u"device"_s].toString() == u"My phone"_s)
                phone = each[u"id"_s].toString();
        }
        const Response ended = answerTo(
            *m_router,
            { "DELETE", u"/api/v1/auth/sessions/"_s + phone, {}, { { "authorization", "Bearer " + first } } }
        );
        QCOMPARE(ended.status, 204);
        QCOMPARE(get(u"/auth/sessions"_s, second).status, 401);

        QCOMPARE(post(u"/auth/logout"_s, {}, first).status, 204);
        QCOMPARE(get(u"/auth/sessions"_s, first).status, 401);
    }

    void anExpiredTokenIsRefused()
    {
        const auto signedIn = m_fixture->signUp(u"ada@example.com"_s);
        QVERIFY(signedIn);
        const QByteArray token = signedIn->accessToken.reveal().toByteArray();
        QCOMPARE(get(u"/auth/sessions"_s, token).status, 200);

        m_fixture->clock.set(signedIn->accessExpiresAt);

        QCOMPARE(get(u"/auth/sessions"_s, token).status, 401);
    }

    void aStormOfLoginsKeepsNobodyElseWaiting()
    {
        // Given that every thread that hashes passwords is busy, and more logins wait than there are database
        // workers
        const auto signedIn = m_fixture->signUp(u"ada@example.com"_s);
        QVERIFY(signedIn);
        std::promise<void> done;
        const std::shared_future<void> isDone = done.get_future().share();
        for (int i = 0; i < GatewayFixture::options().passwordThreads; ++i)
            QVERIFY(m_fixture->gateway.passwordThreads().post([isDone] { isDone.wait(); }));
        std::vector<std::future<Response>> storm;
        for (int i = 0; i < 20; ++i)
            storm.push_back(
                ask(*m_router,
                    { "POST",
                      u"/api/v1/auth/login"_s,
                      R"({"email":"ada@example.com","password":"correct horse battery"})",
                      {} })
            );

        // When somebody else asks
        const Response other = get(u"/auth/sessions"_s, signedIn->accessToken.reveal().toByteArray());

        // Then they are answered while all the logins wait
        QCOMPARE(other.status, 200);
        QCOMPARE(object(other)[u"items"_s].toArray().size(), 1);
        done.set_value();
        for (std::future<Response> &each : storm)
            QCOMPARE(each.get().status, 200);
    }

private:
    Response post(const QString &path, const QByteArray &body, const QByteArray &token = {})
    {
        QList<Headers::Field> headers;
        if (!token.isEmpty())
            headers.append({ "authorization", "Bearer " + token });
        return answerTo(*m_router, { "POST", u"/api/v1"_s + path, body, headers });
    }

    Response get(const QString &path, const QByteArray &token)
    {
        return answerTo(
            *m_router, { "GET", u"/api/v1"_s + path, {}, { { "authorization", "Bearer " + token } } }
        );
    }

    std::unique_ptr<GatewayFixture> m_fixture;
    std::unique_ptr<Router> m_router;
};

QTEST_GUILESS_MAIN(AccountTest)
#include "account_test.moc"

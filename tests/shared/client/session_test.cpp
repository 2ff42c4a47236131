#include "shared/client/session.h"

#include "scripted_server.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

api::SignedIn signedInAs(api::Role role, const QByteArray &access, const QByteArray &refresh)
{
    const api::Account account {
        .id = api::AccountId::make(),
        .email = *Email::parse(u"ada@squad.example"_s),
        .role = role,
        .name = *api::Name::parse(u"Ada Rivera"_s),
        .phone = {},
        .address = {},
        .createdAt = {},
    };
    return { Secret(access), Instant(), Secret(refresh), account };
}

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT
private slots:
    void init();

    void signingInOpensTheSession();
    void aWrongPasswordIsTheAnswer();
    void anotherRoleIsTurnedAwayAndItsSessionEnded();
    void anExpiredAccessTokenIsRenewedWithTheNewestRefreshToken();
    void aSessionThatEndedElsewhereEndsHere();
    void aServerThatIsDownDoesNotSignOut();
    void withoutAKeychainTheSessionLivesInMemoryAndTheAppKnows();
    void theLastSignInComesBack();
    void aServerThatWasDownAtTheStartIsTriedAgain();
    void aTokenThatIsNoLongerGoodLeadsToTheSignIn();
    void signingOutForgets();
    void whoSignsOutDuringARenewalStaysSignedOut();

private:
    Result<api::Account> signIn(Session &session);
    [[nodiscard]] QList<QByteArray> targets() const;

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<ApiClient> m_api;
    std::unique_ptr<TokenVault> m_vault;
};

void SessionTest::init()
{
    m_server = std::make_unique<ScriptedServer>();
    m_server->answerWith([](const ReceivedRequest &request) {
        if (request.target == "/api/v1/auth/login")
            return ScriptedAnswer { 200,
                                    json::write(signedInAs(api::Role::expert, "access-1", "refresh-1")) };
        return ScriptedAnswer { 204 };
    });
    m_api = std::make_unique<ApiClient>(m_server->url(), u"test/1"_s);
    m_vault = std::make_unique<TokenVault>(u"Sysops Squad test"_s);
}

Result<api::Account> SessionTest::signIn(Session &session)
{
    std::optional<Result<api::Account>> answer;
    session.signIn(*Email::parse(u"ada@squad.example"_s), Secret("correct horse"_ba), Session::Remember::yes)
        .then(this, [&](Result<api::Account> arrived) { answer = std::move(arrived); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }))
        qFatal("no answer in time");
    return *answer;
}

QList<QByteArray> SessionTest::targets() const
{
    QList<QByteArray> targets;
    for (const ReceivedRequest &request : m_server->requests)
        targets += request.target;
    return targets;
}

void SessionTest::signingInOpensTheSession()
{
    Session session(*m_api, *m_vault, api::Role::expert, u"Test on a desk"_s);
    QSignalSpy changed(&session, &Session::stateChanged);

    const auto account = signIn(session);

    QVERIFY(account);
    QCOMPARE(account->name.toString(), u"Ada Rivera"_s);
    QVERIFY(session.isSignedIn());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_api->accessToken(), "access-1"_ba);
    QVERIFY(m_server->requests.constFirst().body.contains("\"device\":\"Test on a desk\""));
}

void SessionTest::aWrongPasswordIsTheAnswer()
{
    m_server->answerWith([](const ReceivedRequest &) {
        return ScriptedAnswer { 401, R"({"detail":"No."})" };
    });
    Session session(*m_api, *m_vault, api::Role::expert, {});

    const auto account = signIn(session);

    QCOMPARE(account.error().kind, ProblemKind::unauthenticated);
    QVERIFY(!session.isSignedIn());
    QCOMPARE(
        m_server->requests.size(), 1
    ); // a refused password is not tried again: that would lock the account
}

void SessionTest::anotherRoleIsTurnedAwayAndItsSessionEnded()
{
    Session session(*m_api, *m_vault, api::staff, {});

    const auto account = signIn(session);

    QCOMPARE(account.error().kind, ProblemKind::forbidden);
    QCOMPARE(account.error().code, u"role.expert"_s);
    QVERIFY(!session.isSignedIn());
    QVERIFY(m_api->accessToken().isEmpty());
    QTRY_COMPARE(m_server->requests.size(), 2);
    QCOMPARE(m_server->requests.at(1).target, "/api/v1/auth/logout"_ba);
    QCOMPARE(m_server->requests.at(1).headers.value("authorization"), "Bearer access-1"_ba);
}

void SessionTest::anExpiredAccessTokenIsRenewedWithTheNewestRefreshToken()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QVERIFY(signIn(session));
    int generation = 1; // of the newest token pair
    bool isExpired = true;
    m_server->answerWith([&](const ReceivedRequest &request) {
        if (request.target == "/api/v1/auth/refresh") {
            if (!request.body.contains("\"refresh-" + QByteArray::number(generation) + '"'))
                return ScriptedAnswer { 401 };
            const QByteArray next = QByteArray::number(++generation);
            isExpired = false;
            return ScriptedAnswer {
                200, json::write(signedInAs(api::Role::expert, "access-" + next, "refresh-" + next))
            };
        }
        const bool isNewest
            = request.headers.value("authorization") == "Bearer access-" + QByteArray::number(generation);
        return isNewest && !isExpired ? ScriptedAnswer { 200, R"({"items":[]})" } : ScriptedAnswer { 401 };
    });
    int good = 0;

    for (int round = 0; round < 3; ++round) {
        isExpired = true;
        bool arrived = false;
        m_api->call<api::auth::Sessions>().then(
            this,
            [&](const Result<api::Items<api::SessionInfo>> &sessions) {
                arrived = true;
                good += sessions ? 1 : 0;
            }
        );
        QTRY_VERIFY(arrived);
    }

    QCOMPARE(good, 3);
    QCOMPARE(targets().count("/api/v1/auth/refresh"_ba), 3);
    QVERIFY(session.isSignedIn());
}

void SessionTest::aSessionThatEndedElsewhereEndsHere()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QVERIFY(signIn(session));
    QSignalSpy ended(&session, &Session::ended);
    m_server->answerWith([](const ReceivedRequest &) {
        return ScriptedAnswer { 401, R"({"detail":"Signed out elsewhere."})" };
    });

    m_api->call<api::auth::Sessions>().then(this, [](const Result<api::Items<api::SessionInfo>> &) {});

    QVERIFY(ended.wait());
    QCOMPARE(ended.constFirst().constFirst().value<Problem>().detail, u"Signed out elsewhere."_s);
    QVERIFY(!session.isSignedIn());
    QVERIFY(m_api->accessToken().isEmpty());
}

void SessionTest::aServerThatIsDownDoesNotSignOut()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QVERIFY(signIn(session));
    m_server->answerWith([](const ReceivedRequest &request) {
        return request.target == "/api/v1/auth/refresh" ? ScriptedAnswer { 503 } : ScriptedAnswer { 401 };
    });
    std::optional<Problem> problem;

    m_api->call<api::auth::Sessions>().then(this, [&](const Result<api::Items<api::SessionInfo>> &sessions) {
        problem = sessions.error();
    });

    QTRY_VERIFY_WITH_TIMEOUT(problem.has_value(), 15'000);
    QCOMPARE(problem->kind, ProblemKind::unavailable);
    QVERIFY(session.isSignedIn());
}

// Tests run without a desktop session, so there is no keychain to talk to: the fallback is what is tested
// here, for real.
void SessionTest::withoutAKeychainTheSessionLivesInMemoryAndTheAppKnows()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QSignalSpy keeping(m_vault.get(), &TokenVault::keepingChanged);

    QVERIFY(signIn(session));

    QTRY_COMPARE(m_vault->keeping(), TokenVault::Keeping::memory);
    QCOMPARE(keeping.size(), 1);
    QVERIFY(!m_vault->whyMemory().isEmpty());
}

void SessionTest::theLastSignInComesBack()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    m_vault->write(m_api->server().toString(), Secret("refresh-7"_ba));
    m_server->answerWith([](const ReceivedRequest &request) {
        const bool isGood = request.target == "/api/v1/auth/refresh" && request.body.contains("refresh-7");
        return isGood
            ? ScriptedAnswer { 200, json::write(signedInAs(api::Role::expert, "access-8", "refresh-8")) }
            : ScriptedAnswer { 401 };
    });

    session.restore();

    QCOMPARE(session.state(), Session::State::restoring);
    QTRY_VERIFY(session.isSignedIn());
    QCOMPARE(session.account().name.toString(), u"Ada Rivera"_s);
}

void SessionTest::aServerThatWasDownAtTheStartIsTriedAgain()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QSignalSpy failed(&session, &Session::restoreFailed);
    m_vault->write(m_api->server().toString(), Secret("refresh-7"_ba));
    m_server->answerWith([](const ReceivedRequest &) {
        return ScriptedAnswer { 200, json::write(signedInAs(api::Role::expert, "access-8", "refresh-8")) };
    });
    m_server->stop();
    session.restore();
    QVERIFY(failed.wait(15'000));
    QCOMPARE(session.state(), Session::State::signedOut);

    m_server->start();

    QTRY_VERIFY_WITH_TIMEOUT(session.isSignedIn(), 15'000);
}

void SessionTest::aTokenThatIsNoLongerGoodLeadsToTheSignIn()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    m_vault->write(m_api->server().toString(), Secret("refresh-7"_ba));
    m_server->answerWith([](const ReceivedRequest &) { return ScriptedAnswer { 401 }; });

    session.restore();

    QTRY_COMPARE(session.state(), Session::State::signedOut);
    QCOMPARE(m_server->requests.size(), 1); // and is not tried again
    m_server->requests.clear();
    session.restore(); // nor kept
    QTRY_COMPARE(session.state(), Session::State::signedOut);
    QVERIFY(m_server->requests.isEmpty());
}

void SessionTest::whoSignsOutDuringARenewalStaysSignedOut()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QVERIFY(signIn(session));
    m_server->answerWith([&](const ReceivedRequest &request) {
        if (request.target != "/api/v1/auth/refresh")
            return ScriptedAnswer { 401 };
        session.signOut(); // the answer is on its way already
        return ScriptedAnswer { 200, json::write(signedInAs(api::Role::expert, "access-2", "refresh-2")) };
    });
    bool arrived = false;

    m_api->call<api::auth::Sessions>().then(this, [&](const Result<api::Items<api::SessionInfo>> &) {
        arrived = true;
    });

    QTRY_VERIFY(arrived);
    QVERIFY(!session.isSignedIn());
    QVERIFY(m_api->accessToken().isEmpty());
}

void SessionTest::signingOutForgets()
{
    Session session(*m_api, *m_vault, api::Role::expert, {});
    QVERIFY(signIn(session));

    session.signOut();

    QVERIFY(!session.isSignedIn());
    QVERIFY(m_api->accessToken().isEmpty());
    QTRY_COMPARE(m_server->requests.last().target, "/api/v1/auth/logout"_ba);
    QCOMPARE(m_server->requests.last().headers.value("authorization"), "Bearer access-1"_ba);
    session.restore();
    QTRY_COMPARE(session.state(), Session::State::signedOut);
}

QTEST_GUILESS_MAIN(SessionTest)
#include "session_test.moc"

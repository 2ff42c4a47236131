#include "server/db/connection.h"
#include "server/events/outbox.h"
#include "tests/server/gateway/gateway_fixture.h"

#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QString ada = u"ada@example.com"_s;
const QString good = GatewayFixture::goodPassword();

const Statement accountsSql { "test.accounts", "select count(*)::int from gateway.account" };
const Statement auditSql { "test.audit", "select action from gateway.audit order by id" };

} // namespace

// Registering and signing in.
class SignInTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_fixture = std::make_unique<GatewayFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void whoRegistersIsSignedIn()
    {
        const auto signedIn = m_fixture->signUp(ada);

        QVERIFY2(signedIn, why(signedIn));
        QCOMPARE(signedIn->account.email.toString(), ada);
        QVERIFY(signedIn->account.role == api::Role::customer);
        QVERIFY(signedIn->accessExpiresAt == m_fixture->clock.now() + 15min);
        const auto caller = m_fixture->bearer(*signedIn);
        QVERIFY2(caller, why(caller));
        QCOMPARE(caller->account, signedIn->account.id);
        QCOMPARE(caller->name, u"Ada Lovelace"_s);
    }

    void aRegistrationTellsTheOthersWithTheProfile()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY2(signedIn, why(signedIn));

        const QJsonObject event = onlyEvent(u"gateway.account_registered"_s);
        QCOMPARE(event[u"accountId"_s].toString(), signedIn->account.id.toString());
        QCOMPARE(event[u"email"_s].toString(), ada);
        QCOMPARE(event[u"role"_s].toString(), u"customer"_s);
        QCOMPARE(event[u"phone"_s].toString(), u"+12125550100"_s);
        QCOMPARE(event[u"address"_s][u"zip"_s].toString(), u"10001"_s);
    }

    void anEmailHasOneAccount()
    {
        QVERIFY(m_fixture->signUp(ada));

        const auto again = m_fixture->signUp(u"Ada@Example.COM"_s);

        QVERIFY(!again);
        QVERIFY(again.error().kind == ProblemKind::conflict);
        QCOMPARE(again.error().code, u"auth.email-taken"_s);
        QCOMPARE(again.error().fields.value(0).pointer, u"/email"_s);
        QCOMPARE(count(accountsSql), 1);
        onlyEvent(u"gateway.account_registered"_s);
    }

    void ofTwoRegistrationsAtOnceOneWins()
    {
        constexpr int rounds = 5;
        for (int round = 0; round < rounds; ++round) {
            std::atomic<int> made = 0;
            std::atomic<int> refused = 0;
            std::vector<std::jthread> people;
            for (int i = 0; i < 4; ++i)
                people.emplace_back([&] {
                    const auto signedIn = m_fixture->signUp(u"ada%1@example.com"_s.arg(round));
                    made += signedIn ? 1 : 0;
                    refused += !signedIn && signedIn.error().code == u"auth.email-taken"_s ? 1 : 0;
                });
            people.clear();
            QCOMPARE(made.load(), 1);
            QCOMPARE(refused.load(), 3);
        }
        QCOMPARE(count(accountsSql), rounds);
    }

    void badPasswordsAreRefused_data()
    {
        QTest::addColumn<QString>("password");
        QTest::newRow("empty") << QString();
        QTest::newRow("nine characters") << u"ninechars"_s;
        QTest::newRow("over 200 characters") << QString(100, u'x') + QString(101, u'y');
        QTest::newRow("the e-mail address") << u"Ada.Lovelace@Example.com"_s;
        QTest::newRow("its first part") << u"ada.lovelace"_s;
        QTest::newRow("one character over and over") << QString(30, u'a');
    }

    void badPasswordsAreRefused()
    {
        QFETCH(const QString, password);

        const auto refused = m_fixture->signUp(u"ada.lovelace@example.com"_s, password);

        QVERIFY(!refused);
        QVERIFY(refused.error().kind == ProblemKind::invalidInput);
        QCOMPARE(refused.error().fields.value(0).pointer, u"/password"_s);
        QCOMPARE(count(accountsSql), 0);
    }

    void passwordsAreStoredOnlyAsArgon2id()
    {
        QVERIFY(m_fixture->signUp(ada));
        QVERIFY(m_fixture->signUp(u"bob@example.com"_s));

        const QList<QString> hashes = texts("select password_hash from gateway.account");
        QCOMPARE(hashes.size(), 2);
        QVERIFY(hashes.at(0).startsWith(u"$argon2id$"_s));
        QVERIFY(hashes.at(0) != hashes.at(1)); // each has a salt of its own
    }

    void theRightPasswordSignsIn()
    {
        QVERIFY(m_fixture->signUp(ada));

        const auto signedIn = m_fixture->logIn(ada, good);

        QVERIFY2(signedIn, why(signedIn));
        QVERIFY(m_fixture->bearer(*signedIn));
    }

    void aWrongPasswordAndAnUnknownEmailGetTheSameAnswer()
    {
        QVERIFY(m_fixture->signUp(ada));

        const auto wrong = m_fixture->logIn(ada, u"not this one"_s);
        const auto unknown = m_fixture->logIn(u"bob@example.com"_s, good);

        QVERIFY(!wrong && !unknown);
        QVERIFY(wrong.error().kind == ProblemKind::unauthenticated);
        QVERIFY(unknown.error().kind == wrong.error().kind);
        QCOMPARE(unknown.error().code, wrong.error().code);
        QCOMPARE(unknown.error().detail, wrong.error().detail);
        QCOMPARE(
            texts("select action from gateway.audit order by id"),
            (QStringList { u"login"_s, u"login.failed"_s, u"login.failed"_s })
        );
    }

    // Not by the clock, which a busy machine makes a liar: by the work that is done.
    void anUnknownEmailCostsAHashToo()
    {
        const PasswordHasher hasher(8, 1);

        QVERIFY(!hasher.matches(Secret("nobody's password"), QString()));
    }

    void guessingIsThrottledAndTheOwnerElsewhereIsNot()
    {
        QVERIFY(m_fixture->signUp(ada));
        for (int i = 0; i < 5; ++i)
            QVERIFY(!m_fixture->logIn(ada, u"guess number %1"_s.arg(i), u"198.51.100.7"_s));

        const auto throttled = m_fixture->logIn(ada, good, u"198.51.100.7"_s);
        const auto owner = m_fixture->logIn(ada, good);

        QVERIFY(!throttled);
        QVERIFY(throttled.error().kind == ProblemKind::tooMany);
        QCOMPARE(throttled.error().code, u"auth.throttled"_s);
        QCOMPARE(throttled.error().extension[u"retryAfter"_s].toInt(), 1);
        QVERIFY2(owner, why(owner));
        m_fixture->clock.advance(1s);
        QVERIFY(m_fixture->logIn(ada, good, u"198.51.100.7"_s));
    }

    void guessesFromEverywhereDoNotKeepTheOwnerOutAtHome()
    {
        QVERIFY(m_fixture->signUp(ada));
        for (int i = 0; i < 60; ++i)
            QVERIFY(!m_fixture->logIn(ada, u"guess number %1"_s.arg(i), u"198.51.100.%1"_s.arg(i)));

        const auto stranger = m_fixture->logIn(ada, good, u"203.0.113.1"_s);
        const auto owner = m_fixture->logIn(ada, good);

        QVERIFY(!stranger);
        QCOMPARE(stranger.error().code, u"auth.throttled"_s);
        QVERIFY2(owner, why(owner));
        m_fixture->clock.advance(30s);
        QVERIFY(m_fixture->logIn(ada, good, u"203.0.113.1"_s));
    }

    void aDearerHashReplacesTheOldOneAtTheNextLogin()
    {
        QVERIFY(m_fixture->signUp(ada));
        GatewayService dearer(
            m_fixture->test.database(), m_fixture->clock, { .passwordMemoryMib = 16, .defaultRegion = {} }
        );
        QVERIFY(dearer.load());
        const auto logIn = [&] {
            return m_fixture->transact([&](Session &session) {
                return dearer.login(
                    session, GatewayFixture::somebody(), { *Email::parse(ada), Secret(good.toUtf8()), {} }
                );
            });
        };

        QVERIFY(logIn());
        const QStringList rehashed = texts("select password_hash from gateway.account");
        QVERIFY(logIn());

        QVERIFY2(rehashed.value(0).contains(u"m=16384,"_s), qPrintable(rehashed.value(0)));
        QCOMPARE(texts("select password_hash from gateway.account"), rehashed);
    }

    void aBlockedAccountIsOutAtOnceAndStaysOut()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn);
        Caller admin = GatewayFixture::somebody();
        admin.account = api::AccountId::make();

        const auto blocked = m_fixture->gateway.setState(admin, signedIn->account.id, AccountState::blocked);

        QVERIFY2(blocked, why(blocked));
        QVERIFY(!m_fixture->bearer(*signedIn));
        QVERIFY(!m_fixture->renew(signedIn->refreshToken));
        const auto again = m_fixture->logIn(ada, good);
        QVERIFY(!again);
        QCOMPARE(again.error().code, u"auth.blocked"_s);
        QVERIFY(m_fixture->gateway.setState(admin, signedIn->account.id, AccountState::active));
        QVERIFY(m_fixture->logIn(ada, good));
    }

    void nobodyRewritesTheAuditLog()
    {
        QVERIFY(m_fixture->signUp(ada));
        static const Statement forge { "test.forge", "update gateway.audit set action = 'nothing'" };
        static const Statement erase { "test.erase", "delete from gateway.audit" };

        QVERIFY(!m_fixture->transact([](Session &session) { return session.exec(forge); }));
        QVERIFY(!m_fixture->transact([](Session &session) { return session.exec(erase); }));
        QCOMPARE(texts("select action from gateway.audit"), QStringList { u"login"_s });
    }

private:
    int count(const Statement &statement)
    {
        return m_fixture->transact([&](Session &session) { return session.one<int>(statement); }
        ).value_or(-1);
    }

    QStringList texts(const char *sql)
    {
        const auto connection = *Connection::open(m_fixture->test.superuserUrl());
        Rows rows = *connection->script(sql);
        QStringList list;
        while (rows.next())
            list += QString::fromUtf8(rows.text(0));
        return list;
    }

    // The payload of the only event of that type.
    QJsonObject onlyEvent(const QString &type)
    {
        const QStringList payloads
            = texts(("select payload from bus.event where type = '" + type.toLatin1() + "'").constData());
        if (payloads.size() != 1) {
            QTest::qFail("there is not one event", __FILE__, __LINE__);
            return {};
        }
        return QJsonDocument::fromJson(payloads.first().toUtf8()).object();
    }

    std::unique_ptr<GatewayFixture> m_fixture;
};

QTEST_GUILESS_MAIN(SignInTest)
#include "sign_in_test.moc"

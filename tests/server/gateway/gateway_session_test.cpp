#include "server/db/connection.h"
#include "server/events/postgres_bus.h"
#include "tests/server/gateway/gateway_fixture.h"

#include <thread>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

const QString ada = u"ada@example.com"_s;
const QString bob = u"bob@example.com"_s;
const QString good = GatewayFixture::goodPassword();
constexpr int patience = 30'000;

} // namespace

// What becomes of a session: renewed, used twice, ended here and elsewhere.
class GatewaySessionTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_fixture = std::make_unique<GatewayFixture>(); }
    void cleanup() { m_fixture.reset(); }

    void aRefreshTokenBuysANewPair()
    {
        const auto first = m_fixture->signUp(ada);
        QVERIFY(first);
        m_fixture->clock.advance(20min);
        QVERIFY(!m_fixture->bearer(*first));

        const auto second = m_fixture->renew(first->refreshToken);

        QVERIFY2(second, why(second));
        QVERIFY(m_fixture->bearer(*second));
        QVERIFY(second->refreshToken.reveal() != first->refreshToken.reveal());
        QVERIFY(m_fixture->renew(second->refreshToken));
    }

    void aRefreshTokenUsedTwiceEndsTheSession()
    {
        const auto stolen = m_fixture->signUp(ada);
        QVERIFY(stolen);
        const auto thief = m_fixture->renew(stolen->refreshToken);
        QVERIFY(thief);

        const auto owner = m_fixture->renew(stolen->refreshToken);

        QVERIFY(!owner);
        QVERIFY(owner.error().kind == ProblemKind::unauthenticated);
        QVERIFY(!m_fixture->bearer(*thief));
        QVERIFY(!m_fixture->renew(thief->refreshToken));
        QCOMPARE(text("select end_reason from gateway.session"), u"session.reuse"_s);
        QCOMPARE(text("select count(*) from gateway.audit where action = 'session.reuse'"), u"1"_s);
    }

    void reuseIsNoticedAfterManyRenewalsToo()
    {
        auto current = m_fixture->signUp(ada);
        QVERIFY(current);
        const Secret oldest = current->refreshToken;
        for (int i = 0; i < 20; ++i) {
            m_fixture->clock.advance(24h);
            current = m_fixture->renew(current->refreshToken);
            QVERIFY2(current, why(current));
            QVERIFY(m_fixture->gateway.expire(1000));
        }

        QVERIFY(!m_fixture->renew(oldest));

        QVERIFY(!m_fixture->renew(current->refreshToken));
    }

    void ofManyUsesAtOnceAtMostOneGetsAPairAndTheSessionEnds()
    {
        for (int round = 0; round < 10; ++round) {
            const auto signedIn = m_fixture->signUp(u"ada%1@example.com"_s.arg(round));
            QVERIFY(signedIn);
            std::mutex mutex;
            QList<api::SignedIn> renewed;
            std::vector<std::jthread> devices;
            for (int i = 0; i < 4; ++i)
                devices.emplace_back([&] {
                    if (const auto pair = m_fixture->renew(signedIn->refreshToken)) {
                        const std::lock_guard lock(mutex);
                        renewed.append(*pair);
                    }
                });
            devices.clear();

            QCOMPARE(renewed.size(), 1);
            QVERIFY(!m_fixture->bearer(renewed.first()));
            QVERIFY(!m_fixture->renew(renewed.first().refreshToken));
        }
    }

    void anUnusedRefreshTokenExpires()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn);
        m_fixture->clock.advance(30 * 24h + 1ms);

        QVERIFY(!m_fixture->renew(signedIn->refreshToken));
    }

    void whatIsNoRefreshTokenIsRefused()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn);

        QVERIFY(!m_fixture->renew(Secret(QByteArray())));
        QVERIFY(!m_fixture->renew(Secret("guess")));
        QVERIFY(!m_fixture->renew(signedIn->accessToken));
        QVERIFY(!m_fixture->renew(
            Secret(text("select encode(hash, 'hex') from gateway.refresh_token").toLatin1())
        ));
        QVERIFY(m_fixture->renew(signedIn->refreshToken));
    }

    void loggingOutEndsThisSessionOnly()
    {
        const auto phone = m_fixture->signUp(ada);
        const auto laptop = m_fixture->logIn(ada, good);
        QVERIFY(phone && laptop);

        QVERIFY(logOut(*phone));

        QVERIFY(!m_fixture->bearer(*phone));
        QVERIFY(!m_fixture->renew(phone->refreshToken));
        QVERIFY(m_fixture->bearer(*laptop));
        QVERIFY(m_fixture->renew(laptop->refreshToken));
    }

    void aRolledBackLogOutEndsNothing()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn);
        const Caller caller = *m_fixture->bearer(*signedIn);

        const auto failed = m_fixture->transact([&](Session &session) -> Result<void> {
            TRY(m_fixture->gateway.logout(session, caller));
            return fail(Problem::internal(u"too bad"_s));
        });

        QVERIFY(!failed);
        QVERIFY(m_fixture->bearer(*signedIn));
        QVERIFY(m_fixture->renew(signedIn->refreshToken));
    }

    void theListShowsOnesOwnOpenSessions()
    {
        const auto phone = m_fixture->signUp(ada);
        const auto laptop = m_fixture->logIn(ada, good, u"192.0.2.9"_s);
        const auto ended = m_fixture->logIn(ada, good);
        QVERIFY(phone && laptop && ended && m_fixture->signUp(bob) && logOut(*ended));

        const auto list = sessionsOf(*laptop);

        QVERIFY2(list, why(list));
        QCOMPARE(list->items.size(), 2);
        const auto current = std::ranges::find_if(list->items, &api::SessionInfo::current);
        QVERIFY(current != list->items.end());
        QCOMPARE(current->id, m_fixture->bearer(*laptop)->session);
        QCOMPARE(current->address, u"192.0.2.9"_s);
        QCOMPARE(current->device, u"Test"_s);
    }

    void nobodyEndsAnothersSession()
    {
        const auto hers = m_fixture->signUp(ada);
        const auto his = m_fixture->signUp(bob);
        QVERIFY(hers && his);
        const Caller stranger = *m_fixture->bearer(*his);

        const auto refused = end(stranger, m_fixture->bearer(*hers)->session);
        const auto unknown = end(stranger, api::SessionId::make());

        QVERIFY(!refused && !unknown);
        QVERIFY(refused.error().kind == ProblemKind::notFound);
        QCOMPARE(refused.error().detail, unknown.error().detail);
        QVERIFY(m_fixture->bearer(*hers));
    }

    void oneEndsAnOldSessionFromANewDevice()
    {
        const auto lost = m_fixture->signUp(ada);
        const auto laptop = m_fixture->logIn(ada, good);
        QVERIFY(lost && laptop);

        const auto ended = end(*m_fixture->bearer(*laptop), m_fixture->bearer(*lost)->session);

        QVERIFY2(ended, why(ended));
        QVERIFY(!m_fixture->bearer(*lost));
        QVERIFY(m_fixture->bearer(*laptop));
    }

    void aSessionThatEndsOnOneNodeIsRefusedOnTheOthers()
    {
        // Given another node that has been told nothing yet
        GatewayService other(m_fixture->test.database(), m_fixture->clock, GatewayFixture::options());
        PostgresBus bus(m_fixture->test.database(), { .url = m_fixture->test.url() });
        other.watch(bus);
        QVERIFY(other.load());
        bus.start();
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn);
        QVERIFY(other.authenticate(signedIn->accessToken.reveal()));

        QVERIFY(logOut(*signedIn));

        QTRY_VERIFY_WITH_TIMEOUT(!other.authenticate(signedIn->accessToken.reveal()), patience);
        bus.stop();
    }

    void aNodeThatStartsKnowsWhatEndedBefore()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn && logOut(*signedIn));
        m_fixture->clock.advance(10min);

        GatewayService restarted(m_fixture->test.database(), m_fixture->clock, GatewayFixture::options());
        QVERIFY(restarted.load());

        QVERIFY(!restarted.authenticate(signedIn->accessToken.reveal()));
    }

    void aNodeWithASlowClockIsBelievedToo()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn && m_fixture->gateway.refresh());
        const auto connection = *Connection::open(m_fixture->test.superuserUrl());
        QVERIFY(connection->script("update gateway.session set ended_at = '2026-11-23T11:59:30Z'"));

        QVERIFY(m_fixture->gateway.refresh());

        QVERIFY(!m_fixture->bearer(*signedIn));
    }

    void endedSessionsStayRefusedWhileAnyTokenLives()
    {
        const auto signedIn = m_fixture->signUp(ada);
        QVERIFY(signedIn && logOut(*signedIn));

        for (int minute = 0; minute < 20; ++minute) {
            m_fixture->clock.advance(1min);
            QVERIFY(m_fixture->gateway.refresh());
            QVERIFY(!m_fixture->bearer(*signedIn));
        }
        // Then it has expired, and need not be remembered.
        QVERIFY(!m_fixture->gateway.isEnded(api::SessionId(QUuid(text("select id from gateway.session")))));
    }

    void nodesShareTheSigningKeyAndItsSuccessor()
    {
        GatewayService other(m_fixture->test.database(), m_fixture->clock, GatewayFixture::options());
        QVERIFY(other.load());
        const auto old = m_fixture->signUp(ada);
        QVERIFY(other.authenticate(old->accessToken.reveal()));

        // When a new key comes, it signs nothing before every node had the time to learn of it
        QVERIFY(m_fixture->gateway.rotateSigningKey());
        const auto early = m_fixture->logIn(ada, good);
        QVERIFY(other.authenticate(early->accessToken.reveal()));
        m_fixture->clock.advance(3min);
        QVERIFY(other.refresh());
        QVERIFY(m_fixture->gateway.refresh());
        const auto late = m_fixture->logIn(ada, good);

        // Then all of them are good everywhere, and the last one is not signed with the first key
        QVERIFY(other.authenticate(old->accessToken.reveal()));
        QVERIFY(other.authenticate(late->accessToken.reveal()));
        const QByteArray firstKey = QByteArray::fromHex(
            text("select encode(key, 'hex') from gateway.signing_key where id = 1").toLatin1()
        );
        const TokenSigner onlyFirst({ { 1, firstKey } }, 1);
        QVERIFY(onlyFirst.read(early->accessToken.reveal(), m_fixture->clock.now()));
        QVERIFY(!onlyFirst.read(late->accessToken.reveal(), m_fixture->clock.now()));

        // And an old key goes when nothing can be signed with it any more
        m_fixture->clock.advance(1h);
        QVERIFY(m_fixture->gateway.rotateSigningKey());
        QCOMPARE(text("select string_agg(id::text, ',' order by id) from gateway.signing_key"), u"2,3"_s);
    }

    void whatIsOfNoUseAnyMoreIsDeleted()
    {
        const auto idle = m_fixture->signUp(ada);
        const auto used = m_fixture->signUp(bob);
        QVERIFY(idle && used);
        m_fixture->clock.advance(29 * 24h);
        const auto renewed = m_fixture->renew(used->refreshToken);
        QVERIFY(renewed);
        m_fixture->clock.advance(2 * 24h);

        const auto gone = m_fixture->gateway.expire(1000);

        QVERIFY2(gone, why(gone));
        QCOMPARE(*gone, 3); // both first tokens and the idle session
        QVERIFY(m_fixture->renew(renewed->refreshToken));
        QCOMPARE(text("select count(*) from gateway.session"), u"1"_s);
    }

private:
    Result<void> logOut(const api::SignedIn &signedIn)
    {
        const Caller caller = TRY(m_fixture->bearer(signedIn));
        return m_fixture->transact([&](Session &session) {
            return m_fixture->gateway.logout(session, caller);
        });
    }

    Result<void> end(const Caller &by, api::SessionId id)
    {
        return m_fixture->transact([&](Session &session) {
            return m_fixture->gateway.endSession(session, by, id);
        });
    }

    Result<api::Items<api::SessionInfo>> sessionsOf(const api::SignedIn &signedIn)
    {
        const Caller caller = TRY(m_fixture->bearer(signedIn));
        return m_fixture->transact([&](Session &session) {
            return m_fixture->gateway.sessions(session, caller);
        });
    }

    QString text(const char *sql)
    {
        const auto connection = *Connection::open(m_fixture->test.superuserUrl());
        Rows rows = *connection->script(sql);
        return rows.next() ? QString::fromUtf8(rows.text(0)) : QString();
    }

    std::unique_ptr<GatewayFixture> m_fixture;
};

QTEST_GUILESS_MAIN(GatewaySessionTest)
#include "gateway_session_test.moc"

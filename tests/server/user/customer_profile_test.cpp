#include "server/events/postgres_bus.h"
#include "server/services/user/user_routes.h"
#include "tests/server/user/people_fixture.h"

using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;

} // namespace

// A customer's own profile, before and after the registration's event has been consumed.
class CustomerProfileTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_fixture = std::make_unique<PeopleFixture>();
        const auto ada = m_fixture->signUp(u"ada@example.com"_s);
        QVERIFY(ada);
        m_token = ada->accessToken.reveal().toByteArray();
    }
    void cleanup() { m_fixture.reset(); }

    void meWorksFromTheFirstMoment()
    {
        const Response me = m_fixture->send("GET", u"/me"_s, m_token);

        QCOMPARE(me.status, 200);
        QCOMPARE(object(me)[u"email"_s].toString(), u"ada@example.com"_s);
        QCOMPARE(object(me)[u"name"_s].toString(), u"Ada Lovelace"_s);
        QVERIFY(!object(me).contains(u"phone"_s));
        QVERIFY(!me.header("ETag").isEmpty());
    }

    void theProfileFollowsTheRegistration()
    {
        m_fixture->deliverRegistrations();

        const QJsonObject me = object(m_fixture->send("GET", u"/me"_s, m_token));

        QCOMPARE(me[u"phone"_s].toString(), u"+12125550100"_s);
        QCOMPARE(me[u"address"_s][u"zip"_s].toString(), u"10001"_s);
    }

    void theBusBringsTheProfile()
    {
        PostgresBus bus(m_fixture->test.database(), { .url = m_fixture->test.url() });
        bus.subscribe(userConsumer(m_fixture->customers));
        bus.start();

        QTRY_VERIFY_WITH_TIMEOUT(
            object(m_fixture->send("GET", u"/me"_s, m_token)).contains(u"phone"_s), patience
        );
        bus.stop();
    }

    void aChangeBeforeTheEventLosesNeitherTheChangeNorTheRest()
    {
        const Response changed = m_fixture->send("PATCH", u"/me"_s, m_token, R"({"phone":"646-555-0111"})");
        QCOMPARE(changed.status, 200);

        m_fixture->deliverRegistrations();

        const QJsonObject me = object(m_fixture->send("GET", u"/me"_s, m_token));
        QCOMPARE(me[u"phone"_s].toString(), u"+16465550111"_s);
        QCOMPARE(me[u"address"_s][u"zip"_s].toString(), u"10001"_s);
        QVERIFY(me[u"version"_s].toInt() > object(changed)[u"version"_s].toInt());
    }

    void theSameEventTwiceChangesNothing()
    {
        m_fixture->deliverRegistrations();
        QCOMPARE(m_fixture->send("PATCH", u"/me"_s, m_token, R"({"phone":"646-555-0111"})").status, 200);
        const QStringList before = m_fixture->row("select * from users.customer");

        m_fixture->deliverRegistrations();

        QCOMPARE(m_fixture->row("select * from users.customer"), before);
    }

    void aNameIsChangedForLoginAndProfile()
    {
        m_fixture->deliverRegistrations();
        const Response me = m_fixture->send("GET", u"/me"_s, m_token);

        const Response changed = m_fixture->send(
            "PATCH", u"/me"_s, m_token, R"({"name":"Ada King"})", { { "if-match", me.header("ETag") } }
        );
        const Response stale = m_fixture->send(
            "PATCH", u"/me"_s, m_token, R"({"name":"Ada Byron"})", { { "if-match", me.header("ETag") } }
        );

        QCOMPARE(changed.status, 200);
        QCOMPARE(stale.status, 412);
        QCOMPARE(m_fixture->row("select name from users.customer"), QStringList { u"Ada King"_s });
        QCOMPARE(
            m_fixture->row("select name from gateway.account where role = 'customer'"),
            QStringList { u"Ada King"_s }
        );
    }

    void oneSeesAndChangesOnlyOneself()
    {
        const auto bob = m_fixture->signUp(u"bob@example.com"_s, u"Bob"_s);
        QVERIFY(bob);
        m_fixture->deliverRegistrations();

        QCOMPARE(
            m_fixture
                ->send("PATCH", u"/me"_s, bob->accessToken.reveal().toByteArray(), R"({"name":"Robert"})")
                .status,
            200
        );

        QCOMPARE(object(m_fixture->send("GET", u"/me"_s, m_token))[u"name"_s].toString(), u"Ada Lovelace"_s);
        QCOMPARE(m_fixture->send("GET", u"/me"_s, {}).status, 401);
        QCOMPARE(m_fixture->send("GET", u"/customers"_s, m_token).status, 403);
    }

    void staffHaveNoProfileButAName()
    {
        const QByteArray manager = m_fixture->tokenOf(u"manager@example.com"_s);

        const Response changed = m_fixture->send("PATCH", u"/me"_s, manager, R"({"name":"Morgan"})");
        const Response refused = m_fixture->send("PATCH", u"/me"_s, manager, R"({"phone":"212-555-0100"})");

        QCOMPARE(changed.status, 200);
        QCOMPARE(object(m_fixture->send("GET", u"/me"_s, manager))[u"name"_s].toString(), u"Morgan"_s);
        QCOMPARE(refused.status, 422);
    }

private:
    std::unique_ptr<PeopleFixture> m_fixture;
    QByteArray m_token;
};

QTEST_GUILESS_MAIN(CustomerProfileTest)
#include "customer_profile_test.moc"

#include "tests/server/user/people_fixture.h"

using namespace Qt::StringLiterals;

// Over HTTP: who may see and change which expert.
class ExpertAccessTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_fixture = std::make_unique<PeopleFixture>();
        api::NewExpert tom = PeopleFixture::rosa();
        tom.email = *Email::parse(u"tom@example.com"_s);
        tom.name = *api::Name::parse(u"Tom Becker"_s);
        const auto rosa = m_fixture->hire(PeopleFixture::rosa());
        QVERIFY(rosa && m_fixture->hire(tom) && m_fixture->signUp(u"ada@example.com"_s));
        m_rosa = rosa->id.toString();
        m_tokens = { { u"nobody"_s, {} },
                     { u"customer"_s, m_fixture->tokenOf(u"ada@example.com"_s) },
                     { u"herself"_s, m_fixture->tokenOf(u"rosa@example.com"_s) },
                     { u"another expert"_s, m_fixture->tokenOf(u"tom@example.com"_s) },
                     { u"manager"_s, m_fixture->tokenOf(u"manager@example.com"_s) },
                     { u"admin"_s, m_fixture->tokenOf(u"admin@example.com"_s) } };
    }

    void everyRoleGetsWhatIsTheirs_data()
    {
        QTest::addColumn<QString>("who");
        QTest::addColumn<int>("fetch");
        QTest::addColumn<int>("list");
        QTest::addColumn<int>("change");
        QTest::addColumn<int>("create");
        QTest::addColumn<int>("goOnDuty");
        QTest::addColumn<int>("report");
        QTest::newRow("nobody") << u"nobody"_s << 401 << 401 << 401 << 401 << 401 << 401;
        QTest::newRow("customer") << u"customer"_s << 403 << 403 << 403 << 403 << 403 << 403;
        QTest::newRow("herself") << u"herself"_s << 200 << 403 << 403 << 403 << 200 << 204;
        QTest::newRow("another expert") << u"another expert"_s << 404 << 403 << 403 << 403 << 200 << 204;
        QTest::newRow("manager") << u"manager"_s << 200 << 200 << 403 << 403 << 403 << 403;
        QTest::newRow("admin") << u"admin"_s << 200 << 200 << 200 << 422 << 403 << 403;
    }

    void everyRoleGetsWhatIsTheirs()
    {
        QFETCH(const QString, who);
        const QByteArray token = m_tokens.value(who);
        const auto send = [&](const char *method, const QString &path, const QByteArray &body = {}) {
            return m_fixture->send(method, path, token, body).status;
        };

        QTEST(send("GET", u"/experts/"_s + m_rosa), "fetch");
        QTEST(send("GET", u"/experts"_s), "list");
        QTEST(send("PATCH", u"/experts/"_s + m_rosa, "{}"), "change");
        QTEST(send("POST", u"/experts"_s, "{}"), "create");
        QTEST(send("PUT", u"/experts/me/availability"_s, R"({"availability":"available"})"), "goOnDuty");
        QTEST(send("PUT", u"/experts/me/position"_s, R"({"lat":40.7,"lon":-73.9})"), "report");
    }

    void anothersProfileLooksLikeNone()
    {
        const QByteArray token = m_tokens.value(u"another expert"_s);

        const Response hers = m_fixture->send("GET", u"/experts/"_s + m_rosa, token);
        const Response none
            = m_fixture->send("GET", u"/experts/"_s + api::AccountId::make().toString(), token);

        QCOMPARE(hers.status, 404);
        QCOMPARE(object(hers)[u"detail"_s], object(none)[u"detail"_s]);
        QCOMPARE(object(hers)[u"code"_s], object(none)[u"code"_s]);
    }

    void anExpertCarriesTheirVersionAsEtag()
    {
        const QByteArray admin = m_tokens.value(u"admin"_s);
        const Response fetched = m_fixture->send("GET", u"/experts/"_s + m_rosa, admin);
        const QByteArray etag = fetched.header("ETag");
        QVERIFY(!etag.isEmpty());

        const Response changed = m_fixture->send(
            "PATCH", u"/experts/"_s + m_rosa, admin, R"({"areas":["100"]})", { { "if-match", etag } }
        );
        const Response stale = m_fixture->send(
            "PATCH", u"/experts/"_s + m_rosa, admin, R"({"areas":["101"]})", { { "if-match", etag } }
        );

        QCOMPARE(changed.status, 200);
        QVERIFY(changed.header("ETag") != etag);
        QCOMPARE(stale.status, 412);
        const Response after = m_fixture->send("GET", u"/experts/"_s + m_rosa, admin);
        QCOMPARE(object(after)[u"areas"_s].toArray(), QJsonArray { u"100"_s });
    }

    void aRepeatedHiringWithItsKeyIsDoneOnce()
    {
        api::NewExpert lena = PeopleFixture::rosa();
        lena.email = *Email::parse(u"lena@example.com"_s);
        QJsonObject body = json::encode(lena).toObject();
        body.insert(u"password"_s, PeopleFixture::password());
        const auto hire = [&] {
            return m_fixture->send(
                "POST",
                u"/experts"_s,
                m_tokens.value(u"admin"_s),
                QJsonDocument(body).toJson(),
                { { "idempotency-key", "hire-lena" } }
            );
        };

        const Response first = hire();
        const Response second = hire();

        QCOMPARE(first.status, 201);
        QCOMPARE(second.status, 201);
        QCOMPARE(second.body, first.body);
        QCOMPARE(second.header("Idempotency-Replayed"), "true");
    }

    void whoLooksAtThemselvesSeesTheirPhone()
    {
        const Response me = m_fixture->send("GET", u"/me"_s, m_tokens.value(u"herself"_s));

        QCOMPARE(me.status, 200);
        QCOMPARE(object(me)[u"phone"_s].toString(), u"+12125550101"_s);
        QCOMPARE(object(me)[u"role"_s].toString(), u"expert"_s);
    }

    void expertsChangeTheirNameAndPhoneAndMatchingHearsOfIt()
    {
        const QByteArray token = m_tokens.value(u"another expert"_s);
        const Response me = m_fixture->send("GET", u"/me"_s, token);

        const Response changed = m_fixture->send(
            "PATCH",
            u"/me"_s,
            token,
            R"({"name":"Thomas Becker","phone":"212-555-0177"})",
            { { "if-match", me.header("ETag") } }
        );
        const Response stale = m_fixture->send(
            "PATCH", u"/me"_s, token, R"({"name":"Tommy"})", { { "if-match", me.header("ETag") } }
        );

        QCOMPARE(changed.status, 200);
        QCOMPARE(object(changed)[u"name"_s].toString(), u"Thomas Becker"_s);
        QCOMPARE(stale.status, 412);
        const QJsonValue announced = m_fixture->events(u"user.expert_changed"_s).last()[u"expert"_s];
        QCOMPARE(announced[u"name"_s].toString(), u"Thomas Becker"_s);
        QCOMPARE(announced[u"phone"_s].toString(), u"+12125550177"_s);
    }

    void onlyCustomersHaveAnAddress_data()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("expert") << u"herself"_s;
        QTest::newRow("manager") << u"manager"_s;
    }

    void onlyCustomersHaveAnAddress()
    {
        QFETCH(const QString, who);

        const Response refused = m_fixture->send(
            "PATCH",
            u"/me"_s,
            m_tokens.value(who),
            R"({"address":{"line1":"1 Main","city":"X","state":"NY","zip":"10001"}})"
        );

        QCOMPARE(refused.status, 422);
    }

private:
    std::unique_ptr<PeopleFixture> m_fixture;
    QHash<QString, QByteArray> m_tokens;
    QString m_rosa;
};

QTEST_GUILESS_MAIN(ExpertAccessTest)
#include "expert_access_test.moc"

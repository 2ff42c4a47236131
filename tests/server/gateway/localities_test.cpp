#include "server/db/connection.h"
#include "tests/server/gateway/gateway_fixture.h"

using namespace Qt::StringLiterals;

namespace {

ZipCode zip(const QString &text)
{
    return *ZipCode::parse(text);
}

const QList<RegionRow> regions { { u"northeast"_s, u"New England"_s, u"America/New_York"_s },
                                 { u"mountain"_s, u"Mountain"_s, u"America/Denver"_s } };

} // namespace

// The region resolver and the routing controller, on what is stored.
class LocalitiesTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_fixture = std::make_unique<GatewayFixture>();
        const Result<void> loaded = m_fixture->gateway.loadPlaces(
            regions,
            { { u"802"_s, u"mountain"_s, u"America/Denver"_s, u"Denver"_s, u"CO"_s, 39.7, -104.9 },
              { u"80202"_s, u"mountain"_s, u"America/Denver"_s, u"Denver"_s, u"CO"_s, 39.75, -105.0 } }
        );
        QVERIFY2(loaded, why(loaded));
    }
    void cleanup() { m_fixture.reset(); }

    void fiveDigitsWinOverThree()
    {
        const Locality exact = localities().resolve(zip(u"80202"_s));
        const Locality near = localities().resolve(zip(u"80299"_s));

        QVERIFY(exact.position == (Position { 39.75, -105.0 }));
        QVERIFY(near.position == (Position { 39.7, -104.9 }));
        QCOMPARE(near.region, u"mountain"_s);
        QCOMPARE(near.timeZone, u"America/Denver"_s);
    }

    void whatNobodyClaimsGoesToTheDefaultRegion()
    {
        const Locality unknown = localities().resolve(zip(u"41999"_s));

        QCOMPARE(unknown.region, u"northeast"_s);
        QCOMPARE(unknown.timeZone, u"America/New_York"_s);
        QVERIFY(!unknown.position);
    }

    void loadingAgainBringsUpToDate()
    {
        const Result<void> loaded = m_fixture->gateway.loadPlaces(
            regions, { { u"802"_s, u"northeast"_s, u"America/New_York"_s, u"Moved"_s, u"CO"_s, 1, 2 } }
        );

        QVERIFY2(loaded, why(loaded));
        QCOMPARE(localities().resolve(zip(u"80299"_s)).region, u"northeast"_s);
        QCOMPARE(localities().resolve(zip(u"80202"_s)).region, u"mountain"_s);
    }

    void everyRegionIsNewUnlessItIsSaidOtherwise()
    {
        QVERIFY(localities().routeOf(u"mountain"_s) == RegionRoute::new_);
        QVERIFY(localities().routeOf(u"atlantis"_s) == RegionRoute::new_);
    }

    void theRouteDecidesWhoAnswers_data()
    {
        QTest::addColumn<QString>("route");
        QTest::addColumn<Handling>("ticketRead");
        QTest::addColumn<Handling>("ticketWrite");
        QTest::addColumn<Handling>("customerRead");
        QTest::addColumn<Handling>("customerWrite");
        using enum Handling;
        QTest::newRow("new") << u"new"_s << local << local << local << local;
        QTest::newRow("migrating") << u"migrating"_s << legacy << both << legacy << both;
        QTest::newRow("legacy") << u"legacy"_s << legacy << legacy << legacy << both;
    }

    void theRouteDecidesWhoAnswers()
    {
        QFETCH(const QString, route);
        setRoute(route);
        const auto decide = [&](Capability capability, Access access) {
            return m_fixture->gateway.routing().decide(zip(u"80299"_s), capability, access);
        };

        QTEST(decide(Capability::tickets, Access::read), "ticketRead");
        QTEST(decide(Capability::tickets, Access::write), "ticketWrite");
        QTEST(decide(Capability::customers, Access::read), "customerRead");
        QTEST(decide(Capability::customers, Access::write), "customerWrite");
        QVERIFY(
            m_fixture->gateway.routing().decide(u"northeast"_s, Capability::tickets, Access::write)
            == Handling::local
        );
    }

    void nobodyRegistersHereWhoseRegionIsNotNew()
    {
        setRoute(u"legacy"_s);
        api::Registration registration
            = GatewayFixture::registration(u"ada@example.com"_s, GatewayFixture::goodPassword());
        registration.address.zip = zip(u"80299"_s);

        const auto refused = m_fixture->transact([&](Session &session) {
            return m_fixture->gateway.registerCustomer(session, GatewayFixture::somebody(), registration);
        });

        QVERIFY(!refused);
        QCOMPARE(refused.error().code, u"region.legacy"_s);
        QVERIFY(m_fixture->signUp(u"ada@example.com"_s)); // of a region that is
    }

private:
    [[nodiscard]] const Localities &localities() const { return m_fixture->gateway.localities(); }

    void setRoute(const QString &route)
    {
        const auto connection = *Connection::open(m_fixture->test.superuserUrl());
        QVERIFY(connection->script(
            "update gateway.region set route = '" + route.toLatin1() + "' where id = 'mountain'"
        ));
        QVERIFY(m_fixture->gateway.refreshPlaces());
    }

    std::unique_ptr<GatewayFixture> m_fixture;
};

Q_DECLARE_METATYPE(Handling)

QTEST_GUILESS_MAIN(LocalitiesTest)
#include "localities_test.moc"

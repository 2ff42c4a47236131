#include "server/seed/seed.h"

#include "server/db/connection.h"
#include "server/seed/demo_people.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/subscription_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/expert_service.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const char *const everything
    = "select (select count(*) from gateway.region), (select count(*) from gateway.place), "
      "(select count(*) from catalog.product), (select count(*) from catalog.plan), "
      "(select count(*) from catalog.category), (select count(*) from gateway.account), "
      "(select count(*) from users.expert), (select count(*) from catalog.subscription), "
      "(select md5(string_agg(id::text, ',' order by id)) from catalog.product), "
      "(select md5(string_agg(id::text, ',' order by id)) from users.expert)";

} // namespace

class SeedTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_gateway = std::make_unique<GatewayService>(
            m_test->database(), m_clock, GatewayService::Options { 8, u"northeast"_s, 2 }
        );
        m_catalog = std::make_unique<CatalogService>(m_test->database(), m_clock);
        m_subscriptions = std::make_unique<SubscriptionService>(
            m_test->database(), *m_catalog, m_clock, SubscriptionService::Sales {}
        );
        m_experts = std::make_unique<ExpertService>(m_test->database(), *m_gateway, m_clock);
        QVERIFY(m_gateway->load());
    }
    void cleanup()
    {
        m_experts.reset();
        m_subscriptions.reset();
        m_catalog.reset();
        m_gateway.reset();
        m_test.reset();
    }

    void anInstallationGetsPlacesAndACatalogueAndNobody()
    {
        const auto done = Seed(*m_gateway, *m_catalog, *m_subscriptions, *m_experts).run({});

        QVERIFY2(done, why(done));
        const Locality denver = m_gateway->localities().resolve(*ZipCode::parse(u"80299"_s));
        QCOMPARE(denver.region, u"mountain"_s);
        QVERIFY(denver.position);
        QVERIFY(m_catalog->current()->products().size() > 50);
        QVERIFY(!m_catalog->current()->plans().isEmpty());
        QCOMPARE(row("select count(*) from gateway.account"), QStringList { u"0"_s });
    }

    void aDemoHasEverybodyAndTheCustomerHoldsAPlan()
    {
        const auto done = run(30);

        QVERIFY2(done, why(done));
        for (const QString &who : { u"admin"_s, u"manager"_s, u"customer"_s, u"expert1"_s, u"expert30"_s })
            QVERIFY2(logIn(who), qPrintable(who));
        QVERIFY(!logIn(u"expert31"_s));
        QCOMPARE(
            row("select count(*) from users.expert where availability = 'available' and state = 'hired'"),
            QStringList { u"30"_s }
        );
        QCOMPARE(
            row("select count(*) from bus.event where type = 'user.expert_changed'"), QStringList { u"30"_s }
        );
        QCOMPARE(
            row("select count(*) from bus.event where type = 'catalog.subscription_activated'"),
            QStringList { u"1"_s }
        );
    }

    void seedingTwiceChangesNothing()
    {
        QVERIFY(run(20));
        const QStringList before = row(everything);
        const QStringList events = row("select count(*) from bus.event where type not in "
                                       "('gateway.region_changed', 'catalog.changed')");

        const auto again = run(20);

        QVERIFY2(again, why(again));
        QCOMPARE(row(everything), before);
        QCOMPARE(
            row("select count(*) from bus.event where type not in "
                "('gateway.region_changed', 'catalog.changed')"),
            events
        );
    }

    void aSeedThatBrokeOffIsCompleted()
    {
        // Given that the accounts were made and nothing else
        QList<GatewayService::Newcomer> people;
        for (const api::Expert &expert : demo_people::experts(20, 1))
            people.append({ expert.email, api::Role::expert, expert.name, {}, {} });
        QVERIFY(m_gateway->addAccounts(people, Secret("squad-demo-2026")));

        const auto done = run(20);

        QVERIFY2(done, why(done));
        QCOMPARE(row("select count(*) from users.expert"), QStringList { u"20"_s });
        QCOMPARE(
            row("select count(*) from users.expert e join gateway.account a on a.id = e.id and a.email = "
                "e.email"),
            QStringList { u"20"_s }
        );
    }

    void aLargerDemoKeepsWhoIsThere()
    {
        QVERIFY(run(10));
        const QStringList before = row("select string_agg(id::text, ',' order by id) from users.expert");
        QVERIFY(run(25));

        QCOMPARE(row("select count(*) from users.expert"), QStringList { u"25"_s });
        QVERIFY(row("select string_agg(id::text, ',' order by id) from users.expert")
                    .first()
                    .startsWith(before.first()));
    }

    void whatAnAdminChangedStays()
    {
        QVERIFY(run(5));
        admin("update users.expert set areas = '{999}', version = 2 where email like 'expert1@%'");
        admin("update catalog.plan_version set price_minor = 1 from catalog.plan p where p.id = plan_id and "
              "slug = 'home'");
        QVERIFY(run(5));

        QCOMPARE(
            row("select areas, version from users.expert where email like 'expert1@%'"),
            (QStringList { u"{999}"_s, u"2"_s })
        );
        QCOMPARE(
            row("select price_minor from catalog.plan_version join catalog.plan p on p.id = plan_id where "
                "slug = 'home'"),
            QStringList { u"1"_s }
        );
    }

    void anOperatorsZipTableRefinesThePositions()
    {
        const QTemporaryDir directory;
        const QString path = directory.filePath(u"zips.csv"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("code,city,state,county,area_code,lat,lon\n10001,New York,NY,NEW YORK,,40.7501,-73.9967\n"
        );
        file.close();
        Seed seed(*m_gateway, *m_catalog, *m_subscriptions, *m_experts);

        const auto done = seed.run({ .zipTable = path, .demoPassword = {} });

        QVERIFY2(done, why(done));
        const auto position = m_gateway->localities().resolve(*ZipCode::parse(u"10001"_s)).position;
        QVERIFY(position == (Position { 40.7501, -73.9967 }));
        QVERIFY(m_gateway->localities().resolve(*ZipCode::parse(u"10002"_s)).position != position);
    }

    void aMissingZipTableIsNamed()
    {
        Seed seed(*m_gateway, *m_catalog, *m_subscriptions, *m_experts);

        const auto refused = seed.run({ .zipTable = u"/nowhere.csv"_s, .demoPassword = {} });

        QVERIFY(!refused);
        QCOMPARE(refused.error().fields.value(0).pointer, u"/nowhere.csv"_s);
    }

private:
    Result<QString> run(int experts)
    {
        return Seed(*m_gateway, *m_catalog, *m_subscriptions, *m_experts)
            .run({ .zipTable = {}, .demoExperts = experts, .demoPassword = Secret("squad-demo-2026") });
    }

    bool logIn(const QString &who)
    {
        Caller caller;
        caller.address = u"192.0.2.1"_s;
        return m_test->database()
            .transact(
                "squad_gateway",
                [&](Session &session) {
                    return m_gateway->login(
                        session, caller, { demo_people::email(who), Secret("squad-demo-2026"), {} }
                    );
                }
            )
            .has_value();
    }

    void admin(const char *sql)
    {
        const auto connection = *Connection::open(m_test->superuserUrl());
        QVERIFY(connection->script(sql));
    }

    QStringList row(const char *sql)
    {
        const auto connection = *Connection::open(m_test->superuserUrl());
        Rows rows = *connection->script(sql);
        QStringList cells;
        if (rows.next()) {
            for (int i = 0; i < rows.columns(); ++i)
                cells += QString::fromUtf8(rows.text(i));
        }
        return cells;
    }

    SystemClock m_clock;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<GatewayService> m_gateway;
    std::unique_ptr<CatalogService> m_catalog;
    std::unique_ptr<SubscriptionService> m_subscriptions;
    std::unique_ptr<ExpertService> m_experts;
};

QTEST_GUILESS_MAIN(SeedTest)
#include "seed_test.moc"

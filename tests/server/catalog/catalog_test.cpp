#include "server/db/connection.h"
#include "server/events/postgres_bus.h"
#include "server/http/routes.h"
#include "server/services/catalog/catalog_routes.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/device_service.h"
#include "server/services/catalog/subscription_service.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <thread>

using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;
const Headers::Field asAda { "authorization", "Bearer customer-1" };
const Headers::Field asBob { "authorization", "Bearer customer-2" };
const Headers::Field asExpert { "authorization", "Bearer expert-1" };

PlanRow plan(const QString &slug, const QStringList &categories, int place)
{
    return { .id = api::PlanId::make(),
             .slug = slug,
             .name = u"Plan "_s + slug,
             .description = {},
             .priceMinor = 1299,
             .currency = u"USD"_s,
             .period = api::Period::month,
             .categories = categories,
             .visitsPerYear = 2,
             .assignMinutes = 15,
             .acceptMinutes = 30,
             .arriveMinutes = 240,
             .resolveMinutes = 480,
             .counting = api::SlaCounting::always,
             .priority = api::Priority::high,
             .place = place };
}

ProductRow product(const QString &sku, const QString &name, const QString &maker, const QString &category)
{
    return { api::ProductId::make(), sku, name, maker, category };
}

CatalogContent content()
{
    CatalogContent content;
    content.skills = { { u"tv"_s, u"TVs"_s }, { u"phone"_s, u"Phones"_s } };
    content.categories = { { u"smart-tv"_s, u"Smart Televisions"_s, u"tv"_s, 90 },
                           { u"cell-phone"_s, u"Cell Phones"_s, u"phone"_s, 45 } };
    content.products = { product(u"T1"_s, u"OLED 55"_s, u"LG"_s, u"smart-tv"_s),
                         product(u"T2"_s, u"bravia"_s, u"Sony"_s, u"smart-tv"_s),
                         product(u"P1"_s, u"Pixel"_s, u"Google"_s, u"cell-phone"_s),
                         product(u"P2"_s, u"Ünique"_s, u"Sony"_s, u"cell-phone"_s) };
    for (int i = 0; i < 9; ++i) // of one name, so that the id has to decide
        content.products.append(product(u"S%1"_s.arg(i), u"Same"_s, u"Acme"_s, u"cell-phone"_s));
    content.plans = { plan(u"screens"_s, { u"smart-tv"_s }, 1), plan(u"pocket"_s, { u"cell-phone"_s }, 0) };
    return content;
}

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QStringList texts(const Response &response, const QString &member)
{
    QStringList list;
    for (const QJsonValue &item : object(response)[u"items"_s].toArray())
        list += item[member].toString();
    return list;
}

} // namespace

class CatalogTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_catalog = std::make_unique<CatalogService>(m_test->database(), m_clock);
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator(testAuthenticator);
        Routes routes(*m_router, m_test->database(), "squad_catalog");
        m_subscriptions = std::make_unique<SubscriptionService>(
            m_test->database(), *m_catalog, m_clock, SubscriptionService::Sales {}
        );
        m_devices = std::make_unique<DeviceService>(*m_catalog, m_clock);
        addCatalogRoutes(routes, *m_catalog, *m_subscriptions, *m_devices);
        const auto loaded = m_catalog->load(content());
        QVERIFY2(loaded, why(loaded));
    }
    void cleanup()
    {
        m_router.reset();
        m_devices.reset();
        m_subscriptions.reset();
        m_catalog.reset();
        m_test.reset();
    }

    void productsAreFoundByTheWordsOfNameMakerAndCategory_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QStringList>("names");
        QTest::newRow("the name") << u"q=oled"_s << QStringList { u"OLED 55"_s };
        QTest::newRow("the maker") << u"q=SONY"_s << QStringList { u"bravia"_s, u"Ünique"_s };
        QTest::newRow("maker and category") << u"q=sony television"_s << QStringList { u"bravia"_s };
        QTest::newRow("one word too many") << u"q=sony oled"_s << QStringList();
        QTest::newRow("a category") << u"category=smart-tv"_s << QStringList { u"OLED 55"_s, u"bravia"_s };
        QTest::newRow("no such category") << u"category=boats"_s << QStringList();
    }

    void productsAreFoundByTheWordsOfNameMakerAndCategory()
    {
        QFETCH(const QString, query);

        const Response answer = get(u"/products?"_s + query);

        QCOMPARE(answer.status, 200);
        QTEST(texts(answer, u"name"_s), "names");
    }

    void aProductTellsWhatARepairNeeds()
    {
        const QJsonValue tv = object(get(u"/products?q=oled"_s))[u"items"_s][0];

        QCOMPARE(tv[u"categoryName"_s].toString(), u"Smart Televisions"_s);
        QCOMPARE(tv[u"skill"_s].toString(), u"tv"_s);
        QCOMPARE(tv[u"minutes"_s].toInt(), 90);
        const auto id = *api::ProductId::parse(tv[u"id"_s].toString());
        QCOMPARE(m_catalog->current()->find(id)->name, u"OLED 55"_s);
    }

    void pagesHoldEveryProductOnce()
    {
        QStringList seen;
        QString cursor;
        int pages = 0;
        do {
            const Response page
                = get(u"/products?limit=4"_s + (cursor.isEmpty() ? QString() : u"&cursor="_s + cursor));
            QCOMPARE(page.status, 200);
            QCOMPARE(object(page)[u"total"_s].toInt(), 13);
            seen += texts(page, u"id"_s);
            cursor = object(page)[u"nextCursor"_s].toString();
            ++pages;
        } while (!cursor.isEmpty() && pages < 10);

        QCOMPARE(pages, 4);
        QCOMPARE(seen.size(), 13);
        QCOMPARE(QSet<QString>(seen.begin(), seen.end()).size(), 13);
        QCOMPARE(get(u"/products?cursor=abc"_s).status, 422);
    }

    void plansComeAsACustomerShouldSeeThem()
    {
        const Response answer = get(u"/plans"_s);

        QCOMPARE(texts(answer, u"name"_s), (QStringList { u"Plan pocket"_s, u"Plan screens"_s }));
        QCOMPARE(object(answer)[u"items"_s][0][u"sla"_s][u"arrive"_s].toInt(), 240);
        QCOMPARE(object(answer)[u"items"_s][0][u"price"_s][u"currency"_s].toString(), u"USD"_s);
    }

    void beforeItIsReadTheCatalogueIsUnavailable()
    {
        const CatalogService unread(m_test->database(), m_clock);

        QVERIFY(!unread.current());
        const auto plans = unread.plans();
        QVERIFY(!plans);
        QVERIFY(plans.error().kind == ProblemKind::unavailable);
    }

    void theLastGoodCatalogueServesWhileTheDatabaseIsAway()
    {
        auto doomed = std::make_unique<TestDatabase>();
        Database database({ .url = doomed->url(), .workers = 1 });
        CatalogService catalog(database, m_clock);
        QVERIFY(catalog.load(content()));
        doomed.reset(); // drops the database, whoever is connected

        const auto refreshed = catalog.refresh();

        QVERIFY(!refreshed);
        QCOMPARE(catalog.current()->products().size(), 13);
        QVERIFY(catalog.plans());
        QVERIFY(catalog.products({}));
    }

    void loadingAgainKeepsIdsAndWhatIsOnSale()
    {
        const auto before = m_catalog->current();
        CatalogContent again = content(); // with new ids
        again.products[0].name = u"OLED 65"_s;
        again.plans[0].priceMinor = 1;

        const auto loaded = m_catalog->load(again);

        QVERIFY2(loaded, why(loaded));
        const auto after = m_catalog->current();
        QCOMPARE(after->products().size(), before->products().size());
        for (const api::Product &product : before->products()) {
            QVERIFY(after->find(product.id));
            QCOMPARE(after->find(product.id)->sku, product.sku);
        }
        QCOMPARE(std::ranges::count(after->products(), u"OLED 65"_s, &api::Product::name), 1);
        QCOMPARE(after->plans().first().newest().price.minor, 1299);
    }

    void otherNodesLearnOfAChange()
    {
        CatalogService other(m_test->database(), m_clock);
        QVERIFY(other.refresh());
        PostgresBus bus(m_test->database(), { .url = m_test->url() });
        other.watch(bus);
        bus.start();
        CatalogContent more = content();
        more.products.append(product(u"N1"_s, u"New"_s, u"Acme"_s, u"cell-phone"_s));

        QVERIFY(m_catalog->load(more));

        QTRY_COMPARE_WITH_TIMEOUT(other.current()->products().size(), 14, patience);
        bus.stop();
    }

    void readersSeeOneWholeCatalogueWhileItChanges()
    {
        std::atomic<bool> done = false;
        std::atomic<int> torn = 0;
        std::vector<std::jthread> readers;
        for (int i = 0; i < 3; ++i)
            readers.emplace_back([&] {
                while (!done) {
                    const auto catalog = m_catalog->current();
                    for (const api::Product &product : catalog->products())
                        torn += catalog->find(product.id) == &product ? 0 : 1;
                }
            });
        for (int i = 0; i < 30; ++i)
            QVERIFY(m_catalog->refresh());
        done = true;
        readers.clear();

        QCOMPARE(torn.load(), 0);
    }

    void buyingAPlanTellsWhatItCovers()
    {
        const Response bought = subscribe(asAda, u"screens"_s);

        QCOMPARE(bought.status, 201);
        QCOMPARE(object(bought)[u"state"_s].toString(), u"active"_s);
        const QList<QJsonObject> events = this->events(u"catalog.subscription_activated"_s);
        QCOMPARE(events.size(), 1);
        QCOMPARE(events[0][u"subscriptionId"_s], object(bought)[u"id"_s]);
        QCOMPARE(events[0][u"customerId"_s], object(bought)[u"customerId"_s]);
        QCOMPARE(events[0][u"categories"_s].toArray(), QJsonArray { u"smart-tv"_s });
        QCOMPARE(events[0][u"priority"_s].toString(), u"high"_s);
        QCOMPARE(events[0][u"sla"_s][u"resolve"_s].toInt(), 480);
        QCOMPARE(events[0][u"sla"_s][u"counting"_s].toString(), u"always"_s);
    }

    void theSamePlanTwiceIsAConflict()
    {
        QCOMPARE(subscribe(asAda, u"screens"_s).status, 201);

        const Response again = subscribe(asAda, u"screens"_s);

        QCOMPARE(again.status, 409);
        QCOMPARE(object(again)[u"code"_s].toString(), u"subscription.held"_s);
        QCOMPARE(subscribe(asAda, u"pocket"_s).status, 201);
        QCOMPARE(subscribe(asBob, u"screens"_s).status, 201);
        QCOMPARE(events(u"catalog.subscription_activated"_s).size(), 3);
    }

    void ofManyClicksAtOnceOneBuys()
    {
        std::vector<std::future<Response>> clicks;
        const QByteArray body = "{\"planId\":\"" + planId(u"screens"_s).toLatin1() + "\"}";
        for (int i = 0; i < 8; ++i)
            clicks.push_back(ask(*m_router, { "POST", u"/api/v1/subscriptions"_s, body, { asAda } }));

        QMap<int, int> statuses;
        for (std::future<Response> &click : clicks)
            ++statuses[click.get().status];

        QCOMPARE(statuses, (QMap<int, int> { { 201, 1 }, { 409, 7 } }));
        QCOMPARE(events(u"catalog.subscription_activated"_s).size(), 1);
    }

    void whatIsNoPlanIsRefused()
    {
        const Response refused = answerTo(
            *m_router,
            { "POST",
              u"/api/v1/subscriptions"_s,
              "{\"planId\":\"" + api::PlanId::make().toString().toLatin1() + "\"}",
              { asAda } }
        );

        QCOMPARE(refused.status, 422);
        QCOMPARE(object(refused)[u"errors"_s][0][u"pointer"_s].toString(), u"/planId"_s);
    }

    void onlyCustomersBuy()
    {
        QCOMPARE(subscribe(asExpert, u"screens"_s).status, 403);
        QCOMPARE(get(u"/subscriptions"_s, asExpert).status, 403);
        QCOMPARE(answerTo(*m_router, { "GET", u"/api/v1/subscriptions"_s }).status, 401);
    }

    void oneSeesOnesOwnPlans()
    {
        QCOMPARE(subscribe(asAda, u"screens"_s).status, 201);

        QCOMPARE(object(get(u"/subscriptions"_s, asAda))[u"items"_s].toArray().size(), 1);
        QCOMPARE(object(get(u"/subscriptions"_s, asBob))[u"items"_s].toArray().size(), 0);
    }

    void aCancelledPlanIsToldOnceAndMayBeBoughtAgain()
    {
        const QJsonObject bought = object(subscribe(asAda, u"screens"_s));
        const QString id = bought[u"id"_s].toString();

        const Response cancelled = cancel(asAda, id);
        const Response again = cancel(asAda, id);

        QCOMPARE(cancelled.status, 200);
        QCOMPARE(object(cancelled)[u"state"_s].toString(), u"cancelled"_s);
        QCOMPARE(again.status, 409);
        QCOMPARE(object(again)[u"code"_s].toString(), u"subscription.cancelled"_s);
        const QList<QJsonObject> events = this->events(u"catalog.subscription_cancelled"_s);
        QCOMPARE(events.size(), 1);
        QCOMPARE(events[0][u"subscriptionId"_s].toString(), id);
        QCOMPARE(events[0][u"customerId"_s], bought[u"customerId"_s]);
        QCOMPARE(subscribe(asAda, u"screens"_s).status, 201);
    }

    void anothersPlanLooksLikeNone()
    {
        const QString id = object(subscribe(asAda, u"screens"_s))[u"id"_s].toString();

        const Response strangers = cancel(asBob, id);
        const Response none = cancel(asBob, api::SubscriptionId::make().toString());

        QCOMPARE(strangers.status, 404);
        QCOMPARE(object(strangers)[u"detail"_s], object(none)[u"detail"_s]);
        QVERIFY(events(u"catalog.subscription_cancelled"_s).isEmpty());
    }

    void whoHasNotSeenTheNewestVersionCancelsNothing()
    {
        const Response bought = subscribe(asAda, u"screens"_s);
        const QString id = object(bought)[u"id"_s].toString();

        QCOMPARE(bought.header("ETag"), "\"1\"");
        QCOMPARE(cancel(asAda, id, "\"7\"").status, 412);
        QCOMPARE(cancel(asAda, id, "\"1\"").status, 200);
    }

    void activatingForACustomerIsDoneOnce()
    {
        const api::AccountId customer = api::AccountId::make();
        const api::PlanId plan = *api::PlanId::parse(planId(u"pocket"_s));

        const auto first = m_subscriptions->activate(customer, plan);
        const auto second = m_subscriptions->activate(customer, plan);

        QVERIFY2(first, why(first));
        QVERIFY(*first);
        QVERIFY2(second, why(second));
        QVERIFY(!*second);
        QCOMPARE(events(u"catalog.subscription_activated"_s).size(), 1);
    }

private:
    Response get(const QString &path, const std::optional<Headers::Field> &as = {})
    {
        return answerTo(
            *m_router,
            { "GET", u"/api/v1"_s + path, {}, as ? QList<Headers::Field> { *as } : QList<Headers::Field>() }
        );
    }

    QString planId(const QString &slug)
    {
        const auto catalog = m_catalog->current();
        return std::ranges::find(catalog->plans(), slug, &SoldPlan::slug)->id.toString();
    }

    Response subscribe(const Headers::Field &as, const QString &slug)
    {
        return answerTo(
            *m_router,
            { "POST", u"/api/v1/subscriptions"_s, "{\"planId\":\"" + planId(slug).toLatin1() + "\"}", { as } }
        );
    }

    Response cancel(const Headers::Field &as, const QString &id, const QByteArray &ifMatch = {})
    {
        QList<Headers::Field> headers { as };
        if (!ifMatch.isEmpty())
            headers.append({ "if-match", ifMatch });
        return answerTo(
            *m_router, { "PATCH", u"/api/v1/subscriptions/"_s + id, R"({"atPeriodEnd":"cancel"})", headers }
        );
    }

    QList<QJsonObject> events(const QString &type)
    {
        const auto connection = *Connection::open(m_test->superuserUrl());
        Rows rows = *connection->script(
            "select payload from bus.event where type = '" + type.toLatin1() + "' order by seq"
        );
        QList<QJsonObject> payloads;
        while (rows.next())
            payloads.append(QJsonDocument::fromJson(rows.text(0).toByteArray()).object());
        return payloads;
    }

    SystemClock m_clock;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<CatalogService> m_catalog;
    std::unique_ptr<SubscriptionService> m_subscriptions;
    std::unique_ptr<DeviceService> m_devices;
    std::unique_ptr<Router> m_router;
};

QTEST_GUILESS_MAIN(CatalogTest)
#include "catalog_test.moc"

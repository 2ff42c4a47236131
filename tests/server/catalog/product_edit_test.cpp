#include "server/http/routes.h"
#include "server/services/catalog/catalog_routes.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/device_service.h"
#include "server/services/catalog/subscription_service.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <future>

using namespace Qt::StringLiterals;

namespace {

const Headers::Field asAdmin { "authorization", "Bearer admin-1" };
const Headers::Field asAda { "authorization", "Bearer customer-1" };

CatalogContent content()
{
    CatalogContent content;
    content.skills = { { u"tv"_s, u"TVs"_s }, { u"phone"_s, u"Phones"_s } };
    content.categories = { { u"smart-tv"_s, u"Smart Televisions"_s, u"tv"_s, 90 },
                           { u"cell-phone"_s, u"Cell Phones"_s, u"phone"_s, 45 } };
    content.products = { { api::ProductId::make(), u"T1"_s, u"OLED 55"_s, u"LG"_s, u"smart-tv"_s },
                         { api::ProductId::make(), u"P1"_s, u"Pixel"_s, u"Google"_s, u"cell-phone"_s } };
    return content;
}

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

} // namespace

// What administrators do to the list of products.
class ProductEditTest : public QObject
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

    void aNewProductIsFoundWithWhatItsRepairTakes()
    {
        const Response added = add({ { u"sku"_s, u"T2"_s } });

        QCOMPARE(added.status, 201);
        QCOMPARE(object(added)[u"skill"_s].toString(), u"tv"_s);
        QCOMPARE(object(added)[u"minutes"_s].toInt(), 90);
        QVERIFY(m_catalog->refresh()); // as every node does when it is told
        QCOMPARE(names(u"q=bravia"_s), QStringList { u"Bravia"_s });
    }

    void whatMakesNoProductIsRefusedAtItsField_data()
    {
        QTest::addColumn<QJsonObject>("draft");
        QTest::addColumn<QString>("pointer");
        QTest::newRow("a SKU that is taken") << QJsonObject { { u"sku"_s, u"T1"_s } } << u"/sku"_s;
        QTest::newRow("no SKU") << QJsonObject { { u"sku"_s, QString() } } << u"/sku"_s;
        QTest::newRow("no name") << QJsonObject { { u"name"_s, u"  "_s } } << u"/name"_s;
        QTest::newRow("a name without end")
            << QJsonObject { { u"name"_s, QString(121, u'x') } } << u"/name"_s;
        QTest::newRow("no maker") << QJsonObject { { u"maker"_s, QString() } } << u"/maker"_s;
        QTest::newRow("no such category") << QJsonObject { { u"category"_s, u"boats"_s } } << u"/category"_s;
    }

    void whatMakesNoProductIsRefusedAtItsField()
    {
        QFETCH(const QJsonObject, draft);

        const Response refused = add(draft);

        QCOMPARE(refused.status, 422);
        QTEST(object(refused)[u"errors"_s][0][u"pointer"_s].toString(), "pointer");
        QVERIFY(m_catalog->refresh());
        QCOMPARE(m_catalog->current()->products().size(), 2);
    }

    void whatIsWithdrawnIsNotOfferedAndStillKnown()
    {
        const QString id = idOf(u"T1"_s);

        QCOMPARE(change(id, { { u"isWithdrawn"_s, true } }).status, 200);

        QVERIFY(m_catalog->refresh());
        QCOMPARE(names({}), QStringList { u"Pixel"_s });
        QCOMPARE(names(u"shelf=withdrawn"_s), QStringList { u"OLED 55"_s });
        QCOMPARE(names(u"shelf=all"_s).size(), 2);
        QVERIFY(m_catalog->current()->find(*api::ProductId::parse(id))); // for its tickets

        QCOMPARE(change(id, { { u"isWithdrawn"_s, false } }).status, 200);
        QVERIFY(m_catalog->refresh());
        QCOMPARE(names({}).size(), 2);
    }

    void aChangeLeavesWhatItDoesNotTell()
    {
        const Response changed = change(idOf(u"P1"_s), { { u"name"_s, u"Pixel 9"_s } });

        QCOMPARE(changed.status, 200);
        QCOMPARE(object(changed)[u"name"_s].toString(), u"Pixel 9"_s);
        QCOMPARE(object(changed)[u"maker"_s].toString(), u"Google"_s);
        QCOMPARE(object(changed)[u"sku"_s].toString(), u"P1"_s);
        QCOMPARE(object(changed)[u"version"_s].toInt(), 2);
        QCOMPARE(changed.header("ETag"), "\"2\"");
    }

    void anotherCategoryBringsItsSkill()
    {
        const Response changed = change(idOf(u"P1"_s), { { u"category"_s, u"smart-tv"_s } });

        QCOMPARE(object(changed)[u"skill"_s].toString(), u"tv"_s);
        const Response refused = change(idOf(u"P1"_s), { { u"category"_s, u"boats"_s } });
        QCOMPARE(refused.status, 422);
        QCOMPARE(object(refused)[u"errors"_s][0][u"pointer"_s].toString(), u"/category"_s);
    }

    void whoComesSecondIsToldWhatItIsNow()
    {
        const QString id = idOf(u"P1"_s);
        QCOMPARE(change(id, { { u"name"_s, u"Pixel 9"_s } }, "\"1\"").status, 200);

        const Response late = change(id, { { u"name"_s, u"Pixel X"_s } }, "\"1\"");

        QCOMPARE(late.status, 412);
        QCOMPARE(object(late)[u"current"_s][u"name"_s].toString(), u"Pixel 9"_s);
    }

    void ofManyWhoSawTheSameOneChanges()
    {
        const QString id = idOf(u"P1"_s);
        std::vector<std::future<Response>> answers;
        for (int i = 0; i < 8; ++i)
            answers.push_back(
                ask(*m_router,
                    { "PATCH",
                      u"/api/v1/products/"_s + id,
                      json({ { u"name"_s, u"Pixel %1"_s.arg(i) } }),
                      { asAdmin, { "if-match", "\"1\"" } } })
            );

        QMap<int, int> statuses;
        for (std::future<Response> &each : answers)
            ++statuses[each.get().status];

        QCOMPARE(statuses, (QMap<int, int> { { 200, 1 }, { 412, 7 } }));
    }

    void aSeedFileLeavesWhatWasEdited()
    {
        QCOMPARE(change(idOf(u"P1"_s), { { u"name"_s, u"Pixel 9"_s } }).status, 200);
        CatalogContent again = content();
        again.products[0].name = u"OLED 65"_s;
        again.products[1].name = u"Pixel from the file"_s;

        const auto loaded = m_catalog->load(again);

        QVERIFY2(loaded, why(loaded));
        QCOMPARE(names({}), (QStringList { u"OLED 65"_s, u"Pixel 9"_s }));
    }

    void noSuchProductIsNotFoundAndNobodyElseMayAsk()
    {
        QCOMPARE(change(api::ProductId::make().toString(), { { u"name"_s, u"x"_s } }).status, 404);
        QCOMPARE(
            answerTo(*m_router, { "POST", u"/api/v1/products"_s, json(draftWith({})), { asAda } }).status, 403
        );
        QCOMPARE(answerTo(*m_router, { "POST", u"/api/v1/products"_s, json(draftWith({})) }).status, 401);
    }

private:
    static QByteArray json(const QJsonObject &object) { return QJsonDocument(object).toJson(); }

    static QJsonObject draftWith(const QJsonObject &other)
    {
        QJsonObject draft { { u"sku"_s, u"T2"_s },
                            { u"name"_s, u"Bravia"_s },
                            { u"maker"_s, u"Sony"_s },
                            { u"category"_s, u"smart-tv"_s } };
        for (auto each = other.begin(); each != other.end(); ++each)
            draft[each.key()] = each.value();
        return draft;
    }

    Response add(const QJsonObject &other)
    {
        return answerTo(*m_router, { "POST", u"/api/v1/products"_s, json(draftWith(other)), { asAdmin } });
    }

    Response change(const QString &id, const QJsonObject &wanted, const QByteArray &ifMatch = {})
    {
        QList<Headers::Field> headers { asAdmin };
        if (!ifMatch.isEmpty())
            headers.append({ "if-match", ifMatch });
        return answerTo(*m_router, { "PATCH", u"/api/v1/products/"_s + id, json(wanted), headers });
    }

    QString idOf(const QString &sku)
    {
        const auto catalog = m_catalog->current();
        return std::ranges::find(catalog->products(), sku, &api::Product::sku)->id.toString();
    }

    QStringList names(const QString &query)
    {
        QStringList names;
        const Response answer = answerTo(*m_router, { "GET", u"/api/v1/products?"_s + query });
        for (const QJsonValue &each : object(answer)[u"items"_s].toArray())
            names += each[u"name"_s].toString();
        return names;
    }

    SystemClock m_clock;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<CatalogService> m_catalog;
    std::unique_ptr<SubscriptionService> m_subscriptions;
    std::unique_ptr<DeviceService> m_devices;
    std::unique_ptr<Router> m_router;
};

QTEST_GUILESS_MAIN(ProductEditTest)
#include "product_edit_test.moc"

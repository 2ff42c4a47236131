#include "server/http/routes.h"
#include "server/services/catalog/catalog_routes.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/device_service.h"
#include "server/services/catalog/subscription_service.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const Headers::Field asAda { "authorization", "Bearer customer-1" };
const Headers::Field asBob { "authorization", "Bearer customer-2" };
const Headers::Field asExpert { "authorization", "Bearer expert-1" };
const Headers::Field asManager { "authorization", "Bearer manager-1" };

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QString code(const Response &response)
{
    return object(response)[u"code"_s].toString();
}

QString pointer(const Response &response)
{
    return object(response)[u"errors"_s][0][u"pointer"_s].toString();
}

} // namespace

// The list of what a customer owns, over the routes.
class DeviceTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_catalog = std::make_unique<CatalogService>(m_test->database(), m_clock);
        m_subscriptions = std::make_unique<SubscriptionService>(
            m_test->database(), *m_catalog, m_clock, SubscriptionService::Sales {}
        );
        m_devices = std::make_unique<DeviceService>(*m_catalog, m_clock);
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator(testAuthenticator);
        Routes routes(*m_router, m_test->database(), "squad_catalog");
        addCatalogRoutes(routes, *m_catalog, *m_subscriptions, *m_devices);
        CatalogContent content;
        content.skills = { { u"tv"_s, u"TVs"_s } };
        content.categories = { { u"smart-tv"_s, u"Smart TVs"_s, u"tv"_s, 90 } };
        content.products = { { m_tv, u"T1"_s, u"OLED 55"_s, u"LG"_s, u"smart-tv"_s },
                             { m_other, u"T2"_s, u"Bravia"_s, u"Sony"_s, u"smart-tv"_s } };
        const auto loaded = m_catalog->load(content);
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

    void whatIsRegisteredIsOnTheOwnersListAndOnNoOthers()
    {
        const Response added = add(asAda, u"ab 12-cd"_s, u"Kitchen"_s);

        QCOMPARE(added.status, 201);
        QCOMPARE(object(added)[u"productName"_s].toString(), u"OLED 55"_s);
        QCOMPARE(serials(asAda), QStringList(u"ab 12-cd"_s));
        QCOMPARE(serials(asBob), QStringList());
    }

    void aSerialNumberHasOneOwnerHoweverItIsSpelled()
    {
        QCOMPARE(add(asAda, u"ab 12-cd"_s).status, 201);

        const Response again = add(asAda, u"AB12CD"_s);
        const Response other = add(asBob, u"AB12CD"_s);

        QCOMPARE(again.status, 409);
        QCOMPARE(code(again), u"device.owned"_s);
        QCOMPARE(other.status, 409);
        QCOMPARE(code(other), u"device.taken"_s);
        QVERIFY(!other.body.contains("customer"));
        // Another product may have the same number.
        QCOMPARE(add(asBob, u"AB12CD"_s, {}, m_other).status, 201);
    }

    void whatIsRemovedIsFreeForTheNextOwner()
    {
        const QString id = object(add(asAda, u"S1"_s))[u"id"_s].toString();

        QCOMPARE(send("DELETE", u"/devices/"_s + id, {}, asAda).status, 200);

        QCOMPARE(serials(asAda), QStringList());
        QCOMPARE(send("DELETE", u"/devices/"_s + id, {}, asAda).status, 404);
        QCOMPARE(add(asBob, u"S1"_s).status, 201);
    }

    void aStrangerFindsNothing()
    {
        const QString id = object(add(asAda, u"S1"_s))[u"id"_s].toString();
        const QString ada = object(add(asAda, u"S2"_s))[u"customerId"_s].toString();

        QCOMPARE(send("PATCH", u"/devices/"_s + id, R"({"nickname": "mine"})", asBob).status, 404);
        QCOMPARE(send("DELETE", u"/devices/"_s + id, {}, asBob).status, 404);
        QCOMPARE(send("GET", u"/devices?customerId="_s + ada, {}, asBob).status, 403);
        QCOMPARE(send("GET", u"/devices?serialNumber=S12"_s, {}, asBob).status, 403);
        QCOMPARE(send("GET", u"/devices"_s, {}, asExpert).status, 403);
        QCOMPARE(send("GET", u"/devices"_s, {}, {}).status, 401);
        const QJsonObject device { { u"productId"_s, m_tv.toString() },
                                   { u"serialNumber"_s, u"S3"_s },
                                   { u"customerId"_s, ada } };
        const QByteArray forAda = QJsonDocument(device).toJson();
        QCOMPARE(send("POST", u"/devices"_s, forAda, asBob).status, 403);
        QCOMPARE(send("POST", u"/devices"_s, forAda, asManager).status, 201);
    }

    void staffFindADeviceByHowItsNumberBegins()
    {
        add(asAda, u"AB-100"_s);
        add(asBob, u"ab-200"_s);
        add(asBob, u"CD-300"_s);

        QCOMPARE(serials(asManager, u"?serialNumber=ab%2D1"_s), QStringList(u"AB-100"_s));
        QCOMPARE(send("GET", u"/devices?serialNumber=a%25-"_s, {}, asManager).status, 422);
        QCOMPARE(pointer(send("GET", u"/devices"_s, {}, asManager)), u"/customerId"_s);
        QCOMPARE(serials(asManager, u"?serialNumber=AB-2"_s), QStringList(u"ab-200"_s));
    }

    void badInputNamesItsField()
    {
        QCOMPARE(pointer(add(asAda, u"---"_s)), u"/serialNumber"_s);
        QCOMPARE(pointer(add(asAda, {})), u"/serialNumber"_s);
        QCOMPARE(pointer(add(asAda, QString(61, u'1'))), u"/serialNumber"_s);
        QCOMPARE(pointer(add(asAda, u"S1"_s, {}, api::ProductId::make())), u"/productId"_s);
        QCOMPARE(pointer(add(asAda, u"S1"_s, QString(81, u'x'))), u"/nickname"_s);
    }

    void thereIsAnEndToTheList()
    {
        for (int i = 0; i < api::mostDevices; ++i)
            QCOMPARE(add(asAda, u"S%1"_s.arg(i)).status, 201);

        const Response beyond = add(asAda, u"S99"_s);

        QCOMPARE(beyond.status, 409);
        QCOMPARE(code(beyond), u"device.limit"_s);
        QCOMPARE(add(asBob, u"S99"_s).status, 201);
    }

    void anOwnerCallsItWhatTheyLike()
    {
        const QString id = object(add(asAda, u"S1"_s))[u"id"_s].toString();

        const Response renamed
            = send("PATCH", u"/devices/"_s + id, R"({"nickname": "TV <b>upstairs</b>"})", asAda);

        QCOMPARE(renamed.status, 200);
        QCOMPARE(object(renamed)[u"nickname"_s].toString(), u"TV <b>upstairs</b>"_s);
    }

private:
    Response send(
        const QByteArray &method,
        const QString &path,
        const QByteArray &body,
        std::optional<Headers::Field> as
    )
    {
        QList<Headers::Field> headers;
        if (as)
            headers.append(*as);
        return answerTo(*m_router, { method, u"/api/v1"_s + path, body, headers });
    }

    Response
    add(const Headers::Field &as,
        const QString &serial,
        const QString &nickname = {},
        std::optional<api::ProductId> product = {})
    {
        const QJsonObject device { { u"productId"_s, product.value_or(m_tv).toString() },
                                   { u"serialNumber"_s, serial },
                                   { u"nickname"_s, nickname } };
        return send("POST", u"/devices"_s, QJsonDocument(device).toJson(), as);
    }

    QStringList serials(const Headers::Field &as, const QString &query = {})
    {
        QStringList list;
        for (const QJsonValue &item :
             object(send("GET", u"/devices"_s + query, {}, as))[u"items"_s].toArray())
            list += item[u"serialNumber"_s].toString();
        return list;
    }

    SystemClock m_clock;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<CatalogService> m_catalog;
    std::unique_ptr<SubscriptionService> m_subscriptions;
    std::unique_ptr<DeviceService> m_devices;
    std::unique_ptr<Router> m_router;
    const api::ProductId m_tv = api::ProductId::make();
    const api::ProductId m_other = api::ProductId::make();
};

QTEST_GUILESS_MAIN(DeviceTest)
#include "device_test.moc"

#include "server/http/openapi.h"

#include "server/http/router.h"
#include "shared/api/account.h"
#include "shared/api/ticket.h"

#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

template <class... E>
void describeAll(Router &router)
{
    const auto one = [&]<class Each>(std::type_identity<Each>) {
        json::Definitions definitions;
        Operation operation = describeOperation<Each>(definitions);
        router.describe(std::move(operation), definitions);
    };
    (one(std::type_identity<E>()), ...);
}

// Every "$ref" anywhere below.
void collectReferences(const QJsonValue &value, QStringList &references)
{
    for (const QJsonValue &each : value.toArray())
        collectReferences(each, references);
    const QJsonObject object = value.toObject();
    for (auto each = object.begin(); each != object.end(); ++each) {
        if (each.key() == "$ref"_L1)
            references += each.value().toString();
        else
            collectReferences(each.value(), references);
    }
}

QJsonValue at(const QJsonObject &document, const QString &path)
{
    QJsonValue value = document;
    for (const QString &name : path.split(u'>'))
        value = value.toObject().value(name);
    return value;
}

} // namespace

class OpenApiTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void operationsSayWhatTheyTakeAndAnswer();
    void parametersKnowTheirPlace();
    void rolesBecomeSecurity();
    void everyReferenceResolves();
    void theOrderOfRegistrationDoesNotMatter();

private:
    QJsonObject m_document;
};

void OpenApiTest::initTestCase()
{
    Router router;
    describeAll<
        api::auth::Login,
        api::ticket::Open,
        api::ticket::List,
        api::ticket::Fetch,
        api::ticket::Accept,
        api::ticket::Assign>(router);
    m_document = QJsonDocument::fromJson(router.openApi()).object();
    QCOMPARE(m_document.value("openapi"_L1), u"3.1.0"_s);
}

void OpenApiTest::operationsSayWhatTheyTakeAndAnswer()
{
    const QJsonObject open = at(m_document, u"paths>/api/v1/tickets>post"_s).toObject();

    QCOMPARE(open.value("operationId"_L1), u"ticket.Open"_s);
    QCOMPARE(open.value("summary"_L1), u"File a ticket; the answer is sent after it is durable"_s);
    QCOMPARE(
        at(open, u"requestBody>content>application/json>schema>$ref"_s), u"#/components/schemas/NewTicket"_s
    );
    QCOMPARE(
        at(open, u"responses>201>content>application/json>schema>$ref"_s), u"#/components/schemas/Ticket"_s
    );
    QCOMPARE(at(open, u"responses>default>$ref"_s), u"#/components/responses/Problem"_s);
    QVERIFY(at(open, u"responses>201>headers>ETag"_s).isObject());
}

void OpenApiTest::parametersKnowTheirPlace()
{
    const QJsonArray ofFetch = at(m_document, u"paths>/api/v1/tickets/{id}>get>parameters"_s).toArray();
    const QJsonArray ofList = at(m_document, u"paths>/api/v1/tickets>get>parameters"_s).toArray();

    QCOMPARE(ofFetch.at(0)["name"_L1], u"id"_s);
    QCOMPARE(ofFetch.at(0)["in"_L1], u"path"_s);
    QCOMPARE(ofFetch.at(0)["required"_L1], true);
    QVERIFY(!ofList.isEmpty());
    for (const QJsonValue &parameter : ofList) {
        QCOMPARE(parameter["in"_L1], u"query"_s);
        QCOMPARE(parameter["required"_L1], false);
    }
}

void OpenApiTest::rolesBecomeSecurity()
{
    const QJsonObject login = at(m_document, u"paths>/api/v1/auth/login>post"_s).toObject();
    const QJsonObject accept = at(m_document, u"paths>/api/v1/tickets/{id}/accept>post"_s).toObject();

    QVERIFY(!login.contains("security"_L1));
    QVERIFY(accept.contains("security"_L1));
    QCOMPARE(accept.value("x-roles"_L1).toArray(), QJsonArray { u"expert"_s });
    QVERIFY(at(accept, u"responses>403"_s).isObject());
}

void OpenApiTest::everyReferenceResolves()
{
    QStringList references;
    collectReferences(m_document, references);

    QVERIFY(references.size() > 20);
    for (const QString &reference : references) {
        QVERIFY(reference.startsWith("#/"_L1));
        QVERIFY2(at(m_document, reference.mid(2).replace(u'/', u'>')).isObject(), qPrintable(reference));
    }
}

void OpenApiTest::theOrderOfRegistrationDoesNotMatter()
{
    Router one;
    describeAll<api::ticket::Open, api::ticket::Fetch, api::auth::Login>(one);
    Router other;
    describeAll<api::auth::Login, api::ticket::Fetch, api::ticket::Open>(other);

    QCOMPARE(one.openApi(), other.openApi());
}

QTEST_GUILESS_MAIN(OpenApiTest)
#include "openapi_test.moc"

#include "tests/server/user/people_fixture.h"

#include "server/db/connection.h"
#include "server/http/routes.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/gateway/gateway_routes.h"
#include "server/services/user/user_routes.h"
#include "tests/server/http/answer_to.h"

using namespace Qt::StringLiterals;

namespace {

template <class T>
T typed(const QString &text)
{
    const auto parsed = T::parse(text);
    if (!parsed)
        qFatal("the test has a text that cannot be used: %s", qPrintable(text));
    return *parsed;
}

template <class T>
T value(const Result<T> &result)
{
    if (!result)
        qFatal("%s", why(result));
    return *result;
}

} // namespace

PeopleFixture::PeopleFixture()
{
    if (const Result<void> loaded = gateway.load(); !loaded)
        qFatal("%s", why(loaded));
    router.setAuthenticator([this](QByteArrayView token) { return gateway.authenticate(token); });
    Routes gatewayRoutes(router, test.database(), "squad_gateway");
    addGatewayRoutes(gatewayRoutes, gateway);
    Routes userRoutes(router, test.database(), "squad_users");
    addUserRoutes(userRoutes, experts, customers);
    for (const api::Role role : { api::Role::admin, api::Role::manager }) {
        const api::AccountId id = api::AccountId::make();
        value(gateway.createAccount({ id,
                                      typed<Email>(enumName(role) + u"@example.com"_s),
                                      Secret(password().toUtf8()),
                                      role,
                                      typed<api::Name>(enumName(role)) }));
        if (role == api::Role::admin)
            admin = caller(id, role);
    }
}

PeopleFixture::~PeopleFixture() = default;

api::NewExpert PeopleFixture::rosa()
{
    return {
        .email = typed<Email>(u"rosa@example.com"_s),
        .password = Secret(password().toUtf8()),
        .name = typed<api::Name>(u"Rosa Delgado"_s),
        .phone = typed<Phone>(u"212-555-0101"_s),
        .skills = { { typed<api::Slug>(u"tv"_s), { 4 } }, { typed<api::Slug>(u"audio"_s), { 3 } } },
        .areas = { typed<Text<3, 5>>(u"100"_s), typed<Text<3, 5>>(u"10451"_s) },
        .timeZone = typed<Text<1, 60>>(u"America/New_York"_s),
        .shifts = { api::Shift { { 1 }, { 480 }, { 1020 } } },
        .position = Position { 40.75, -73.99 },
    };
}

Result<api::Expert> PeopleFixture::hire(const api::NewExpert &wanted)
{
    return transact([&](Session &session) { return experts.create(session, admin, wanted); });
}

Result<api::SignedIn> PeopleFixture::signUp(const QString &email, const QString &name)
{
    const api::Registration registration {
        .email = typed<Email>(email),
        .password = Secret(password().toUtf8()),
        .name = typed<api::Name>(name),
        .phone = typed<Phone>(u"212-555-0100"_s),
        .address = { .line1 = typed<Text<1, 200>>(u"1 Main Street"_s),
                     .line2 = {},
                     .city = typed<Text<1, 100>>(u"New York"_s),
                     .state = typed<Text<2, 2>>(u"NY"_s),
                     .zip = typed<ZipCode>(u"10001"_s) },
    };
    return test.database().transact("squad_gateway", [&](Session &session) {
        return gateway.registerCustomer(session, Caller(), registration);
    });
}

void PeopleFixture::deliverRegistrations()
{
    for (const QJsonObject &payload : events(u"gateway.account_registered"_s)) {
        const auto account = value(json::fromJson<AccountRegistered>(payload));
        if (const auto learned
            = transact([&](Session &session) { return customers.learn(session, account, clock.now()); });
            !learned)
            qFatal("%s", why(learned));
    }
}

Response PeopleFixture::send(
    const QByteArray &method,
    const QString &path,
    const QByteArray &token,
    const QByteArray &body,
    const QList<Headers::Field> &headers
)
{
    QList<Headers::Field> all = headers;
    if (!token.isEmpty())
        all.append({ "authorization", "Bearer " + token });
    return answerTo(router, { method, u"/api/v1"_s + path, body, all });
}

QByteArray PeopleFixture::tokenOf(const QString &email)
{
    const auto signedIn = test.database().transact("squad_gateway", [&](Session &session) {
        return gateway.login(session, Caller(), { typed<Email>(email), Secret(password().toUtf8()), {} });
    });
    return value(signedIn).accessToken.reveal().toByteArray();
}

Caller PeopleFixture::caller(api::AccountId id, api::Role role) const
{
    Caller caller;
    caller.account = id;
    caller.role = role;
    caller.requestId = u"request-1"_s;
    caller.at = clock.now();
    return caller;
}

QStringList PeopleFixture::row(const QByteArray &sql)
{
    const auto connection = *Connection::open(test.superuserUrl());
    Rows rows = *connection->script(sql);
    QStringList cells;
    if (rows.next()) {
        for (int i = 0; i < rows.columns(); ++i)
            cells += rows.isNull(i) ? u"null"_s : QString::fromUtf8(rows.text(i));
    }
    return cells;
}

QStringList PeopleFixture::column(const QByteArray &sql)
{
    const auto connection = *Connection::open(test.superuserUrl());
    Rows rows = *connection->script(sql);
    QStringList cells;
    while (rows.next())
        cells += QString::fromUtf8(rows.text(0));
    return cells;
}

void PeopleFixture::administrate(const QByteArray &sql)
{
    const auto connection = *Connection::open(test.superuserUrl());
    if (!connection->script(sql))
        qFatal("%s", sql.constData());
}

QList<QJsonObject> PeopleFixture::events(const QString &type)
{
    QList<QJsonObject> payloads;
    for (const QString &text :
         column("select payload from bus.event where type = '" + type.toLatin1() + "' order by seq"))
        payloads.append(QJsonDocument::fromJson(text.toUtf8()).object());
    return payloads;
}

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QStringList pointers(const Problem &problem)
{
    QStringList list;
    for (const FieldError &field : problem.fields)
        list += field.pointer;
    return list;
}

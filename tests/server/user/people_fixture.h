#pragma once

#include "server/http/router.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/customer_service.h"
#include "server/services/user/expert_service.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

// Gateway and users on a database of their own, with their routes and an admin who is signed in.
class PeopleFixture
{
public:
    PeopleFixture();
    ~PeopleFixture();
    PeopleFixture(const PeopleFixture &) = delete;
    PeopleFixture &operator=(const PeopleFixture &) = delete;

    // As a request would: one transaction of the service, which a Problem rolls back.
    template <class Work>
    auto transact(Work &&work)
    {
        return test.database().transact("squad_users", std::forward<Work>(work));
    }

    [[nodiscard]] static api::NewExpert rosa();
    Result<api::Expert> hire(const api::NewExpert &wanted);
    Result<api::SignedIn> signUp(const QString &email, const QString &name = QStringLiteral("Ada Lovelace"));
    // Hands every registration there was to the customers, as the bus would; also those of before.
    void deliverRegistrations();

    // Over HTTP, with somebody's access token; none: nobody is signed in.
    Response send(
        const QByteArray &method,
        const QString &path,
        const QByteArray &token,
        const QByteArray &body = {},
        const QList<Headers::Field> &headers = {}
    );
    [[nodiscard]] QByteArray tokenOf(const QString &email); // signs in
    [[nodiscard]] Caller caller(api::AccountId id, api::Role role) const;

    // The first row, and all rows of the first column, as the superuser sees them.
    QStringList row(const QByteArray &sql);
    QStringList column(const QByteArray &sql);
    void administrate(const QByteArray &sql);
    // The payloads of the events of a type, oldest first.
    QList<QJsonObject> events(const QString &type);

    static QString password() { return QStringLiteral("correct horse battery"); }

    TestDatabase test;
    ManualClock clock { *instantFromText(QStringLiteral("2026-11-23T12:00:00Z")) };
    GatewayService gateway { test.database(), clock, { 8, QStringLiteral("northeast"), 2 } };
    ExpertService experts { test.database(), gateway, clock };
    CustomerService customers { gateway, experts };
    Router router;
    Caller admin;
};

[[nodiscard]] QJsonObject object(const Response &response);
[[nodiscard]] QStringList pointers(const Problem &problem);

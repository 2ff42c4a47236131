#pragma once

#include "server/services/gateway/gateway_service.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

// A gateway with a database of its own and a clock that the test moves.
class GatewayFixture
{
public:
    GatewayFixture()
    {
        if (const Result<void> loaded = gateway.load(); !loaded)
            qFatal("%s", why(loaded));
    }

    // As a request would: one transaction, which a Problem rolls back.
    template <class Work>
    auto transact(Work &&work)
    {
        return test.database().transact("squad_gateway", std::forward<Work>(work));
    }

    Result<api::SignedIn> signUp(const QString &email, const QString &password = goodPassword())
    {
        return transact([&](Session &session) {
            return gateway.registerCustomer(session, somebody(), registration(email, password));
        });
    }

    Result<api::SignedIn>
    logIn(const QString &email, const QString &password, const QString &address = home())
    {
        const api::Credentials credentials { *Email::parse(email), Secret(password.toUtf8()), {} };
        return transact([&](Session &session) {
            return gateway.login(session, somebody(address), credentials);
        });
    }

    Result<api::SignedIn> renew(const Secret &refreshToken)
    {
        return transact([&](Session &session) { return gateway.renew(session, somebody(), refreshToken); });
    }

    [[nodiscard]] Result<Caller> bearer(const api::SignedIn &signedIn) const
    {
        return gateway.authenticate(signedIn.accessToken.reveal());
    }

    static api::Registration registration(const QString &email, const QString &password)
    {
        return { .email = *Email::parse(email),
                 .password = Secret(password.toUtf8()),
                 .name = *api::Name::parse(QStringLiteral("Ada Lovelace")),
                 .phone = *Phone::parse(QStringLiteral("212-555-0100")),
                 .address = { .line1 = *Text<1, 200>::parse(QStringLiteral("1 Main Street")),
                              .line2 = {},
                              .city = *Text<1, 100>::parse(QStringLiteral("New York")),
                              .state = *Text<2, 2>::parse(QStringLiteral("NY")),
                              .zip = *ZipCode::parse(QStringLiteral("10001")) } };
    }

    static Caller somebody(const QString &address = home())
    {
        Caller caller;
        caller.address = address;
        caller.userAgent = QStringLiteral("Test");
        caller.requestId = QStringLiteral("request-1");
        return caller;
    }

    static QString home() { return QStringLiteral("192.0.2.1"); }
    static QString goodPassword() { return QStringLiteral("correct horse battery"); }
    static GatewayService::Options options() { return { 8, QStringLiteral("northeast"), 2 }; }

    TestDatabase test;
    ManualClock clock { *instantFromText(QStringLiteral("2026-11-23T12:00:00Z")) };
    GatewayService gateway { test.database(), clock, options() };
};

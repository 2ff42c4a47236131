#pragma once

#include "server/db/database.h"
#include "server/http/caller.h"
#include "server/services/gateway/gateway_store.h"
#include "server/services/gateway/login_throttle.h"
#include "server/services/gateway/password.h"
#include "server/services/gateway/revoked_sessions.h"
#include "server/services/gateway/token.h"
#include "shared/core/clock.h"

// Accounts and sessions: who somebody is, and for how long we believe it.
class GatewayService
{
public:
    struct Options
    {
        int passwordMemoryMib = 64;
        QString defaultRegion;
    };

    // Nothing works before load().
    GatewayService(Database &database, const Clock &clock, const Options &options);

    // Reads signing keys (makes the first one), regions and recently ended sessions.
    Result<void> load();
    // What other nodes changed meanwhile: ended sessions and regions. Cheap; meant to be called every few
    // seconds.
    Result<void> refresh();

    // Who sends this token. Fast and without the database: for the I/O threads.
    [[nodiscard]] Result<Caller> authenticate(QByteArrayView accessToken) const;
    [[nodiscard]] bool isEnded(api::SessionId session) const { return m_revoked.contains(session); }

    Result<api::SignedIn>
    registerCustomer(Session &session, const Caller &by, const api::Registration &registration);
    Result<api::SignedIn> login(Session &session, const Caller &by, const api::Credentials &credentials);
    Result<api::SignedIn> renew(Session &session, const Caller &by, const Secret &refreshToken);
    Result<void> logout(Session &session, const Caller &by);
    Result<api::Items<api::SessionInfo>> sessions(Session &session, const Caller &by) const;
    Result<void> endSession(Session &session, const Caller &by, api::SessionId id);

    // For other services. Each is a transaction of its own.
    struct NewAccount
    {
        api::AccountId id; // chosen by the caller, so that asking twice makes one account
        Email email;
        Secret password;
        api::Role role = api::Role::expert;
        api::Name name;
    };
    // The account, also when it was made by an earlier try with the same id. Another one's e-mail is a
    // conflict.
    Result<api::Account> createAccount(const NewAccount &wanted);
    Result<api::Account> account(api::AccountId id) const;
    Result<api::Account> rename(api::AccountId id, const api::Name &name);

    [[nodiscard]] const Localities &localities() const { return m_localities; }
    // For seeding: regions and places are added or brought up to date.
    Result<void> loadPlaces(const QList<RegionRow> &regions, const QList<PlaceRow> &places);

    static constexpr std::chrono::minutes accessTokenLife { 15 };
    static constexpr std::chrono::days refreshTokenLife { 30 };

private:
    Result<api::SignedIn>
    begin(Session &session, const Caller &by, const AccountRow &account, const QString &device);
    Result<api::SignedIn> issue(Session &session, const AccountRow &account, api::SessionId id) const;
    Result<void> end(api::SessionId id, api::AccountId owner, const Caller &by, const QString &reason);
    Result<void> noteFailedLogin(const Caller &by, const Email &email);

    Database &m_database;
    const Clock &m_clock;
    Options m_options;
    PasswordHasher m_passwords;
    LoginThrottle m_throttle;
    RevokedSessions m_revoked;
    Localities m_localities;
    std::unique_ptr<TokenSigner> m_signer;
};

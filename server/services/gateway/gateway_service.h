#pragma once

#include "server/db/database.h"
#include "server/db/worker_threads.h"
#include "server/events/outbox.h"
#include "server/http/caller.h"
#include "server/services/gateway/gateway_store.h"
#include "server/services/gateway/login_throttle.h"
#include "server/services/gateway/password.h"
#include "server/services/gateway/revoked_sessions.h"
#include "server/services/gateway/routing.h"
#include "server/services/gateway/token.h"
#include "shared/core/clock.h"

class EventBus;

// Accounts and sessions: who somebody is, and for how long we believe it. And where a ZIP code lies.
class GatewayService
{
public:
    struct Options
    {
        int passwordMemoryMib = 64;
        QString defaultRegion;
        int passwordThreads = 2; // hashes at once; each takes the memory above
    };

    // Nothing works before load().
    GatewayService(Database &database, const Clock &clock, const Options &options);

    // Reads signing keys (makes the first one), the places and recently ended sessions.
    Result<void> load();
    // Keeps what is in memory as the other nodes left it: sessions that end, keys, places.
    void watch(EventBus &bus);
    // What ended or was added elsewhere since the last time. Cheap; also worth calling every few seconds, in
    // case a node could not tell.
    Result<void> refresh();
    Result<void> refreshPlaces();
    // Deletes up to `limit` tokens and sessions that are of no use any more; how many went. For a periodic
    // task.
    Result<int> expire(int limit);

    // Who sends this token. Fast and without the database: for the I/O threads.
    [[nodiscard]] Result<Caller> authenticate(QByteArrayView accessToken) const;
    [[nodiscard]] bool isEnded(api::SessionId session) const { return m_revoked.contains(session); }

    // Handlers that hash a password run here: a storm of sign-ins waits for itself and for nobody else.
    [[nodiscard]] WorkerThreads &passwordThreads() { return m_passwordThreads; }

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
    // The account. One that an earlier try made under the same id gets this password and name; an e-mail
    // address that is another account's is a conflict.
    Result<api::Account> createAccount(const NewAccount &wanted);
    Result<api::Account> account(api::AccountId id) const;
    // `version`: which one it has to be still.
    Result<api::Account> rename(api::AccountId id, const api::Name &name, std::optional<int> version);
    // A blocked account cannot sign in, and its sessions end at once.
    Result<void> setState(const Caller &by, api::AccountId id, AccountState state);
    // From two minutes later tokens are signed with a new key; those signed with the old one stay good.
    Result<void> rotateSigningKey();

    // For seeding: logins for many people at once. All get the same password, which is hashed once. Those who
    // have an account already keep it as it is. The ids are in the order of the people.
    struct Newcomer
    {
        Email email;
        api::Role role = api::Role::expert;
        api::Name name;
        std::optional<Phone> phone; // of a customer
        std::optional<api::Address> address;
    };
    Result<QList<api::AccountId>> addAccounts(const QList<Newcomer> &people, const Secret &password);
    // Regions and places are added or brought up to date.
    Result<void> loadPlaces(const QList<RegionRow> &regions, const QList<PlaceRow> &places);

    [[nodiscard]] const Localities &localities() const { return m_localities; }
    [[nodiscard]] const RoutingController &routing() const { return m_routing; }

    static constexpr std::chrono::minutes accessTokenLife { 15 };
    static constexpr std::chrono::days refreshTokenLife { 30 };
    static constexpr std::chrono::minutes keyWarmUp { 2 };

private:
    Result<api::SignedIn>
    begin(Session &session, const Caller &by, const AccountRow &account, const QString &device);
    Result<api::SignedIn> issue(Session &session, const AccountRow &account, api::SessionId id) const;
    Result<void>
    insertAccounts(QList<AccountRow> rows, const QList<Outbox::Draft> &events, const Secret &password);
    Result<int> end(Session &session, const gateway_store::Ending &ending, const Caller &by);
    Result<void> noteFailedLogin(const Caller &by, const Email &email);
    Result<std::chrono::milliseconds> waitBeforeLogin(const Caller &by, const Email &email) const;
    [[nodiscard]] std::shared_ptr<const TokenSigner> signer() const;
    void useKeys(const QList<SigningKeyRow> &keys);

    Database &m_database;
    const Clock &m_clock;
    Options m_options;
    PasswordHasher m_passwords;
    LoginThrottle m_throttle;
    RevokedSessions m_revoked;
    Localities m_localities;
    RoutingController m_routing { m_localities };
    std::mutex m_refreshing;
    Instant m_refreshedAt;
    mutable std::mutex m_signerMutex;
    std::shared_ptr<const TokenSigner> m_signer;
    WorkerThreads m_passwordThreads; // the last member: what runs there uses the others
};

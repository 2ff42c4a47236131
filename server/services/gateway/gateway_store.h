#pragma once

#include "server/db/session.h"
#include "server/services/gateway/localities.h"
#include "shared/api/account.h"

#include <QMap>

enum class AccountState { active, blocked };
BOOST_DESCRIBE_ENUM(AccountState, active, blocked)

struct AccountRow
{
    api::AccountId id;
    Email email;
    QString passwordHash;
    api::Role role = api::Role::customer;
    api::Name name;
    AccountState state = AccountState::active;
    Instant createdAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (id, email, passwordHash, role, name, state, createdAt, version))

struct SessionRow
{
    api::SessionId id;
    api::AccountId accountId;
    QString device;
    QString address;
    Instant createdAt;
    Instant lastUsedAt;
};
BOOST_DESCRIBE_STRUCT(SessionRow, (), (id, accountId, device, address, createdAt, lastUsedAt))

struct RefreshTokenRow
{
    api::SessionId sessionId;
    api::AccountId accountId;
    Instant issuedAt;
    std::optional<Instant> usedAt;
    std::optional<Instant> endedAt; // of its session
};
BOOST_DESCRIBE_STRUCT(RefreshTokenRow, (), (sessionId, accountId, issuedAt, usedAt, endedAt))

struct EndedSessionRow
{
    api::SessionId id;
    Instant endedAt;
};
BOOST_DESCRIBE_STRUCT(EndedSessionRow, (), (id, endedAt))

struct SigningKeyRow
{
    int id = 1;
    QByteArray key;
    Instant createdAt;
};
BOOST_DESCRIBE_STRUCT(SigningKeyRow, (), (id, key, createdAt))

struct RegionRow
{
    QString id;
    QString name;
    QString timeZone;
};
BOOST_DESCRIBE_STRUCT(RegionRow, (), (id, name, timeZone))

struct PlaceRow
{
    QString zip; // three or five digits
    QString region;
    QString timeZone;
    QString name;
    QString usState;
    double lat = 0;
    double lon = 0;
};
BOOST_DESCRIBE_STRUCT(PlaceRow, (), (zip, region, timeZone, name, usState, lat, lon))

// The SQL of the schema `gateway`. Nothing else touches it.
namespace gateway_store {

Result<bool> insert(Session &session, const AccountRow &account); // false: the e-mail is taken
Result<int> insert(Session &session, const QList<AccountRow> &accounts); // those whose e-mail is not taken
Result<std::optional<AccountRow>> findByEmail(Session &session, const Email &email);
Result<QList<AccountRow>> findByEmails(Session &session, const QList<Email> &emails);
Result<std::optional<AccountRow>> find(Session &session, api::AccountId id);
// `version`: which one it has to be still; nothing if it is another.
Result<std::optional<AccountRow>>
rename(Session &session, api::AccountId id, const api::Name &name, std::optional<int> version);
Result<std::optional<AccountRow>> setState(Session &session, api::AccountId id, AccountState state);
Result<void> setPasswordHash(Session &session, api::AccountId id, const QString &hash);

Result<void> insert(Session &session, const SessionRow &row);
Result<bool> touchSession(Session &session, api::SessionId id, Instant at, const QString &address);
// Most recently used first; those idle since before `since` cannot be renewed any more and are left out.
Result<QList<SessionRow>> openSessions(Session &session, api::AccountId account, Instant since);
Result<bool> isKnownAddress(Session &session, const Email &email, const QString &address);

struct Ending
{
    api::AccountId owner;
    std::optional<api::SessionId> session; // none: all of the owner's
    Instant at;
    QString reason;
};
// Those that were open.
Result<QList<api::SessionId>> endSessions(Session &session, const Ending &ending);
Result<QList<EndedSessionRow>> sessionsEndedSince(Session &session, Instant since);

Result<void> insertToken(Session &session, const QByteArray &hash, api::SessionId owner, Instant at);
Result<std::optional<RefreshTokenRow>> lockToken(Session &session, const QByteArray &hash);
Result<void> markUsed(Session &session, const QByteArray &hash, Instant at);
// Up to `limit` tokens issued before that instant, and sessions that have none left. How many rows went.
Result<int> forgetBefore(Session &session, Instant instant, int limit);

Result<void> addKey(Session &session, const SigningKeyRow &key); // nothing if that id exists
Result<QList<SigningKeyRow>> keys(Session &session); // oldest first
Result<void> removeKeysBelow(Session &session, int id);

Result<int> insertRegions(Session &session, const QList<RegionRow> &regions);
Result<int> insertPlaces(Session &session, const QList<PlaceRow> &places);
Result<std::shared_ptr<const Localities::Table>> localities(Session &session, const QString &defaultRegion);

struct AuditEntry
{
    Instant at;
    std::optional<api::AccountId> account;
    QString action; // "login", "login.failed", "session.reuse" …
    QString address;
    QString detail;
};
Result<void> audit(Session &session, const AuditEntry &entry);

} // namespace gateway_store

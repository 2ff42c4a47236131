#pragma once

#include "server/db/session.h"
#include "server/services/gateway/localities.h"
#include "shared/api/account.h"

#include <QMap>

struct AccountRow
{
    api::AccountId id;
    Email email;
    QString passwordHash;
    api::Role role = api::Role::customer;
    api::Name name;
    Instant createdAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(AccountRow, (), (id, email, passwordHash, role, name, createdAt, version))

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
Result<std::optional<AccountRow>> findByEmail(Session &session, const Email &email);
Result<std::optional<AccountRow>> find(Session &session, api::AccountId id);
Result<std::optional<AccountRow>> rename(Session &session, api::AccountId id, const api::Name &name);

Result<void> insert(Session &session, const SessionRow &row);
Result<bool> touchSession(Session &session, api::SessionId id, Instant at, const QString &address);
Result<QList<SessionRow>> openSessions(Session &session, api::AccountId account);
Result<bool>
endSession(Session &session, api::SessionId id, api::AccountId owner, Instant at, const QString &reason);
Result<QList<api::SessionId>> sessionsEndedSince(Session &session, Instant since);

Result<void> insertToken(Session &session, const QByteArray &hash, api::SessionId owner, Instant at);
Result<std::optional<RefreshTokenRow>> lockToken(Session &session, const QByteArray &hash);
Result<void> markUsed(Session &session, const QByteArray &hash, Instant at);

Result<void> addKey(Session &session, int id, const QByteArray &key); // nothing if that id exists
Result<QMap<quint32, QByteArray>> keys(Session &session);

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

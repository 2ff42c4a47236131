#include "server/services/gateway/gateway_store.h"

#include "server/db/record.h"

namespace gateway_store {

namespace {

    const RecordInsert<AccountRow> insertAccount { "gateway.insertAccount",
                                                   "gateway.account",
                                                   "on conflict (email) do nothing" };
    const RecordInsert<SessionRow> insertSession { "gateway.insertSession", "gateway.session" };

    const Statement findByEmailSql { "gateway.findByEmail", R"sql(
    select id, email, password_hash, role, name, created_at, version from gateway.account where email = $1
)sql" };

    const Statement findSql { "gateway.find", R"sql(
    select id, email, password_hash, role, name, created_at, version from gateway.account where id = $1
)sql" };

    const Statement renameSql { "gateway.rename", R"sql(
    update gateway.account set name = $2, version = version + 1 where id = $1
    returning id, email, password_hash, role, name, created_at, version
)sql" };

    const Statement touchSessionSql { "gateway.touchSession", R"sql(
    update gateway.session set last_used_at = $2, address = $3 where id = $1 and ended_at is null
)sql" };

    const Statement openSessionsSql { "gateway.openSessions", R"sql(
    select id, account_id, device, address, created_at, last_used_at
    from gateway.session where account_id = $1 and ended_at is null order by last_used_at desc limit 200
)sql" };

    const Statement endSessionSql { "gateway.endSession", R"sql(
    update gateway.session set ended_at = $3, end_reason = $4
    where id = $1 and account_id = $2 and ended_at is null
)sql" };

    const Statement endedSinceSql { "gateway.endedSince",
                                    "select id from gateway.session where ended_at >= $1" };

    const Statement insertTokenSql { "gateway.insertToken", R"sql(
    insert into gateway.refresh_token (hash, session_id, issued_at) values ($1, $2, $3)
)sql" };

    // The row lock decides which of two uses of one token came first.
    const Statement lockTokenSql { "gateway.lockToken", R"sql(
    select t.session_id, s.account_id, t.issued_at, t.used_at, s.ended_at
    from gateway.refresh_token t join gateway.session s on s.id = t.session_id
    where t.hash = $1 for update of t
)sql" };

    const Statement markUsedSql { "gateway.markUsed",
                                  "update gateway.refresh_token set used_at = $2 where hash = $1" };

    const Statement addKeySql { "gateway.addKey", R"sql(
    insert into gateway.signing_key (id, key) values ($1, $2) on conflict do nothing
)sql" };

} // namespace

Result<bool> insert(Session &session, const AccountRow &account)
{
    return TRY(insertAccount.run(session, { account })) == 1;
}

Result<std::optional<AccountRow>> findByEmail(Session &session, const Email &email)
{
    return session.maybe<AccountRow>(findByEmailSql, email);
}

Result<std::optional<AccountRow>> find(Session &session, api::AccountId id)
{
    return session.maybe<AccountRow>(findSql, id);
}

Result<std::optional<AccountRow>> rename(Session &session, api::AccountId id, const api::Name &name)
{
    return session.maybe<AccountRow>(renameSql, id, name);
}

Result<void> insert(Session &session, const SessionRow &row)
{
    TRY(insertSession.run(session, { row }));
    return {};
}

Result<bool> touchSession(Session &session, api::SessionId id, Instant at, const QString &address)
{
    return TRY(session.exec(touchSessionSql, id, at, address)) == 1;
}

Result<QList<SessionRow>> openSessions(Session &session, api::AccountId account)
{
    return session.many<SessionRow>(openSessionsSql, account);
}

Result<bool>
endSession(Session &session, api::SessionId id, api::AccountId owner, Instant at, const QString &reason)
{
    return TRY(session.exec(endSessionSql, id, owner, at, reason)) == 1;
}

Result<QList<api::SessionId>> sessionsEndedSince(Session &session, Instant since)
{
    return session.many<api::SessionId>(endedSinceSql, since);
}

Result<void> insertToken(Session &session, const QByteArray &hash, api::SessionId owner, Instant at)
{
    TRY(session.exec(insertTokenSql, hash, owner, at));
    return {};
}

Result<std::optional<RefreshTokenRow>> lockToken(Session &session, const QByteArray &hash)
{
    return session.maybe<RefreshTokenRow>(lockTokenSql, hash);
}

Result<void> markUsed(Session &session, const QByteArray &hash, Instant at)
{
    TRY(session.exec(markUsedSql, hash, at));
    return {};
}

Result<void> addKey(Session &session, int id, const QByteArray &key)
{
    TRY(session.exec(addKeySql, id, key));
    return {};
}

namespace {

    const Statement keyIdsSql { "gateway.keyIds", "select id from gateway.signing_key order by id" };
    const Statement keySql { "gateway.key", "select key from gateway.signing_key where id = $1" };

    const RecordInsert<RegionRow> insertRegionRows {
        "gateway.insertRegions",
        "gateway.region",
        "on conflict (id) do update set name = excluded.name, time_zone = excluded.time_zone"
    };
    const RecordInsert<PlaceRow> insertPlaceRows {
        "gateway.insertPlaces",
        "gateway.place",
        "on conflict (zip) do update set region = excluded.region, time_zone = excluded.time_zone, name = "
        "excluded.name, "
        "us_state = excluded.us_state, lat = excluded.lat, lon = excluded.lon"
    };

    const Statement placesSql {
        "gateway.places", "select zip, region, time_zone, name, us_state, lat, lon from gateway.place"
    };

    struct RouteRow
    {
        QString id;
        QString timeZone;
        RegionRoute route = RegionRoute::new_;
    };
    BOOST_DESCRIBE_STRUCT(RouteRow, (), (id, timeZone, route))

    const Statement routesSql { "gateway.routes", "select id, time_zone, route from gateway.region" };

    const Statement auditSql { "gateway.audit", R"sql(
    insert into gateway.audit (id, at, account_id, action, address, detail) values ($1, $2, $3, $4, $5, $6)
)sql" };

} // namespace

Result<QMap<quint32, QByteArray>> keys(Session &session)
{
    QMap<quint32, QByteArray> keys;
    for (const int id : TRY(session.many<int>(keyIdsSql)))
        keys.insert(static_cast<quint32>(id), TRY(session.one<QByteArray>(keySql, id)));
    return keys;
}

Result<int> insertRegions(Session &session, const QList<RegionRow> &regions)
{
    return insertRegionRows.run(session, regions);
}

Result<int> insertPlaces(Session &session, const QList<PlaceRow> &places)
{
    return insertPlaceRows.run(session, places);
}

Result<std::shared_ptr<const Localities::Table>> localities(Session &session, const QString &defaultRegion)
{
    auto table = std::make_shared<Localities::Table>();
    table->fallback = { defaultRegion, QStringLiteral("America/New_York"), {} };
    for (const RouteRow &region : TRY(session.many<RouteRow>(routesSql))) {
        table->routes.insert(region.id, region.route);
        if (region.id == defaultRegion)
            table->fallback.timeZone = region.timeZone;
    }
    for (const PlaceRow &place : TRY(session.many<PlaceRow>(placesSql)))
        table->places.insert(place.zip, { place.region, place.timeZone, Position { place.lat, place.lon } });
    return std::shared_ptr<const Localities::Table>(std::move(table));
}

Result<void> audit(Session &session, const AuditEntry &entry)
{
    TRY(session.exec(
        auditSql, makeUuid7(), entry.at, entry.account, entry.action, entry.address, entry.detail
    ));
    return {};
}

} // namespace gateway_store

#include "server/services/gateway/gateway_store.h"

#include "server/db/record.h"

namespace gateway_store {

namespace {

    // Any conflict, not only the e-mail's: of two tries for one id at once the later one may meet that first.
    const RecordInsert<AccountRow> insertAccount { "gateway.insertAccount",
                                                   "gateway.account",
                                                   "on conflict do nothing" };
    const RecordInsert<SessionRow> insertSession { "gateway.insertSession", "gateway.session" };

    const Statement findByEmailSql { "gateway.findByEmail", R"sql(
    select id, email, password_hash, role, name, state, created_at, version from gateway.account where email = $1
)sql" };

    const Statement findSql { "gateway.find", R"sql(
    select id, email, password_hash, role, name, state, created_at, version from gateway.account where id = $1
)sql" };

    const Statement renameSql { "gateway.rename", R"sql(
    update gateway.account set name = $2, version = version + 1
    where id = $1 and ($3::int is null or version = $3)
    returning id, email, password_hash, role, name, state, created_at, version
)sql" };

    const Statement findByEmailsSql { "gateway.findByEmails", R"sql(
    select id, email, password_hash, role, name, state, created_at, version
    from gateway.account where email = any ($1::text[])
)sql" };

    const Statement setStateSql { "gateway.setState", R"sql(
    update gateway.account set state = $2, version = version + 1 where id = $1
    returning id, email, password_hash, role, name, state, created_at, version
)sql" };

    const Statement setPasswordHashSql { "gateway.setPasswordHash",
                                         "update gateway.account set password_hash = $2 where id = $1" };

    const Statement touchSessionSql { "gateway.touchSession", R"sql(
    update gateway.session set last_used_at = $2, address = $3 where id = $1 and ended_at is null
)sql" };

    const Statement openSessionsSql { "gateway.openSessions", R"sql(
    select id, account_id, device, address, created_at, last_used_at
    from gateway.session where account_id = $1 and ended_at is null and last_used_at >= $2
    order by last_used_at desc limit 200
)sql" };

    const Statement isKnownAddressSql { "gateway.isKnownAddress", R"sql(
    select exists (
        select from gateway.account a join gateway.session s on s.account_id = a.id
        where a.email = $1 and s.address = $2
    )
)sql" };

    const Statement endSessionsSql { "gateway.endSessions", R"sql(
    update gateway.session set ended_at = $3, end_reason = $4
    where account_id = $1 and ($2::uuid is null or id = $2) and ended_at is null
    returning id
)sql" };

    const Statement endedSinceSql { "gateway.endedSince",
                                    "select id, ended_at from gateway.session where ended_at >= $1" };

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

    const Statement forgetTokensSql { "gateway.forgetTokens", R"sql(
    delete from gateway.refresh_token where hash in (
        select hash from gateway.refresh_token where issued_at < $1 order by issued_at limit $2
    )
)sql" };

    const Statement forgetSessionsSql { "gateway.forgetSessions", R"sql(
    delete from gateway.session where id in (
        select s.id from gateway.session s
        where s.last_used_at < $1 and not exists (select from gateway.refresh_token t where t.session_id = s.id)
        limit $2
    )
)sql" };

    const Statement addKeySql { "gateway.addKey", R"sql(
    insert into gateway.signing_key (id, key, created_at) values ($1, $2, $3) on conflict do nothing
)sql" };

    const Statement keysSql { "gateway.keys",
                              "select id, key, created_at from gateway.signing_key order by id" };

    const Statement removeKeysSql { "gateway.removeKeys", "delete from gateway.signing_key where id < $1" };

} // namespace

Result<bool> insert(Session &session, const AccountRow &account)
{
    return TRY(insertAccount.run(session, { account })) == 1;
}

Result<int> insert(Session &session, const QList<AccountRow> &accounts)
{
    return insertAccount.run(session, accounts);
}

Result<std::optional<AccountRow>> findByEmail(Session &session, const Email &email)
{
    return session.maybe<AccountRow>(findByEmailSql, email);
}

Result<QList<AccountRow>> findByEmails(Session &session, const QList<Email> &emails)
{
    return session.many<AccountRow>(findByEmailsSql, emails);
}

Result<std::optional<AccountRow>> find(Session &session, api::AccountId id)
{
    return session.maybe<AccountRow>(findSql, id);
}

Result<std::optional<AccountRow>>
rename(Session &session, api::AccountId id, const api::Name &name, std::optional<int> version)
{
    return session.maybe<AccountRow>(renameSql, id, name, version);
}

Result<std::optional<AccountRow>> setState(Session &session, api::AccountId id, AccountState state)
{
    return session.maybe<AccountRow>(setStateSql, id, state);
}

Result<void> setPasswordHash(Session &session, api::AccountId id, const QString &hash)
{
    TRY(session.exec(setPasswordHashSql, id, hash));
    return {};
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

Result<QList<SessionRow>> openSessions(Session &session, api::AccountId account, Instant since)
{
    return session.many<SessionRow>(openSessionsSql, account, since);
}

Result<bool> isKnownAddress(Session &session, const Email &email, const QString &address)
{
    return session.one<bool>(isKnownAddressSql, email, address);
}

Result<QList<api::SessionId>> endSessions(Session &session, const Ending &ending)
{
    return session.many<api::SessionId>(
        endSessionsSql, ending.owner, ending.session, ending.at, ending.reason
    );
}

Result<QList<EndedSessionRow>> sessionsEndedSince(Session &session, Instant since)
{
    return session.many<EndedSessionRow>(endedSinceSql, since);
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

Result<int> forgetBefore(Session &session, Instant instant, int limit)
{
    const int tokens = TRY(session.exec(forgetTokensSql, instant, limit));
    return tokens + TRY(session.exec(forgetSessionsSql, instant, limit));
}

Result<void> addKey(Session &session, const SigningKeyRow &key)
{
    TRY(session.exec(addKeySql, key.id, key.key, key.createdAt));
    return {};
}

Result<QList<SigningKeyRow>> keys(Session &session)
{
    return session.many<SigningKeyRow>(keysSql);
}

Result<void> removeKeysBelow(Session &session, int id)
{
    TRY(session.exec(removeKeysSql, id));
    return {};
}

namespace {

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

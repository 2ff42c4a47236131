#include "server/services/user/expert_store.h"

#include "server/db/record.h"

namespace expert_store {

namespace {

    enum class Hiring { hiring, hired };
    BOOST_DESCRIBE_ENUM(Hiring, hiring, hired)

    // An api::Expert, field for column.
    struct ExpertRow
    {
        api::AccountId id;
        api::Name name;
        Email email;
        Phone phone;
        QList<api::SkillLevel> skills;
        QList<QString> areas;
        QString timeZone;
        QList<api::Shift> shifts;
        std::optional<double> lat;
        std::optional<double> lon;
        api::Availability availability = api::Availability::offDuty;
        int version = 1;
        Hiring state = Hiring::hired;
    };
    BOOST_DESCRIBE_STRUCT(
        ExpertRow,
        (),
        (id, name, email, phone, skills, areas, timeZone, shifts, lat, lon, availability, version, state)
    )

    ExpertRow toRow(const api::Expert &expert, Hiring state)
    {
        ExpertRow row {
            .id = expert.id,
            .name = expert.name,
            .email = expert.email,
            .phone = expert.phone,
            .skills = expert.skills,
            .areas = {},
            .timeZone = expert.timeZone,
            .shifts = expert.shifts,
            .lat = {},
            .lon = {},
            .availability = expert.availability,
            .version = expert.version,
            .state = state,
        };
        for (const auto &area : expert.areas)
            row.areas.append(area.toString());
        if (expert.position) {
            row.lat = expert.position->lat;
            row.lon = expert.position->lon;
        }
        return row;
    }

    api::Expert toExpert(const ExpertRow &row)
    {
        api::Expert expert {
            .id = row.id,
            .name = row.name,
            .email = row.email,
            .phone = row.phone,
            .skills = row.skills,
            .areas = {},
            .timeZone = row.timeZone,
            .shifts = row.shifts,
            .position = {},
            .availability = row.availability,
            .version = row.version,
        };
        for (const QString &area : row.areas) {
            if (const auto parsed = Text<3, 5>::parse(area))
                expert.areas.append(*parsed);
        }
        if (row.lat && row.lon)
            expert.position = Position { *row.lat, *row.lon };
        return expert;
    }

    Result<std::optional<api::Expert>> asExpert(const Result<std::optional<ExpertRow>> &row)
    {
        if (!row)
            return fail(row.error());
        return *row ? std::optional(toExpert(**row)) : std::nullopt;
    }

    const RecordInsert<ExpertRow> insertExpert { "expert.insert", "users.expert", "on conflict do nothing" };
    const Statement lockHiringSql { "expert.lockHiring", R"sql(
    select id from users.expert where email = $1 and state = 'hiring' for no key update
)sql" };
    const Statement hireSql { "expert.hire", R"sql(
    update users.expert set state = 'hired' where id = $1 and state = 'hiring' returning *
)sql" };
    const Statement knownSql { "expert.known", "select id from users.expert where id = any ($1::uuid[])" };

    const Statement findSql { "expert.find", "select * from users.expert where id = $1 and state = 'hired'" };
    const Statement lockSql { "expert.lock", R"sql(
    select * from users.expert where id = $1 and state = 'hired' for no key update
)sql" };
    const Statement saveSql { "expert.save", R"sql(
    update users.expert
    set name = $2, phone = $3, skills = $4, areas = $5, time_zone = $6, shifts = $7, lat = $8, lon = $9,
        availability = $10, version = $11
    where id = $1
)sql" };
    const Statement savePositionSql {
        "expert.savePosition", "update users.expert set lat = $2, lon = $3 where id = $1 and state = 'hired'"
    };
    // Two statements, since one that does both gets one plan for both.
    const Statement listSql { "expert.list", R"sql(
    select * from users.expert where state = 'hired' and (name, id) > ($1, $2::uuid)
    order by name, id limit $3
)sql" };
    // Materialized: the planner takes a word's beginning for common and would rather read everybody in order
    // of their names than ask the index (at a million customers 4 s instead of 1 to 300 ms).
    const Statement searchSql { "expert.search", R"sql(
    with found as materialized (select * from users.expert where words @@ $4::tsquery and state = 'hired')
    select * from found where (name, id) > ($1, $2::uuid) order by name, id limit $3
)sql" };
    const Statement countSql { "expert.count", "select count(*) from users.expert where state = 'hired'" };
    const Statement countFoundSql { "expert.countFound", R"sql(
    select count(*) from users.expert where words @@ $1::tsquery and state = 'hired'
)sql" };

} // namespace

Result<bool> insertHiring(Session &session, const api::Expert &expert)
{
    return TRY(insertExpert.run(session, { toRow(expert, Hiring::hiring) })) == 1;
}

Result<std::optional<api::AccountId>> lockHiring(Session &session, const Email &email)
{
    return session.maybe<api::AccountId>(lockHiringSql, email);
}

Result<std::optional<api::Expert>> hire(Session &session, api::AccountId id)
{
    return asExpert(session.maybe<ExpertRow>(hireSql, id));
}

Result<int> insert(Session &session, const QList<api::Expert> &experts)
{
    QList<ExpertRow> rows;
    rows.reserve(experts.size());
    for (const api::Expert &expert : experts)
        rows.append(toRow(expert, Hiring::hired));
    return insertExpert.run(session, rows);
}

Result<QList<api::AccountId>> known(Session &session, const QList<api::AccountId> &ids)
{
    return session.many<api::AccountId>(knownSql, ids);
}

Result<std::optional<api::Expert>> find(Session &session, api::AccountId id)
{
    return asExpert(session.maybe<ExpertRow>(findSql, id));
}

Result<std::optional<api::Expert>> lock(Session &session, api::AccountId id)
{
    return asExpert(session.maybe<ExpertRow>(lockSql, id));
}

Result<void> save(Session &session, const api::Expert &expert)
{
    const ExpertRow row = toRow(expert, Hiring::hired);
    TRY(session.exec(
        saveSql,
        row.id,
        row.name,
        row.phone,
        json::encode(row.skills).toArray(),
        row.areas,
        row.timeZone,
        json::encode(row.shifts).toArray(),
        row.lat,
        row.lon,
        row.availability,
        row.version
    ));
    return {};
}

Result<bool> savePosition(Session &session, api::AccountId id, const Position &position)
{
    return TRY(session.exec(savePositionSql, id, position.lat, position.lon)) == 1;
}

Result<QList<api::Expert>> list(Session &session, const PeopleFilter &filter)
{
    const PersonCursor &after = filter.after;
    const QList<ExpertRow> rows = filter.words.isEmpty()
        ? TRY(session.many<ExpertRow>(listSql, after.name, after.id, filter.limit))
        : TRY(session.many<ExpertRow>(searchSql, after.name, after.id, filter.limit, filter.words));
    QList<api::Expert> experts;
    experts.reserve(rows.size());
    for (const ExpertRow &row : rows)
        experts.append(toExpert(row));
    return experts;
}

Result<qint64> count(Session &session, const PeopleFilter &filter)
{
    return filter.words.isEmpty() ? session.one<qint64>(countSql)
                                  : session.one<qint64>(countFoundSql, filter.words);
}

} // namespace expert_store

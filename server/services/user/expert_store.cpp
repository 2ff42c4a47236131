#include "server/services/user/expert_store.h"

#include "server/db/record.h"

namespace expert_store {

namespace {

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
    };
    BOOST_DESCRIBE_STRUCT(
        ExpertRow,
        (),
        (id, name, email, phone, skills, areas, timeZone, shifts, lat, lon, availability, version)
    )

    ExpertRow toRow(const api::Expert &expert)
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
    const Statement findSql { "expert.find", "select * from users.expert where id = $1" };
    const Statement findByEmailSql { "expert.findByEmail", "select * from users.expert where email = $1" };
    const Statement removeSql { "expert.remove", "delete from users.expert where id = $1" };
    const Statement lockSql { "expert.lock", "select * from users.expert where id = $1 for no key update" };
    const Statement saveSql { "expert.save", R"sql(
    update users.expert
    set name = $2, phone = $3, skills = $4, areas = $5, time_zone = $6, shifts = $7, lat = $8, lon = $9,
        availability = $10, version = $11
    where id = $1
)sql" };
    const Statement savePositionSql { "expert.savePosition",
                                      "update users.expert set lat = $2, lon = $3 where id = $1" };
    const Statement listSql { "expert.list", R"sql(
    select * from users.expert
    where ($1::text is null or name ilike $1 or email like $2)
      and ($3::text is null or (name, id) > ($3, $4::uuid))
    order by name, id limit $5
)sql" };
    const Statement countSql { "expert.count", R"sql(
    select count(*) from users.expert where ($1::text is null or name ilike $1 or email like $2)
)sql" };

} // namespace

Result<bool> insert(Session &session, const api::Expert &expert)
{
    return TRY(insertExpert.run(session, { toRow(expert) })) == 1;
}

Result<std::optional<api::Expert>> find(Session &session, api::AccountId id)
{
    return asExpert(session.maybe<ExpertRow>(findSql, id));
}

Result<std::optional<api::Expert>> findByEmail(Session &session, const Email &email)
{
    return asExpert(session.maybe<ExpertRow>(findByEmailSql, email));
}

Result<void> remove(Session &session, api::AccountId id)
{
    TRY(session.exec(removeSql, id));
    return {};
}

Result<std::optional<api::Expert>> lock(Session &session, api::AccountId id)
{
    return asExpert(session.maybe<ExpertRow>(lockSql, id));
}

Result<void> save(Session &session, const api::Expert &expert)
{
    const ExpertRow row = toRow(expert);
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

Result<void> savePosition(Session &session, api::AccountId id, const Position &position)
{
    TRY(session.exec(savePositionSql, id, position.lat, position.lon));
    return {};
}

Result<QList<api::Expert>> list(Session &session, const PeopleFilter &filter)
{
    QList<api::Expert> experts;
    for (const ExpertRow &row : TRY(session.many<ExpertRow>(
             listSql, filter.name, filter.email, filter.afterName, filter.afterId, filter.limit
         )))
        experts.append(toExpert(row));
    return experts;
}

Result<qint64> count(Session &session, const PeopleFilter &filter)
{
    return session.one<qint64>(countSql, filter.name, filter.email);
}

} // namespace expert_store

#include "server/services/user/expert_service.h"

#include "server/events/outbox.h"
#include "server/http/cursor.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/user_events.h"

#include <QRegularExpression>
#include <QTimeZone>

namespace {

constexpr const char *role = "squad_users";

Problem noSuchExpert()
{
    return Problem::notFound(QStringLiteral("There is no such expert."));
}

void checkSkills(const QList<api::SkillLevel> &skills, QList<FieldError> &errors)
{
    QSet<QString> seen;
    for (qsizetype i = 0; i < skills.size(); ++i) {
        if (seen.contains(skills.at(i).skill.toString()))
            errors.append({ QStringLiteral("/skills/%1/skill").arg(i),
                            QStringLiteral("is in the list twice") });
        seen.insert(skills.at(i).skill.toString());
    }
}

void checkAreas(const QList<Text<3, 5>> &areas, QList<FieldError> &errors)
{
    static const QRegularExpression digits(QStringLiteral("^([0-9]{3}|[0-9]{5})$"));
    constexpr qsizetype mostAreas = 1000;
    if (areas.size() > mostAreas)
        errors.append({ QStringLiteral("/areas"),
                        QStringLiteral("must have at most %1 entries").arg(mostAreas) });
    for (qsizetype i = 0; i < areas.size(); ++i) {
        if (!digits.match(areas.at(i).toString()).hasMatch())
            errors.append({ QStringLiteral("/areas/%1").arg(i),
                            QStringLiteral("must be a ZIP code or its first three digits") });
    }
}

void checkShifts(const QList<api::Shift> &shifts, QList<FieldError> &errors)
{
    constexpr qsizetype mostShifts = 50;
    if (shifts.size() > mostShifts)
        errors.append({ QStringLiteral("/shifts"),
                        QStringLiteral("must have at most %1 entries").arg(mostShifts) });
    for (qsizetype i = 0; i < shifts.size(); ++i) {
        if (shifts.at(i).fromMinute.value >= shifts.at(i).toMinute.value)
            errors.append({ QStringLiteral("/shifts/%1/toMinute").arg(i),
                            QStringLiteral("must be after fromMinute") });
    }
}

void checkPosition(const std::optional<Position> &position, const QString &pointer, QList<FieldError> &errors)
{
    if (position && (std::abs(position->lat) > 90 || std::abs(position->lon) > 180))
        errors.append({ pointer, QStringLiteral("must be degrees: lat from -90 to 90, lon from -180 to 180") }
        );
}

Result<void> check(const api::Expert &expert)
{
    QList<FieldError> errors;
    checkSkills(expert.skills, errors);
    checkAreas(expert.areas, errors);
    checkShifts(expert.shifts, errors);
    checkPosition(expert.position, QStringLiteral("/position"), errors);
    if (!QTimeZone::isTimeZoneIdAvailable(expert.timeZone.toLatin1()))
        errors.append({ QStringLiteral("/timeZone"),
                        QStringLiteral("must be an IANA time zone such as America/New_York") });
    if (errors.isEmpty())
        return {};
    return fail({ ProblemKind::invalidInput,
                  QStringLiteral("The expert has fields that cannot be used."),
                  {},
                  errors,
                  {} });
}

} // namespace

ExpertService::ExpertService(Database &database, GatewayService &gateway, const Clock &clock)
    : m_database(database)
    , m_gateway(gateway)
    , m_clock(clock)
{
}

Result<api::Expert>
ExpertService::announce(Session &session, const api::Expert &expert, const QString &traceId) const
{
    TRY(Outbox::publish(session, expert.id.toString(), ExpertChanged { expert }, traceId));
    return expert;
}

Result<api::Expert> ExpertService::create(Session &session, const Caller &by, const api::NewExpert &wanted)
{
    api::Expert expert {
        .id = api::AccountId::make(),
        .name = wanted.name,
        .email = wanted.email,
        .phone = wanted.phone,
        .skills = wanted.skills,
        .areas = wanted.areas,
        .timeZone = wanted.timeZone.toString(),
        .shifts = wanted.shifts,
        .position = wanted.position,
        .availability = api::Availability::offDuty,
        .version = 1,
    };
    TRY(check(expert));
    bool isNew = true;
    // Step 1: the profile, off duty and not announced. Nobody can be sent to it yet.
    expert = TRY(m_database.transact(role, [&](Session &first) -> Result<api::Expert> {
        isNew = TRY(expert_store::insert(first, expert));
        if (isNew)
            return expert;
        const std::optional<api::Expert> existing = TRY(expert_store::findByEmail(first, wanted.email));
        return existing ? Result<api::Expert>(*existing) : Result<api::Expert>(fail(noSuchExpert()));
    }));
    // Step 2: the login, under the profile's id, so that a second try finds it made.
    const Result<api::Account> account
        = m_gateway.createAccount({ expert.id, wanted.email, wanted.password, api::Role::expert, wanted.name }
        );
    if (!account) {
        if (isNew)
            TRY(m_database.transact(role, [&](Session &undo) {
                return expert_store::remove(undo, expert.id);
            }));
        return fail(account.error());
    }
    if (!isNew && expert.version > 1) {
        return fail(Problem::conflict(
            QStringLiteral("auth.email-taken"),
            QStringLiteral("There is an expert with this e-mail address already.")
        ));
    }
    // Step 3: the announcement.
    return announce(session, expert, by.requestId);
}

Result<api::Expert>
ExpertService::change(Session &session, const Caller &by, api::AccountId id, const api::ExpertChange &change)
{
    std::optional<api::Expert> expert = TRY(expert_store::lock(session, id));
    if (!expert)
        return fail(noSuchExpert());
    if (by.ifMatch && *by.ifMatch != expert->version)
        return fail(
            { ProblemKind::stale, QStringLiteral("This expert was changed since you looked."), {}, {}, {} }
        );
    expert->name = change.name.value_or(expert->name);
    expert->phone = change.phone.value_or(expert->phone);
    expert->skills = change.skills.value_or(expert->skills);
    expert->areas = change.areas.value_or(expert->areas);
    expert->timeZone = change.timeZone ? change.timeZone->toString() : expert->timeZone;
    expert->shifts = change.shifts.value_or(expert->shifts);
    if (change.position)
        expert->position = change.position;
    TRY(check(*expert));
    ++expert->version;
    TRY(expert_store::save(session, *expert));
    if (change.name)
        TRY(m_gateway.rename(id, *change.name));
    return announce(session, *expert, by.requestId);
}

Result<api::Expert> ExpertService::fetch(Session &session, const Caller &by, api::AccountId id) const
{
    if (by.role == api::Role::expert && by.account != id)
        return fail(noSuchExpert());
    if (auto expert = TRY(expert_store::find(session, id)))
        return *expert;
    return fail(noSuchExpert());
}

Result<api::Expert> ExpertService::find(api::AccountId id) const
{
    return m_database.transact(role, [&](Session &session) -> Result<api::Expert> {
        if (auto expert = TRY(expert_store::find(session, id)))
            return *expert;
        return fail(noSuchExpert());
    });
}

Result<api::Page<api::Expert>> ExpertService::list(Session &session, const api::PeopleQuery &query) const
{
    PeopleFilter filter = TRY(PeopleFilter::of(query));
    api::Page<api::Expert> page;
    page.total = TRY(expert_store::count(session, filter));
    ++filter.limit; // one more than shown tells whether there is a next page
    page.items = TRY(expert_store::list(session, filter));
    if (page.items.size() == filter.limit) {
        page.items.removeLast();
        page.nextCursor = toCursor(PersonCursor { page.items.last().name.toString(), page.items.last().id });
    }
    return page;
}

Result<api::Expert>
ExpertService::setAvailability(Session &session, const Caller &by, api::Availability availability)
{
    std::optional<api::Expert> expert = TRY(expert_store::lock(session, by.account));
    if (!expert)
        return fail(noSuchExpert());
    if (expert->availability == availability)
        return *expert;
    expert->availability = availability;
    ++expert->version;
    TRY(expert_store::save(session, *expert));
    return announce(session, *expert, by.requestId);
}

bool ExpertService::isWorthTelling(api::AccountId id, const Position &position)
{
    const Instant now = m_clock.now();
    const std::lock_guard lock(m_mutex);
    const auto told = m_told.constFind(id);
    if (told != m_told.cend() && milesBetween(told->position, position) < milesWorthTelling
        && now - told->at < timeWorthTelling)
        return false;
    m_told.insert(id, { position, now });
    return true;
}

Result<void> ExpertService::setPosition(Session &session, const Caller &by, const Position &position)
{
    QList<FieldError> errors;
    checkPosition(position, QString(), errors);
    if (!errors.isEmpty())
        return fail({ ProblemKind::invalidInput, errors.first().detail, {}, errors, {} });
    TRY(expert_store::savePosition(session, by.account, position));
    if (!isWorthTelling(by.account, position))
        return {};
    return Outbox::publish(
        session, by.account.toString(), ExpertMoved { by.account, position }, by.requestId
    );
}

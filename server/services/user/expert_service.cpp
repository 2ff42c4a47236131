#include "server/services/user/expert_service.h"

#include "server/events/outbox.h"
#include "server/http/cursor.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/user_events.h"

#include <QRegularExpression>
#include <QSet>
#include <QTimeZone>

namespace {

constexpr const char *role = "squad_users";

Problem stale()
{
    return { ProblemKind::stale, QStringLiteral("This expert was changed since you looked."), {}, {}, {} };
}

Problem emailTaken()
{
    return Problem::conflict(
        QStringLiteral("auth.email-taken"),
        QStringLiteral("There is an expert with this e-mail address already.")
    );
}

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
    // Also what is no number is not within them.
    if (position && !(std::abs(position->lat) <= 90 && std::abs(position->lon) <= 180))
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

Result<api::AccountId> ExpertService::beginHiring(const api::Expert &expert)
{
    return m_database.transact(role, [&](Session &session) -> Result<api::AccountId> {
        if (TRY(expert_store::insertHiring(session, expert)))
            return expert.id;
        const std::optional<api::AccountId> begun = TRY(expert_store::lockHiring(session, expert.email));
        if (!begun)
            return fail(emailTaken());
        api::Expert again = expert;
        again.id = *begun;
        TRY(expert_store::save(session, again));
        return *begun;
    });
}

Result<api::Expert> ExpertService::create(Session &session, const Caller &by, const api::NewExpert &wanted)
{
    const api::Expert expert {
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
    // Step 1: the profile, which nobody sees yet. Its id becomes the account's, so that whoever takes over
    // finds what was made. It stays when the next step fails: somebody else may have taken over already.
    const api::AccountId id = TRY(beginHiring(expert));
    // Step 2: the login.
    TRY(m_gateway.createAccount({ id, wanted.email, wanted.password, api::Role::expert, wanted.name }));
    // Step 3: from now on they are there, and everybody hears of it.
    const std::optional<api::Expert> hired = TRY(expert_store::hire(session, id));
    if (!hired)
        return fail(emailTaken()); // by the same call, made twice at once
    return announce(session, *hired, by.requestId);
}

WorkerThreads &ExpertService::passwordThreads() const
{
    return m_gateway.passwordThreads();
}

Result<int> ExpertService::add(const QList<api::Expert> &experts)
{
    for (const api::Expert &expert : experts)
        TRY(check(expert));
    return m_database.transact(role, [&](Session &session) -> Result<int> {
        QList<api::AccountId> ids;
        for (const api::Expert &expert : experts)
            ids.append(expert.id);
        const QList<api::AccountId> known = TRY(expert_store::known(session, ids));
        const QSet<api::AccountId> there(known.begin(), known.end());
        QList<api::Expert> added;
        QList<Outbox::Draft> events;
        for (const api::Expert &expert : experts) {
            if (there.contains(expert.id))
                continue;
            added.append(expert);
            events.append({ toQString(ExpertChanged::type),
                            expert.id.toString(),
                            json::encode(ExpertChanged { expert }).toObject(),
                            {} });
        }
        if (TRY(expert_store::insert(session, added)) != added.size())
            return fail(emailTaken());
        TRY(Outbox::publishAll(session, events));
        return static_cast<int>(added.size());
    });
}

Result<api::Expert> ExpertService::saveChange(
    Session &session, const Caller &by, api::Expert expert, const api::ExpertChange &change
)
{
    if (by.ifMatch && *by.ifMatch != expert.version)
        return fail(stale());
    expert.name = change.name.value_or(expert.name);
    expert.phone = change.phone.value_or(expert.phone);
    expert.skills = change.skills.value_or(expert.skills);
    expert.areas = change.areas.value_or(expert.areas);
    expert.timeZone = change.timeZone ? change.timeZone->toString() : expert.timeZone;
    expert.shifts = change.shifts.value_or(expert.shifts);
    if (change.position)
        expert.position = change.position;
    TRY(check(expert));
    ++expert.version;
    TRY(expert_store::save(session, expert));
    TRY(announce(session, expert, by.requestId));
    // Last, since it is a transaction of its own: what fails before leaves the login as it was.
    if (change.name)
        TRY(m_gateway.rename(expert.id, *change.name, {}));
    return expert;
}

Result<api::Expert>
ExpertService::change(Session &session, const Caller &by, api::AccountId id, const api::ExpertChange &change)
{
    const std::optional<api::Expert> expert = TRY(expert_store::lock(session, id));
    if (!expert)
        return fail(noSuchExpert());
    return saveChange(session, by, *expert, change);
}

Result<api::Expert>
ExpertService::changeSelf(Session &session, const Caller &by, const api::AccountChange &change)
{
    if (change.address)
        return fail(Problem::invalid(QStringLiteral("/address"), QStringLiteral("is only for customers")));
    return this->change(
        session,
        by,
        by.account,
        { .name = change.name,
          .phone = change.phone,
          .skills = {},
          .areas = {},
          .timeZone = {},
          .shifts = {},
          .position = {} }
    );
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

bool ExpertService::isWorthTelling(api::AccountId id, const Position &position) const
{
    const std::lock_guard lock(m_mutex);
    const auto told = m_told.constFind(id);
    if (told == m_told.cend())
        return true;
    const auto silence = m_clock.now() - told->at;
    return silence >= mostSilence
        || (silence >= leastSilence && milesBetween(told->position, position) >= milesWorthTelling);
}

void ExpertService::rememberTold(api::AccountId id, const Position &position)
{
    const std::lock_guard lock(m_mutex);
    m_told.insert(id, { position, m_clock.now() });
}

Result<void> ExpertService::setPosition(Session &session, const Caller &by, const Position &position)
{
    QList<FieldError> errors;
    checkPosition(position, QString(), errors);
    if (!errors.isEmpty())
        return fail({ ProblemKind::invalidInput, errors.first().detail, {}, errors, {} });
    if (!TRY(expert_store::savePosition(session, by.account, position)))
        return fail(noSuchExpert());
    if (!isWorthTelling(by.account, position))
        return {};
    session.afterCommit([this, id = by.account, position] { rememberTold(id, position); });
    return Outbox::publish(
        session, by.account.toString(), ExpertMoved { by.account, position }, by.requestId
    );
}

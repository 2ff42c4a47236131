#pragma once

#include "shared/api/catalog.h"

// Experts and customers as people: the user service's part of the API.
namespace api {

enum class Availability { available, offDuty };
BOOST_DESCRIBE_ENUM(Availability, available, offDuty)

struct SkillLevel
{
    Slug skill;
    Bounded<1, 5> level; // 1 learns, 3 works alone, 5 teaches
};
BOOST_DESCRIBE_STRUCT(SkillLevel, (), (skill, level))

// Working hours on one weekday, in the expert's own time zone. `to` may not pass midnight: a night shift is
// two rows.
struct Shift
{
    Bounded<1, 7> weekday; // ISO 8601: 1 is Monday
    Bounded<0, 1439> fromMinute; // of the day
    Bounded<1, 1440> toMinute;
};
BOOST_DESCRIBE_STRUCT(Shift, (), (weekday, fromMinute, toMinute))

struct Expert
{
    AccountId id;
    Name name;
    Email email;
    Phone phone;
    QList<SkillLevel> skills;
    QList<Text<3, 5>> areas; // ZIP codes or 3-digit ZIP prefixes the expert travels to
    QString timeZone; // IANA
    QList<Shift> shifts;
    std::optional<Position> position; // last known; none: never reported and no base
    Availability availability = Availability::offDuty;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    Expert, (), (id, name, email, phone, skills, areas, timeZone, shifts, position, availability, version)
)

struct NewExpert
{
    Email email;
    Secret password; // the first one; the expert changes it
    Name name;
    Phone phone;
    QList<SkillLevel> skills;
    QList<Text<3, 5>> areas;
    Text<1, 60> timeZone;
    QList<Shift> shifts;
    std::optional<Position> position;
};
BOOST_DESCRIBE_STRUCT(
    NewExpert, (), (email, password, name, phone, skills, areas, timeZone, shifts, position)
)

struct ExpertChange
{
    std::optional<Name> name;
    std::optional<Phone> phone;
    std::optional<QList<SkillLevel>> skills;
    std::optional<QList<Text<3, 5>>> areas;
    std::optional<Text<1, 60>> timeZone;
    std::optional<QList<Shift>> shifts;
    std::optional<Position> position;
};
BOOST_DESCRIBE_STRUCT(ExpertChange, (), (name, phone, skills, areas, timeZone, shifts, position))

struct AccountRef
{
    AccountId id;
};
BOOST_DESCRIBE_STRUCT(AccountRef, (), (id))

struct PeopleQuery
{
    std::optional<Text<0, 100>> q; // words of name or e-mail; for customers also a telephone number
    std::optional<PageLimit> limit; // 50 unless told
    std::optional<Cursor> cursor;
};
BOOST_DESCRIBE_STRUCT(PeopleQuery, (), (q, limit, cursor))

struct AvailabilityChange
{
    Availability availability = Availability::available;
};
BOOST_DESCRIBE_STRUCT(AvailabilityChange, (), (availability))

namespace expert {

    struct List : Endpoint<Method::get, "/experts">
    {
        static constexpr std::string_view summary = "The experts, by name";
        static constexpr Roles roles = staff;
        using Params = PeopleQuery;
        using Answer = Page<Expert>;
    };

    struct Create : Endpoint<Method::post, "/experts">
    {
        static constexpr std::string_view summary = "Take on an expert";
        static constexpr Roles roles = Role::admin;
        static constexpr int success = 201;
        using Body = NewExpert;
        using Answer = Expert;
    };

    // An expert may fetch themselves.
    struct Fetch : Endpoint<Method::get, "/experts/{id}">
    {
        static constexpr std::string_view summary = "One expert";
        static constexpr Roles roles = staff | Role::expert;
        using Params = AccountRef;
        using Answer = Expert;
    };

    struct Change : Endpoint<Method::patch, "/experts/{id}">
    {
        static constexpr std::string_view summary = "Change an expert's skills, areas, hours or data";
        static constexpr Roles roles = Role::admin;
        using Params = AccountRef;
        using Body = ExpertChange;
        using Answer = Expert;
    };

    struct SetAvailability : Endpoint<Method::put, "/experts/me/availability">
    {
        static constexpr std::string_view summary = "Go on or off duty";
        static constexpr Roles roles = Role::expert;
        using Body = AvailabilityChange;
        using Answer = Expert;
    };

    struct SetPosition : Endpoint<Method::put, "/experts/me/position">
    {
        static constexpr std::string_view summary = "Report where the caller is";
        static constexpr Roles roles = Role::expert;
        using Body = Position;
    };

} // namespace expert

namespace customer {

    struct List : Endpoint<Method::get, "/customers">
    {
        static constexpr std::string_view summary = "The customers, by name";
        static constexpr Roles roles = staff;
        using Params = PeopleQuery;
        using Answer = Page<Account>;
    };

} // namespace customer
} // namespace api

#pragma once

#include "shared/api/ticket.h"

// Working calendars, the clocks that run by them, and what happens when one runs out.
namespace api {

using MinuteOfDay = Bounded<0, 1440>; // 1440 is the midnight at the day's end
using Weekday = Bounded<1, 7>; // ISO 8601: 1 is Monday

// Closed in the middle of a working day: lunch.
struct DayBreak
{
    Text<1, 60> name;
    MinuteOfDay fromMinute;
    MinuteOfDay toMinute;
};
BOOST_DESCRIBE_STRUCT(DayBreak, (), (name, fromMinute, toMinute))

// When work is done on one weekday, in the calendar's own time zone. A night shift is two of them.
struct OpenHours
{
    Weekday weekday;
    MinuteOfDay fromMinute;
    MinuteOfDay toMinute;
    QList<DayBreak> breaks;
};
BOOST_DESCRIBE_STRUCT(OpenHours, (), (weekday, fromMinute, toMinute, breaks))

// How a holiday finds its day each year:
//   fixedDate     month, day          July 4
//   nthWeekday    month, nth, weekday the fourth Thursday of November
//   lastWeekday   month, weekday      the last Monday of May
//   easter        (offset)            so many days from Easter Sunday: -2 is Good Friday
//   date          date                one day of one year
enum class HolidayRule { fixedDate, nthWeekday, lastWeekday, easter, date };
BOOST_DESCRIBE_ENUM(HolidayRule, fixedDate, nthWeekday, lastWeekday, easter, date)

struct Holiday
{
    Text<1, 80> name;
    HolidayRule rule = HolidayRule::fixedDate;
    std::optional<Bounded<1, 12>> month;
    std::optional<Bounded<1, 31>> day;
    std::optional<Bounded<1, 5>> nth;
    std::optional<Weekday> weekday;
    std::optional<Text<10, 10>> date; // "2026-12-24"
    std::optional<Bounded<-60, 60>> offset; // days after what the rule says: the Friday after Thanksgiving
    // Kept on the Friday before when it falls on a Saturday, on the Monday after when on a Sunday.
    std::optional<bool> observed;
};
BOOST_DESCRIBE_STRUCT(Holiday, (), (name, rule, month, day, nth, weekday, date, offset, observed))

// What is edited of a calendar. `alwaysOpen` is 24/7: neither hours nor holidays then matter.
struct CalendarContent
{
    Text<1, 60> timeZone; // IANA
    bool alwaysOpen = false;
    QList<OpenHours> hours;
    QList<Holiday> holidays;
};
BOOST_DESCRIBE_STRUCT(CalendarContent, (), (timeZone, alwaysOpen, hours, holidays))

struct Calendar
{
    QString region;
    CalendarContent content;
    QString updatedBy;
    Instant updatedAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(Calendar, (), (region, content, updatedBy, updatedAt, version))

struct CalendarRef
{
    Slug region;
};
BOOST_DESCRIBE_STRUCT(CalendarRef, (), (region))

// From filing to: the first expert asked, the first who said yes, the first at the door, the repair.
enum class SlaClockKind { assign, accept, arrive, resolve };
BOOST_DESCRIBE_ENUM(SlaClockKind, assign, accept, arrive, resolve)

// breached: the time ran out, whether or not the aim was met later. stopped: the ticket was called off.
enum class SlaClockState { running, paused, met, breached, stopped };
BOOST_DESCRIBE_ENUM(SlaClockState, running, paused, met, breached, stopped)

// Why a span of a clock's timeline counts or not.
enum class SlaSpanReason {
    counted,
    night, // outside of the hours of a working day
    dayBreak,
    weekend,
    closedDay, // another day of the week without hours
    holiday,
    noShow, // the customer was waited for …
    laterDay,
    access,
    completed, // the repair was done, until the ticket was reopened
};
BOOST_DESCRIBE_ENUM(
    SlaSpanReason, counted, night, dayBreak, weekend, closedDay, holiday, noShow, laterDay, access, completed
)

struct SlaSpan
{
    Instant from;
    Instant to;
    SlaSpanReason reason = SlaSpanReason::counted;
    std::optional<QString> name; // of the holiday or the break
};
BOOST_DESCRIBE_STRUCT(SlaSpan, (), (from, to, reason, name))

struct SlaClock
{
    SlaClockKind kind = SlaClockKind::assign;
    SlaClockState state = SlaClockState::running;
    int targetMinutes = 0;
    SlaCounting counting = SlaCounting::workingTime;
    qint64 countedSeconds = 0; // so far
    Instant startedAt;
    std::optional<Instant> dueAt; // none while it stands still and nobody knows until when
    std::optional<Instant> metAt;
    int calendarVersion = 0; // of the region's calendar it was counted by
    QList<SlaSpan> spans; // from the start to the due time, or to where it stopped, or to now: the latest
    QString explanation; // how the due time follows, in words
};
BOOST_DESCRIBE_STRUCT(
    SlaClock,
    (),
    (kind,
     state,
     targetMinutes,
     counting,
     countedSeconds,
     startedAt,
     dueAt,
     metAt,
     calendarVersion,
     spans,
     explanation)
)

struct TicketSla
{
    TicketId ticketId;
    QString region;
    QString timeZone; // of the calendar
    Instant at; // "now" of the answer
    QList<SlaClock> clocks; // none: no plan covers the ticket
};
BOOST_DESCRIBE_STRUCT(TicketSla, (), (ticketId, region, timeZone, at, clocks))

// Whom an escalation is told.
enum class Told { customer, expert, manager };
BOOST_DESCRIBE_ENUM(Told, customer, expert, manager)

// Raises a ticket's level so many minutes, counted as the clock counts, before (negative) or after a
// deadline. Each does so once per ticket, and not after the clock's aim was met.
struct EscalationRule
{
    SlaClockKind clock = SlaClockKind::arrive;
    Bounded<-20160, 20160> minutes;
    Bounded<1, 9> level; // with the clock what the rule is known by
    QList<Told> tell;
    Text<1, 120> text; // "The expert is late"
};
BOOST_DESCRIBE_STRUCT(EscalationRule, (), (clock, minutes, level, tell, text))

// What happens by itself when nothing happens.
struct EscalationPolicy
{
    Bounded<5, 1440> unassignedMinutes { 30 }; // working time; then matched again, after twice that managers
    Bounded<1, 240> silentMinutes { 10 }; // an expert who has not answered by then loses the job …
    Bounded<0, 1440> cooldownMinutes { 30 }; // … and is asked for none for a while
    Bounded<1, 20> silentExperts { 3 }; // so many for one ticket, and managers are told
    QList<EscalationRule> rules;
};
BOOST_DESCRIBE_STRUCT(
    EscalationPolicy, (), (unassignedMinutes, silentMinutes, cooldownMinutes, silentExperts, rules)
)

struct EscalationRules
{
    EscalationPolicy policy;
    QString updatedBy;
    Instant updatedAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(EscalationRules, (), (policy, updatedBy, updatedAt, version))

namespace sla {

    struct Inspect : Endpoint<Method::get, "/tickets/{id}/sla">
    {
        static constexpr std::string_view summary
            = "A ticket's clocks: what counted, what did not, and why they are due when they are";
        static constexpr Roles roles = everyRole;
        using Params = TicketRef;
        using Answer = TicketSla;
    };

    struct Calendars : Endpoint<Method::get, "/calendars">
    {
        static constexpr std::string_view summary = "The regions' working calendars";
        static constexpr Roles roles = staff;
        using Answer = Items<Calendar>;
    };

    struct EditCalendar : Endpoint<Method::put, "/calendars/{region}">
    {
        static constexpr std::string_view summary
            = "Change a region's calendar; the deadlines of its open tickets follow";
        static constexpr Roles roles = Role::admin;
        using Params = CalendarRef;
        using Body = CalendarContent;
        using Answer = Calendar;
    };

    struct Rules : Endpoint<Method::get, "/escalation-rules">
    {
        static constexpr std::string_view summary = "What happens by itself when nothing happens";
        static constexpr Roles roles = staff;
        using Answer = EscalationRules;
    };

    struct EditRules : Endpoint<Method::put, "/escalation-rules">
    {
        static constexpr std::string_view summary
            = "Change the escalation rules; the timers of open tickets follow";
        static constexpr Roles roles = Role::admin;
        using Body = EscalationPolicy;
        using Answer = EscalationRules;
    };

} // namespace sla
} // namespace api

#pragma once

#include "server/db/session.h"
#include "shared/api/sla.h"

// The SQL of what the ticket service knows of time: calendars, clocks, pauses and escalations.

struct CalendarRow
{
    QString region;
    int version = 1;
    api::CalendarContent content;
    QString updatedBy;
    Instant updatedAt;
};
BOOST_DESCRIBE_STRUCT(CalendarRow, (), (region, version, content, updatedBy, updatedAt))

struct CalendarVersion
{
    QString region;
    int version = 0;
};
BOOST_DESCRIBE_STRUCT(CalendarVersion, (), (region, version))

struct ClockRow
{
    api::TicketId ticketId;
    api::SlaClockKind kind = api::SlaClockKind::assign;
    int targetMinutes = 0;
    api::SlaCounting counting = api::SlaCounting::workingTime;
    int calendarVersion = 0;
    std::optional<Instant> dueAt;
    std::optional<Instant> metAt;
    bool stopped = false;

    bool operator==(const ClockRow &) const = default;
};
BOOST_DESCRIBE_STRUCT(
    ClockRow, (), (ticketId, kind, targetMinutes, counting, calendarVersion, dueAt, metAt, stopped)
)

struct PauseConcept;

struct PauseRow
{
    Id<PauseConcept> id;
    api::TicketId ticketId;
    api::PauseReason reason = api::PauseReason::noShow;
    std::optional<QString> note;
    Instant startedAt;
    Instant untilAt;
    std::optional<Instant> endedAt;
};
BOOST_DESCRIBE_STRUCT(PauseRow, (), (id, ticketId, reason, note, startedAt, untilAt, endedAt))

struct EscalationRow
{
    api::TicketId ticketId;
    QString cause;
    int level = 1;
    QString text;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(EscalationRow, (), (ticketId, cause, level, text, at))

namespace sla_store {

// The latest of each region; of all regions, if none is named.
Result<QList<CalendarVersion>> versions(Session &session, const QStringList &regions);
Result<QList<CalendarRow>> calendars(Session &session);
Result<std::optional<CalendarRow>> calendar(Session &session, const QString &region, int version);
// False when somebody else was quicker with that version.
Result<bool> add(Session &session, const CalendarRow &calendar);

Result<QList<ClockRow>> clocks(Session &session, api::TicketId ticket);
Result<void> put(Session &session, const QList<ClockRow> &clocks);

Result<QList<PauseRow>> pauses(Session &session, api::TicketId ticket); // in order
Result<void> begin(Session &session, const PauseRow &pause);
Result<void> endPause(Session &session, api::TicketId ticket, Instant at);

Result<QList<EscalationRow>> escalations(Session &session, api::TicketId ticket);
// False when it has fired before.
Result<bool> add(Session &session, const EscalationRow &escalation);

Result<api::EscalationRules> rules(Session &session);
Result<int> save(Session &session, const api::EscalationRules &rules, int previousVersion);

// Tickets of the region (of all, if none is named) that are not over, in the order of their ids; only those
// with a clock that runs by an older calendar, if `calendarVersion` is given.
Result<QList<api::TicketId>> activeAfter(
    Session &session,
    const std::optional<QString> &region,
    const std::optional<int> &calendarVersion,
    const std::optional<api::TicketId> &after,
    int most
);

} // namespace sla_store

#include "server/services/ticket/sla_store.h"

#include "server/db/record.h"

namespace sla_store {

namespace {

    const Statement versionsSql { "ticket.calendarVersions", R"sql(
    select region, max(version) as version from ticket.calendar
    where $1::text[] = '{}' or region = any ($1::text[])
    group by region
)sql" };

    const Statement calendarsSql { "ticket.calendars", R"sql(
    select distinct on (region) region, version, content, updated_by, updated_at
    from ticket.calendar
    order by region, version desc
)sql" };

    const Statement calendarSql { "ticket.calendar",
                                  "select * from ticket.calendar where region = $1 and version = $2" };

    const RecordInsert<CalendarRow> insertCalendar { "ticket.insertCalendar",
                                                     "ticket.calendar",
                                                     "on conflict do nothing" };

    const Statement clocksSql { "ticket.clocks",
                                "select * from ticket.clock where ticket_id = $1 order by kind" };

    const RecordInsert<ClockRow> putClocks {
        "ticket.putClocks",
        "ticket.clock",
        "on conflict (ticket_id, kind) do update set target_minutes = excluded.target_minutes, counting = "
        "excluded.counting, calendar_version = excluded.calendar_version, due_at = excluded.due_at, met_at = "
        "excluded.met_at, stopped = excluded.stopped"
    };

    const Statement pausesSql { "ticket.pauses",
                                "select * from ticket.pause where ticket_id = $1 order by started_at, id" };

    const RecordInsert<PauseRow> insertPause { "ticket.insertPause", "ticket.pause" };

    const Statement endPauseSql { "ticket.endPause", R"sql(
    update ticket.pause set ended_at = $2 where ticket_id = $1 and ended_at is null
)sql" };

    const Statement escalationsSql { "ticket.escalations",
                                     "select * from ticket.escalation where ticket_id = $1" };

    const RecordInsert<EscalationRow> insertEscalation { "ticket.insertEscalation",
                                                         "ticket.escalation",
                                                         "on conflict do nothing" };

    const Statement rulesSql {
        "ticket.escalationRules",
        "select policy, updated_by, updated_at, version from ticket.escalation_rules"
    };

    const Statement saveRulesSql { "ticket.saveEscalationRules", R"sql(
    update ticket.escalation_rules set policy = $1, updated_by = $2, updated_at = $3, version = $4 where version = $5
)sql" };

    const Statement activeSql { "ticket.activeAfter", R"sql(
    select t.id from ticket.ticket t
    where t.state not in ('completed', 'closed', 'cancelled')
      and ($1::text is null or t.region = $1)
      and ($2::int is null or exists (
            select from ticket.clock c where c.ticket_id = t.id and not c.stopped and c.calendar_version < $2))
      and ($3::uuid is null or t.id > $3)
    order by t.id
    limit $4
)sql" };

} // namespace

Result<QList<CalendarVersion>> versions(Session &session, const QStringList &regions)
{
    return session.many<CalendarVersion>(versionsSql, regions);
}

Result<QList<CalendarRow>> calendars(Session &session)
{
    return session.many<CalendarRow>(calendarsSql);
}

Result<std::optional<CalendarRow>> calendar(Session &session, const QString &region, int version)
{
    return session.maybe<CalendarRow>(calendarSql, region, version);
}

Result<bool> add(Session &session, const CalendarRow &calendar)
{
    return TRY(insertCalendar.run(session, { calendar })) == 1;
}

Result<QList<ClockRow>> clocks(Session &session, api::TicketId ticket)
{
    return session.many<ClockRow>(clocksSql, ticket);
}

Result<void> put(Session &session, const QList<ClockRow> &clocks)
{
    TRY(putClocks.run(session, clocks));
    return {};
}

Result<QList<PauseRow>> pauses(Session &session, api::TicketId ticket)
{
    return session.many<PauseRow>(pausesSql, ticket);
}

Result<void> begin(Session &session, const PauseRow &pause)
{
    TRY(insertPause.run(session, { pause }));
    return {};
}

Result<void> endPause(Session &session, api::TicketId ticket, Instant at)
{
    TRY(session.exec(endPauseSql, ticket, at));
    return {};
}

Result<QList<EscalationRow>> escalations(Session &session, api::TicketId ticket)
{
    return session.many<EscalationRow>(escalationsSql, ticket);
}

Result<bool> add(Session &session, const EscalationRow &escalation)
{
    return TRY(insertEscalation.run(session, { escalation })) == 1;
}

Result<api::EscalationRules> rules(Session &session)
{
    return session.one<api::EscalationRules>(rulesSql);
}

Result<int> save(Session &session, const api::EscalationRules &rules, int previousVersion)
{
    return session.exec(
        saveRulesSql, rules.policy, rules.updatedBy, rules.updatedAt, rules.version, previousVersion
    );
}

Result<QList<api::TicketId>> activeAfter(
    Session &session,
    const std::optional<QString> &region,
    const std::optional<int> &calendarVersion,
    const std::optional<api::TicketId> &after,
    int most
)
{
    return session.many<api::TicketId>(activeSql, region, calendarVersion, after, most);
}

} // namespace sla_store

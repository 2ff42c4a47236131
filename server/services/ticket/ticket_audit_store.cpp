#include "server/services/ticket/ticket_audit_store.h"

namespace ticket_audit_store {

namespace {

    const Statement idsSql { "ticket.auditIds",
                             "select id from ticket.ticket where id > $1 order by id limit $2" };

    const Statement activeIdsSql { "ticket.auditActiveIds", R"sql(
    select id from ticket.ticket
    where id > $1 and state not in ('completed', 'closed', 'cancelled')
    order by id limit $2
)sql" };

    const Statement activeVisitsSql { "ticket.auditActiveVisits", R"sql(
    select expert_id, ticket_id from ticket.visit
    where expert_id > $1 and state in ('assigned', 'accepted', 'enRoute', 'inProgress')
    order by expert_id limit $2
)sql" };

    // One statement sees one moment, so what it shows of a ticket belongs together.
    const Statement auditSql { "ticket.audit", R"sql(
    select wanted.id, t.number, t.region, t.state, t.round, t.version, t.expert_id,
        coalesce(t.state = 'open' and t.waiting_for is not null, false) as waiting, t.paused is not null as paused,
        t.created_at, t.wake_at,
        h.history_state, h.assigned_version, coalesce(h.history_holds, false) as history_holds,
        v.active_visits, v.visit_expert, v.visit_state
    from unnest($1::uuid[]) as wanted (id)
    left join ticket.ticket t on t.id = wanted.id
    cross join lateral (
        select (array_agg(c.to_state order by c.version desc))[1] as history_state,
            max(c.version) filter (where c.action = 'assign') as assigned_version,
            bool_and(c.from_state is not distinct from c.before) as history_holds
        from (
            select version, action, from_state, to_state, lag(to_state) over (order by version) as before
            from ticket.change where ticket_id = wanted.id
        ) c
    ) h
    cross join lateral (
        select count(*)::int as active_visits, min(expert_id::text)::uuid as visit_expert, min(state) as visit_state
        from ticket.visit
        where ticket_id = wanted.id and state in ('assigned', 'accepted', 'enRoute', 'inProgress')
    ) v
)sql" };

} // namespace

Result<QList<api::TicketId>> ids(Session &session, const QUuid &after, int limit)
{
    return session.many<api::TicketId>(idsSql, after, limit);
}

Result<QList<api::TicketId>> activeIds(Session &session, const QUuid &after, int limit)
{
    return session.many<api::TicketId>(activeIdsSql, after, limit);
}

Result<QList<VisitAudit>> activeVisits(Session &session, const QUuid &afterExpert, int limit)
{
    return session.many<VisitAudit>(activeVisitsSql, afterExpert, limit);
}

Result<QList<TicketAudit>> audit(Session &session, const QList<api::TicketId> &ids)
{
    return session.many<TicketAudit>(auditSql, ids);
}

} // namespace ticket_audit_store

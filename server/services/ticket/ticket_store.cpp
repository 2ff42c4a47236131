#include "server/services/ticket/ticket_store.h"

#include "server/db/record.h"
#include "shared/core/search_words.h"

using namespace Qt::StringLiterals;

namespace ticket_store {

namespace {

    const Statement takeNumbersSql { "ticket.takeNumbers", R"sql(
    select nextval('ticket.number_seq') from generate_series(1, $1)
)sql" };

    const Statement coverageSql { "ticket.coverageOf", R"sql(
    select *
    from ticket.coverage
    where customer_id = any ($1::uuid[]) and not ended and (active or pending)
)sql" };

    // One statement for a whole batch: the cost of a ticket in a storm is its rows, not its round trips.
    const RecordInsert<TicketRow> insertTickets { "ticket.insertTickets", "ticket.ticket" };
    const RecordInsert<ChangeRow> insertChanges { "ticket.insertChanges", "ticket.change" };
    const RecordInsert<CoverageRow> insertCoverage {
        "ticket.insertCoverage",
        "ticket.coverage",
        "on conflict (subscription_id) do update set categories = excluded.categories, priority = "
        "excluded.priority, assign_minutes = excluded.assign_minutes, accept_minutes = "
        "excluded.accept_minutes, arrive_minutes = excluded.arrive_minutes, resolve_minutes = "
        "excluded.resolve_minutes, counting = excluded.counting, pending = excluded.pending, "
        "visits_per_year = excluded.visits_per_year, paused = false"
    };
    const RecordInsert<OwnedDevice> insertDevice { "ticket.insertDevice",
                                                   "ticket.device",
                                                   "on conflict do nothing" };
    const Statement removeDeviceSql { "ticket.removeDevice",
                                      "delete from ticket.device where device_id = $1" };
    const Statement devicesSql { "ticket.devicesOf",
                                 "select * from ticket.device where customer_id = any ($1::uuid[])" };
    // Two tickets filed at once must not both be the last that a plan covers. In order, so that no two
    // batches wait for each other; not the plans' rows, which the events' transactions hold.
    const Statement lockVisitsSql { "ticket.lockVisits", R"sql(
    select count(pg_advisory_xact_lock(hashtextextended(s.id::text, 1)))
    from (select id from unnest($1::uuid[]) id order by id) s
)sql" };
    const Statement usedVisitsSql { "ticket.usedVisits", R"sql(
    select subscription_id, count(*)::int as used from ticket.ticket
    where subscription_id = any ($1::uuid[]) and created_at > $2 and state <> 'cancelled'
    group by subscription_id
)sql" };
    const Statement usageSql { "ticket.planUsage", R"sql(
    select c.subscription_id, c.visits_per_year, $2::timestamptz as since, (
            select count(*) from ticket.ticket t
            where t.subscription_id = c.subscription_id and t.created_at > $2 and t.state <> 'cancelled'
        )::int as used
    from ticket.coverage c where c.customer_id = $1 and not c.ended and not c.pending
    order by c.subscription_id
)sql" };
    const Statement lockUnregisteredSql { "ticket.lockUnregistered", R"sql(
    select * from ticket.ticket
    where customer_id = $1 and coverage_reason = 'unregistered'
        and state not in ('completed', 'closed', 'cancelled')
    order by id for no key update
)sql" };

    // The partial unique indexes decide who was first; asking before would leave a gap between asking and
    // inserting.
    const RecordInsert<VisitRow> insertVisit { "ticket.insertVisit",
                                               "ticket.visit",
                                               "on conflict do nothing" };

    const Statement findSql { "ticket.find", "select * from ticket.ticket where id = $1" };
    const Statement lockSql { "ticket.lock", "select * from ticket.ticket where id = $1 for no key update" };

    const Statement saveTicketSql { "ticket.save", R"sql(
    update ticket.ticket
    set state = $2, expert_id = $3, expert_name = $4, waiting_for = $5, resolution = $6, round = $7, escalation = $8,
        completed_at = $9, updated_at = $10, version = $11, coverage = $12, priority = $13, arrive_by = $14,
        paused = $15, paused_until = $16, stage_since = $17, nudges = $18, silent_experts = $19, wake_at = $20,
        subscription_id = $21, coverage_reason = $22
    where id = $1
)sql" };

    const Statement visitsSql { "ticket.visits",
                                "select * from ticket.visit where ticket_id = $1 order by id" };

    const Statement hasBeenAssignedSql { "ticket.hasBeenAssigned", R"sql(
    select exists (select from ticket.visit where ticket_id = $1 and expert_id = $2)
)sql" };

    const Statement hasWorkedOnSql { "ticket.hasWorkedOn", R"sql(
    select exists (
        select from ticket.visit where ticket_id = $1 and expert_id = $2 and state not in ('rejected', 'withdrawn'))
)sql" };

    const Statement activeVisitSql { "ticket.activeVisit", R"sql(
    select * from ticket.visit
    where ticket_id = $1 and state in ('assigned', 'accepted', 'enRoute', 'inProgress')
    for no key update
)sql" };

    const Statement saveVisitSql { "ticket.saveVisit", R"sql(
    update ticket.visit
    set state = $2, accepted_at = $3, departed_at = $4, arrived_at = $5, ended_at = $6, note = $7
    where id = $1
)sql" };

} // namespace

Result<QList<qint64>> takeNumbers(Session &session, qsizetype count)
{
    return session.many<qint64>(takeNumbersSql, count);
}

Result<QList<CoverageRow>> coverageOf(Session &session, const QList<api::AccountId> &customers)
{
    return session.many<CoverageRow>(coverageSql, customers);
}

Result<QList<OwnedDevice>> devicesOf(Session &session, const QList<api::AccountId> &customers)
{
    return session.many<OwnedDevice>(devicesSql, customers);
}

Result<void> add(Session &session, const OwnedDevice &device)
{
    TRY(insertDevice.run(session, { device }));
    return {};
}

Result<void> removeDevice(Session &session, api::DeviceId id)
{
    TRY(session.exec(removeDeviceSql, id));
    return {};
}

Result<QList<UsedVisits>>
lockUsedVisits(Session &session, const QList<api::SubscriptionId> &plans, Instant since)
{
    TRY(session.one<qint64>(lockVisitsSql, plans));
    return session.many<UsedVisits>(usedVisitsSql, plans, since);
}

Result<QList<api::PlanUsage>> planUsage(Session &session, api::AccountId customer, Instant since)
{
    return session.many<api::PlanUsage>(usageSql, customer, since);
}

Result<QList<TicketRow>> lockUnregistered(Session &session, api::AccountId customer)
{
    return session.many<TicketRow>(lockUnregisteredSql, customer);
}

Result<void> insert(Session &session, const QList<TicketRow> &tickets, const QList<ChangeRow> &changes)
{
    TRY(insertTickets.run(session, tickets));
    TRY(insertChanges.run(session, changes));
    return {};
}

Result<std::optional<TicketRow>> find(Session &session, api::TicketId id)
{
    return session.maybe<TicketRow>(findSql, id);
}

Result<std::optional<TicketRow>> lock(Session &session, api::TicketId id)
{
    return session.maybe<TicketRow>(lockSql, id);
}

Result<void> save(Session &session, const TicketRow &ticket)
{
    TRY(session.exec(
        saveTicketSql,
        ticket.id,
        ticket.state,
        ticket.expertId,
        ticket.expertName,
        ticket.waitingFor,
        ticket.resolution,
        ticket.round,
        ticket.escalation,
        ticket.completedAt,
        ticket.updatedAt,
        ticket.version,
        ticket.coverage,
        ticket.priority,
        ticket.arriveBy,
        ticket.paused,
        ticket.pausedUntil,
        ticket.stageSince,
        ticket.nudges,
        ticket.silentExperts,
        ticket.wakeAt,
        ticket.subscriptionId,
        ticket.coverageReason
    ));
    return {};
}

Result<void> add(Session &session, const ChangeRow &change)
{
    TRY(insertChanges.run(session, { change }));
    return {};
}

Result<QList<VisitRow>> visits(Session &session, api::TicketId id)
{
    return session.many<VisitRow>(visitsSql, id);
}

Result<bool> hasBeenAssigned(Session &session, api::TicketId id, api::AccountId expert)
{
    return session.one<bool>(hasBeenAssignedSql, id, expert);
}

Result<bool> hasWorkedOn(Session &session, api::TicketId id, api::AccountId expert)
{
    return session.one<bool>(hasWorkedOnSql, id, expert);
}

Result<std::optional<VisitRow>> activeVisit(Session &session, api::TicketId id)
{
    return session.maybe<VisitRow>(activeVisitSql, id);
}

Result<bool> beginVisit(Session &session, const VisitRow &visit)
{
    return TRY(insertVisit.run(session, { visit })) == 1;
}

Result<void> save(Session &session, const VisitRow &visit)
{
    TRY(session.exec(
        saveVisitSql,
        visit.id,
        visit.state,
        visit.acceptedAt,
        visit.departedAt,
        visit.arrivedAt,
        visit.endedAt,
        visit.note
    ));
    return {};
}

namespace {

    // Each condition that is not asked for folds away when the statement is planned, which leaves one index
    // per kind of list. Words come from a table of their own: few hits are sorted, and where there are many
    // the newest are looked at until there are enough.
    constexpr const char *wanted = R"sql(
      and ($1::uuid is null or t.customer_id = $1)
      and ($2::uuid is null or t.id in (
            select v.ticket_id from ticket.visit v where v.expert_id = $2 and v.state not in ('rejected', 'withdrawn')))
      and ($3::text is null or t.state = $3)
      and ($4::bool is null or $4 = (t.state not in ('completed', 'closed', 'cancelled')))
      and ($5::text is null or t.region = $5)
      and ($6::bigint is null or t.number = $6)
)sql";
    constexpr const char *fromAll = " from ticket.ticket t where true ";
    constexpr const char *fromFound = " from ticket.words w join ticket.ticket t on t.id = w.ticket_id "
                                      "where w.words @@ $7::tsquery ";

    // One of tickets, and one of those with certain words ($7), which the others do without.
    class ListStatement
    {
    public:
        // `head` comes before the tickets, `tail` after them; it has the parameters from `$first` on.
        ListStatement(const char *name, const char *head, const char *tail)
            : m_names { name, QByteArray(name) + ".words" }
            , m_sql { QByteArray(head) + fromAll + wanted
                          + QByteArray(tail).replace("$first", "$7").replace("$second", "$8"),
                      QByteArray(head) + fromFound + wanted
                          + QByteArray(tail).replace("$first", "$8").replace("$second", "$9") }
            , m_all(m_names[0].constData(), m_sql[0].constData())
            , m_found(m_names[1].constData(), m_sql[1].constData())
        {
        }

        template <class T, class... More>
        Result<QList<T>> run(Session &session, const TicketFilter &filter, const More &...more) const
        {
            const api::TicketQuery &query = filter.query;
            const QString text = query.q ? query.q->toString() : QString();
            const std::optional<qint64> number = numberFromText(text);
            const QString words = number ? QString() : tsquery(text);
            if (words.isEmpty())
                return session.many<T>(
                    m_all,
                    filter.customer,
                    filter.expert,
                    query.state,
                    query.active,
                    query.region,
                    number,
                    more...
                );
            return session.many<T>(
                m_found,
                filter.customer,
                filter.expert,
                query.state,
                query.active,
                query.region,
                number,
                words,
                more...
            );
        }

    private:
        static QString tsquery(const QString &text)
        {
            QStringList terms;
            for (const QString &word : search_words::of(text))
                terms.append(u"'%1':*"_s.arg(word)); // letters and digits: nothing to escape
            return terms.join(u" & "_s);
        }

        std::array<QByteArray, 2> m_names; // before the statements, which point into them
        std::array<QByteArray, 2> m_sql;
        Statement m_all;
        Statement m_found;
    };

    const ListStatement listSql { "ticket.list", "select t.*", R"sql(
      and ($first::uuid is null or t.id < $first)
    order by t.id desc
    limit $second
)sql" };
    const ListStatement countSql { "ticket.count", "select count(*) from (select", "limit $first) matching" };
    const ListStatement ladderSql {
        "ticket.ladder",
        "with matching as (select t.id, row_number() over (order by t.id desc) as place",
        R"sql(
    )
    select count(*) as total,
        coalesce(array_agg(id order by place) filter (where place % $first = 0), '{}') as ends
    from matching
)sql"
    };

    const Statement historySql { "ticket.history",
                                 "select * from ticket.change where ticket_id = $1 order by version" };

    const Statement commentsSql { "ticket.comments", R"sql(
    select author, author_role, text, at from ticket.comment where ticket_id = $1 order by id
)sql" };

    const Statement addCommentSql { "ticket.addComment", R"sql(
    insert into ticket.comment (id, ticket_id, author_id, author, author_role, text, at)
    values ($1, $2, $3, $4, $5, $6, $7)
)sql" };

    const Statement endCoverageSql { "ticket.endCoverage", R"sql(
    update ticket.coverage set ended = true where subscription_id = $1
)sql" };
    const Statement pauseCoverageSql { "ticket.pauseCoverage", R"sql(
    update ticket.coverage set paused = true where subscription_id = $1
)sql" };
    const Statement setCoveringSql { "ticket.setCovering", R"sql(
    update ticket.coverage set unpaid = not $2 where subscription_id = $1
)sql" };

    const Statement lockUncoveredSql { "ticket.lockUncovered", R"sql(
    select * from ticket.ticket where customer_id = $1 and coverage = 'unknown' order by id for no key update
)sql" };

} // namespace

Result<QList<TicketRow>> list(Session &session, const TicketFilter &filter)
{
    return listSql.run<TicketRow>(session, filter, filter.before, filter.limit);
}

Result<qint64> count(Session &session, const TicketFilter &filter, int most)
{
    return TRY(countSql.run<qint64>(session, filter, most)).value(0);
}

Result<api::TicketLadder> ladder(Session &session, const TicketFilter &filter)
{
    return TRY(ladderSql.run<api::TicketLadder>(session, filter, api::TicketLadder::step)).value(0);
}

Result<QList<ChangeRow>> history(Session &session, api::TicketId id)
{
    return session.many<ChangeRow>(historySql, id);
}

Result<QList<api::Comment>> comments(Session &session, api::TicketId id)
{
    return session.many<api::Comment>(commentsSql, id);
}

Result<void>
addComment(Session &session, api::TicketId id, api::AccountId author, const api::Comment &comment)
{
    TRY(session.exec(
        addCommentSql, makeUuid7(), id, author, comment.author, comment.authorRole, comment.text, comment.at
    ));
    return {};
}

Result<void> learnCoverage(Session &session, const CoverageRow &row)
{
    TRY(insertCoverage.run(session, { row }));
    return {};
}

Result<void> endCoverage(Session &session, api::SubscriptionId subscription)
{
    TRY(session.exec(endCoverageSql, subscription));
    return {};
}

Result<void> pauseCoverage(Session &session, api::SubscriptionId subscription)
{
    TRY(session.exec(pauseCoverageSql, subscription));
    return {};
}

Result<void> setCovering(Session &session, api::SubscriptionId subscription, bool covers)
{
    TRY(session.exec(setCoveringSql, subscription, covers));
    return {};
}

Result<QList<TicketRow>> lockUncovered(Session &session, api::AccountId customer)
{
    return session.many<TicketRow>(lockUncoveredSql, customer);
}

} // namespace ticket_store

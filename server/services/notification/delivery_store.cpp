#include "server/services/notification/delivery_store.h"

namespace delivery_store {

using notification_store::MessageRow;

namespace {

    const Statement expireSql { "notification.expire", R"sql(
    update notification.message set state = 'expired', trouble = 'It would have come too late.'
    where state = 'waiting' and expires_at <= $1
)sql" };
    const Statement burySql { "notification.bury", R"sql(
    with lost as (
        update notification.message
        set state = 'dead', trouble = 'It was not seen to the end: it may have been sent.', leased_until = null
        where id in (
            select id from notification.message where state = 'sending' and leased_until < $1 for update skip locked
        )
        returning id
    )
    update notification.attempt set ended_at = $1, outcome = 'unknown', detail = 'The server ended meanwhile.'
    where message_id in (select id from lost) and ended_at is null
)sql" };
    const Statement claimSql { "notification.claim", R"sql(
    update notification.message set state = 'sending', leased_until = $3
    where id in (
        select id from notification.message
        where state = 'waiting' and channel = $1 and next_at <= $2 and expires_at > $2
        order by next_at limit $4
        for update skip locked
    )
    returning *
)sql" };
    const Statement attemptSql { "notification.attempt", R"sql(
    insert into notification.attempt (message_id, number, channel, vendor, asked_at)
    select m.id, 1 + (select count(*) from notification.attempt a where a.message_id = m.id), m.channel, $2, $3
    from notification.message m where m.id = any ($1)
)sql" };
    const Statement endAttempt { "notification.endAttempt", R"sql(
    update notification.attempt set ended_at = $2, outcome = $3, detail = $4, vendor_ref = $5
    where message_id = $1 and ended_at is null
)sql" };
    // Who takes a receipt for a message it was never given, or names it otherwise than before, is not
    // believed.
    const Statement followSql { "notification.follow", R"sql(
    update notification.message m
    set delivery = $4, delivery_at = $6, leased_until = null, sent_at = coalesce(sent_at, $6),
        state = case $4 when 'undelivered' then 'dead' else 'sent' end,
        trouble = case $4 when 'undelivered' then 'The vendor could not deliver it: ' || $5 end
    where id = $1 and exists (
        select from notification.attempt a
        where a.message_id = m.id and a.vendor = $2 and coalesce(a.vendor_ref, $3) = $3
    ) and coalesce(array_position(array['accepted', 'sent', 'undelivered', 'delivered'], delivery), 0)
        < array_position(array['accepted', 'sent', 'undelivered', 'delivered'], $4)
)sql" };
    // Who lost the lease has nothing to say any more.
    const Statement settleSql { "notification.settle", R"sql(
    update notification.message
    set state = $2, trouble = $3, tries = $4, next_at = $5, sent_at = $6, leased_until = null
    where id = $1 and state = 'sending'
)sql" };
    const Statement backlogSql { "notification.backlog", R"sql(
    select (select count(*) from notification.message
            where state = 'waiting' and channel = $1 and next_at <= $2) as due,
        (select count(*) from notification.message where state = 'dead' and channel = $1) as dead,
        (select min(next_at) from notification.message
         where state = 'waiting' and channel = $1 and next_at <= $2) as oldest
)sql" };
    const Statement ratesSql { "notification.rates", R"sql(
    select vendor, a.channel, to_char(asked_at at time zone 'UTC', 'YYYY-MM-DD') as day,
        count(*) filter (where outcome = 'sent') as sent,
        count(*) filter (where outcome = 'refused') as refused,
        count(*) filter (where outcome in ('later', 'away')) as put_off,
        count(*) filter (where outcome = 'unknown') as unknown,
        count(*) filter (where delivery = 'delivered' and outcome in ('sent', 'unknown')) as delivered,
        count(*) filter (where delivery = 'undelivered' and outcome in ('sent', 'unknown')) as undelivered,
        coalesce((1000 * extract(epoch from avg(ended_at - asked_at) filter (where outcome = 'sent')))::bigint, 0)
            as latency_ms
    from notification.attempt a join notification.message m on m.id = a.message_id where asked_at >= $1
    group by 1, 2, 3 order by 3 desc, 2, 1
)sql" };

} // namespace

Result<int> expire(Session &session, Instant now)
{
    return session.exec(expireSql, now);
}

Result<int> bury(Session &session, Instant realNow)
{
    return session.exec(burySql, realNow);
}

Result<QList<MessageRow>> claim(Session &session, const Claim &wanted)
{
    const auto rows
        = TRY(session.many<MessageRow>(claimSql, wanted.channel, wanted.now, wanted.leasedUntil, wanted.limit)
        );
    QList<QUuid> ids;
    for (const MessageRow &row : rows)
        ids.append(row.id.uuid());
    if (!ids.isEmpty())
        TRY(session.exec(attemptSql, ids, wanted.vendor, wanted.realNow));
    return rows;
}

Result<void> settle(Session &session, const Settlement &done)
{
    const bool isSent = done.state == api::MessageState::sent;
    const std::optional<QString> trouble = isSent ? std::nullopt : std::optional(done.detail);
    const std::optional<QString> ref
        = done.vendorRef.isEmpty() ? std::nullopt : std::optional(done.vendorRef);
    TRY(session.exec(endAttempt, done.id, done.endedAt, done.outcome, done.detail, ref));
    TRY(session.exec(settleSql, done.id, done.state, trouble, done.tries, done.nextAt, done.sentAt));
    return {};
}

Result<bool> follow(Session &session, const Report &report)
{
    const DeliveryReceipt &receipt = report.receipt;
    const int changed = TRY(session.exec(
        followSql, report.id, report.vendor, receipt.vendorRef, receipt.status, receipt.trouble, report.at
    ));
    return changed > 0;
}

Result<Backlog> backlog(Session &session, api::MessageChannel channel, Instant now)
{
    return session.one<Backlog>(backlogSql, channel, now);
}

Result<QList<api::DeliveryRate>> rates(Session &session, Instant since)
{
    return session.many<api::DeliveryRate>(ratesSql, since);
}

} // namespace delivery_store

#include "server/services/payment/transfer_store.h"

namespace transfer_store {

namespace {

    const Statement insertSql { "payment.insertTransfer", R"sql(
    insert into payment.transfer (id, kind, invoice_id, attempt, customer_id, amount_minor, amount_currency, note,
        next_at, created_at, trace_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict do nothing
)sql" };

    // A later attempt waits until an earlier one has ended: two that are both under way could both succeed.
    const Statement claimSql { "payment.claimTransfers", R"sql(
    with due as materialized (
        select t.id from payment.transfer t
        where t.settled_at is null and t.next_at <= $1 and (t.leased_until is null or t.leased_until <= $1)
            and not exists (
                select from payment.transfer earlier
                where earlier.invoice_id = t.invoice_id and earlier.kind = 'charge' and earlier.settled_at is null
                    and t.kind = 'charge' and earlier.attempt < t.attempt
            )
        order by t.next_at
        limit $3
        for update skip locked
    )
    update payment.transfer t set leased_until = $2, tries = t.tries + 1
    where t.id = any (array(select id from due))
    returning t.*
)sql" };

    const Statement prepareChargesSql { "payment.prepareCharges", R"sql(
    update payment.transfer t set state = 'asking', asked_at = $2, card_id = c.id, card_last4 = c.last4,
        vendor_customer = v.vendor_customer, vendor_method = c.vendor_method
    from payment.card c join payment.customer v on v.account_id = c.account_id
    where t.id = any ($1::uuid[]) and t.kind = 'charge' and t.state = 'pending' and c.account_id = t.customer_id
        and c.is_default and c.removed_at is null and c.vendor_method is not null
        and not exists (
            select from payment.transfer paid
            where paid.invoice_id = t.invoice_id and paid.kind = 'charge' and paid.state = 'done'
        )
    returning t.*
)sql" };

    // What was given back and what is about to be may together not exceed what was taken. One statement sees
    // its own changes not: refunds of one invoice are prepared one by one, in their order, under the lock of
    // their charge.
    const Statement prepareRefundSql { "payment.prepareRefund", R"sql(
    with paid as materialized (
        select c.invoice_id, c.vendor_ref, c.amount_minor, c.amount_currency
        from payment.transfer c join payment.transfer r on r.invoice_id = c.invoice_id
        where r.id = $1 and c.kind = 'charge' and c.state = 'done'
        for update of c
    )
    update payment.transfer t set state = 'asking', asked_at = $2, charge_ref = p.vendor_ref
    from paid p
    where t.id = $1 and t.kind = 'refund' and t.state = 'pending' and t.amount_currency = p.amount_currency
        and t.amount_minor + coalesce((
            select sum(other.amount_minor) from payment.transfer other
            where other.invoice_id = p.invoice_id and other.kind = 'refund' and other.id <> t.id
                and other.state in ('asking', 'done')
        ), 0) <= p.amount_minor
    returning t.*
)sql" };

    const Statement defaultCardSql { "payment.payingCard", R"sql(
    select id from payment.card where account_id = $1 and is_default and removed_at is null
)sql" };

    const Statement isChargedSql { "payment.isCharged", R"sql(
    select exists (
        select from payment.transfer where invoice_id = $1 and kind = 'charge' and state = 'done'
    )
)sql" };

    const Statement settleSql { "payment.settleTransfers", R"sql(
    update payment.transfer t set state = s.state, vendor_ref = coalesce(nullif(s.vendor_ref, ''), t.vendor_ref),
        code = nullif(s.code, ''), reason = nullif(s.reason, ''), hard = s.hard, settled_at = $7,
        leased_until = null, trouble = null
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bool[])
        s (id, state, vendor_ref, code, reason, hard)
    where t.id = s.id and t.settled_at is null
    returning t.*
)sql" };

    const Statement postponeSql { "payment.postponeTransfers", R"sql(
    update payment.transfer t set next_at = p.next_at, leased_until = null, trouble = nullif(p.trouble, ''),
        vendor_ref = coalesce(nullif(p.vendor_ref, ''), t.vendor_ref),
        asked_at = case when p.is_unheard_of then $6::timestamptz else t.asked_at end
    from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bool[])
        p (id, next_at, vendor_ref, trouble, is_unheard_of)
    where t.id = p.id and t.settled_at is null
)sql" };

    const Statement hastenSql { "payment.hastenTransfer", R"sql(
    update payment.transfer set next_at = $2 where id = $1 and settled_at is null and next_at > $2
)sql" };

    const Statement nextDueSql { "payment.nextTransfer", R"sql(
    select (
        select greatest(next_at, leased_until) from payment.transfer where settled_at is null
        order by greatest(next_at, leased_until) limit 1
    )
)sql" };

    const Statement countsSql { "payment.countTransfers", R"sql(
    select count(*) as open, count(*) filter (where tries >= $1) as stuck,
        (array_agg(trouble order by created_at) filter (where tries >= $1))[1] as trouble
    from payment.transfer where settled_at is null
)sql" };

    const Statement takeWebhookSql { "payment.takeWebhook", R"sql(
    insert into payment.webhook (id, at) values ($1, $2) on conflict do nothing
)sql" };

    const Statement forgetWebhooksSql { "payment.forgetWebhooks",
                                        "delete from payment.webhook where at < $1" };

} // namespace

Result<bool> insert(Session &session, const TransferRow &row, Instant nextAt)
{
    return TRY(session.exec(
               insertSql,
               row.id,
               row.kind,
               row.invoiceId,
               row.attempt,
               row.customerId,
               row.amount.minor,
               row.amount.currency,
               row.note,
               nextAt,
               row.createdAt,
               row.traceId
           ))
        == 1;
}

Result<QList<TransferRow>> claim(Session &session, Instant now, Instant leaseUntil, int limit)
{
    return session.many<TransferRow>(claimSql, now, leaseUntil, limit);
}

Result<QList<TransferRow>> prepare(Session &session, const QList<TransferRow> &pending, Instant now)
{
    QList<QUuid> charges;
    QList<TransferRow> prepared;
    for (const TransferRow &row : pending) {
        if (row.kind == TransferKind::charge)
            charges.append(row.id);
        else if (const auto refund = TRY(session.maybe<TransferRow>(prepareRefundSql, row.id, now)))
            prepared.append(*refund);
    }
    if (!charges.isEmpty())
        prepared += TRY(session.many<TransferRow>(prepareChargesSql, charges, now));
    return prepared;
}

Result<std::optional<api::CardId>> defaultCard(Session &session, api::AccountId customer)
{
    return session.maybe<api::CardId>(defaultCardSql, customer);
}

Result<bool> isCharged(Session &session, api::InvoiceId invoice)
{
    return session.one<bool>(isChargedSql, invoice);
}

Result<QList<TransferRow>> settle(Session &session, const QList<Settlement> &settlements, Instant at)
{
    if (settlements.isEmpty())
        return QList<TransferRow>();
    QList<QUuid> ids;
    QList<QString> states;
    QList<QString> refs;
    QList<QString> codes;
    QList<QString> reasons;
    QList<bool> hards;
    for (const Settlement &each : settlements) {
        ids.append(each.id);
        states.append(enumName(each.state));
        refs.append(each.vendorRef);
        codes.append(each.code);
        reasons.append(each.reason);
        hards.append(each.hard);
    }
    return session.many<TransferRow>(settleSql, ids, states, refs, codes, reasons, hards, at);
}

Result<void> postpone(Session &session, const QList<Postponement> &postponements, Instant now)
{
    if (postponements.isEmpty())
        return {};
    QList<QUuid> ids;
    QList<Instant> times;
    QList<QString> refs;
    QList<QString> troubles;
    QList<bool> unheard;
    for (const Postponement &each : postponements) {
        ids.append(each.id);
        times.append(each.nextAt);
        refs.append(each.vendorRef);
        troubles.append(each.trouble);
        unheard.append(each.isUnheardOf);
    }
    TRY(session.exec(postponeSql, ids, times, refs, troubles, unheard, now));
    return {};
}

Result<bool> hasten(Session &session, const QUuid &id, Instant now)
{
    return TRY(session.exec(hastenSql, id, now)) == 1;
}

Result<std::optional<Instant>> nextDue(Session &session)
{
    return session.one<std::optional<Instant>>(nextDueSql);
}

Result<TransferCounts> counts(Session &session, int triesUntilStuck)
{
    return session.one<TransferCounts>(countsSql, triesUntilStuck);
}

Result<bool> takeWebhook(Session &session, const QString &id, Instant at)
{
    return TRY(session.exec(takeWebhookSql, id, at)) == 1;
}

Result<void> forgetWebhooks(Session &session, Instant before)
{
    TRY(session.exec(forgetWebhooksSql, before));
    return {};
}

} // namespace transfer_store

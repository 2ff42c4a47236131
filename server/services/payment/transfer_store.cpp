#include "server/services/payment/transfer_store.h"

namespace transfer_store {

namespace {

    const Statement insertSql { "payment.insertTransfer", R"sql(
    insert into payment.transfer (id, kind, invoice_id, attempt, customer_id, amount_minor, amount_currency, note,
        next_at, created_at, trace_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    on conflict do nothing
)sql" };

    const Statement claimSql { "payment.claimTransfers", "select * from payment.claim($1, $2, $3)" };

    const Statement prepareChargesSql { "payment.prepareCharges",
                                        "select * from payment.prepare_charges($1, $2)" };

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

    const Statement settleSql { "payment.settleTransfers",
                                "select * from payment.settle($1, $2, $3, $4, $5, $6, $7)" };

    const Statement postponeSql { "payment.postponeTransfers",
                                  "select payment.postpone($1, $2, $3, $4, $5, $6)" };

    const Statement hastenSql { "payment.hastenTransfer", R"sql(
    update payment.transfer set next_at = $2 where id = $1 and settled_at is null and next_at > $2
)sql" };

    const Statement nextDueSql { "payment.nextTransfer", "select payment.next_due()" };

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

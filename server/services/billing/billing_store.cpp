#include "server/services/billing/billing_store.h"

#include "server/db/record.h"

using namespace Qt::StringLiterals;

namespace billing_store {

namespace {

    const Statement knowSql { "billing.knowSubscription", R"sql(
    insert into billing.subscription (id, customer_id) values ($1, $2) on conflict do nothing
)sql" };
    const Statement lockSubscription { "billing.lockSubscription",
                                       "select * from billing.subscription where id = $1 for update" };
    const Statement endSubscription { "billing.endSubscription", R"sql(
    update billing.subscription set ended_at = $2 where id = $1 and ended_at is null
)sql" };

    const Statement isBilled { "billing.isBilled", R"sql(
    select exists (select from billing.invoice where subscription_id = $1 and bill_number = $2)
)sql" };
    const Statement nextNumber { "billing.nextNumber", R"sql(
    update billing.counter set last = last + 1 where name = 'invoice' returning last
)sql" };
    const RecordInsert<InvoiceRow> insertInvoice { "billing.insertInvoice", "billing.invoice" };
    const Statement findInvoice { "billing.findInvoice", "select * from billing.invoice where id = $1" };
    const Statement lockInvoice { "billing.lockInvoice",
                                  "select * from billing.invoice where id = $1 for update" };
    const Statement lockOpenSql { "billing.lockOpen", R"sql(
    select * from billing.invoice where customer_id = $1 and state = 'open' order by number for update
)sql" };
    const Statement openSql { "billing.open", R"sql(
    select * from billing.invoice where customer_id = $1 and state = 'open' order by number
)sql" };
    const Statement hasLostSql { "billing.hasLost", R"sql(
    select exists (select from billing.invoice where customer_id = $1 and state = 'uncollectible')
        and not exists (select from billing.subscription where customer_id = $1 and ended_at is null)
)sql" };
    const Statement pageSql { "billing.invoicePage", R"sql(
    select * from billing.invoice where customer_id = $1 and number < $2 order by number desc limit $3
)sql" };
    const Statement updateInvoice { "billing.updateInvoice", R"sql(
    update billing.invoice set state = $2, attempt = $3, is_asking = $4, needs_card = $5, has_new_card = $6,
        paid_at = $7, card_last4 = $8, trouble = $9, refunded_minor = $10
    where id = $1
)sql" };

    const RecordInsert<RefundRow> insertRefund { "billing.insertRefund",
                                                 "billing.refund",
                                                 "on conflict (id) do nothing" };
    const Statement lockRefund { "billing.lockRefund",
                                 "select * from billing.refund where id = $1 for update" };
    const Statement updateRefund { "billing.updateRefund", R"sql(
    update billing.refund set state = $2, trouble = $3, credit_number = $4, done_at = $5 where id = $1
)sql" };
    const Statement findRefund { "billing.findRefund", "select * from billing.refund where id = $1" };
    const Statement nextCreditNumberSql { "billing.nextCreditNumber", R"sql(
    update billing.counter set last = last + 1 where name = 'credit_note' returning last
)sql" };
    const Statement refundsSql { "billing.refunds",
                                 "select * from billing.refund where invoice_id = $1 order by asked_at, id" };

    const Statement isOverdueSql { "billing.isOverdue", R"sql(
    select exists (
        select from billing.dunning d join billing.invoice i on i.id = d.invoice_id where i.subscription_id = $1
    )
)sql" };
    const Statement stepsSql { "billing.dunningSteps", R"sql(
    select place, after_days, standing, retries from billing.dunning_step where ladder = $1 order by place
)sql" };
    const Statement dunningSql { "billing.dunning", "select * from billing.dunning where invoice_id = $1" };
    const RecordInsert<DunningRow> putDunning {
        "billing.putDunning",
        "billing.dunning",
        "on conflict (invoice_id) do update set place = excluded.place, "
        "next_at = excluded.next_at"
    };
    const Statement endDunningSql { "billing.endDunning",
                                    "delete from billing.dunning where invoice_id = $1" };

    const Statement taxRatesSql { "billing.taxRates", R"sql(
    select s.us_state, coalesce(now.basis_points, 0) as basis_points, now.from_at as since,
        coalesce(now.made_by_name, '') as made_by_name, next.basis_points as next_basis_points,
        next.from_at as next_from
    from (select distinct us_state from billing.tax_rate) s
        left join lateral (
            select * from billing.tax_rate r where r.us_state = s.us_state and r.from_at <= $1
            order by r.from_at desc limit 1
        ) now on true
        left join lateral (
            select * from billing.tax_rate r where r.us_state = s.us_state and r.from_at > $1
            order by r.from_at limit 1
        ) next on true
    order by s.us_state
)sql" };
    const Statement taxRateSql { "billing.taxRate", R"sql(
    select basis_points from billing.tax_rate where us_state = $1 and from_at <= $2 order by from_at desc limit 1
)sql" };
    const RecordInsert<TaxRateRow> putTaxRate {
        "billing.putTaxRate",
        "billing.tax_rate",
        "on conflict (us_state, from_at) do update set basis_points = excluded.basis_points, made_by = "
        "excluded.made_by, made_by_name = excluded.made_by_name, made_at = excluded.made_at"
    };
    const Statement dropTaxRatesSql { "billing.dropTaxRates", R"sql(
    delete from billing.tax_rate where us_state = $1 and from_at > $2
)sql" };
    const Statement owedSql { "billing.owed", R"sql(
    select coalesce(sum(amount_minor), 0)::bigint from billing.entry
    where customer_id = $1 and currency = $2 and at < $3 and account = 'receivable'
)sql" };
    const Statement movementsSql { "billing.movements", R"sql(
    select e.transaction_id, e.reason, min(e.at) as at, i.number, i.text, i.card_last4,
        coalesce(sum(e.amount_minor) filter (where e.account = 'receivable'), 0)::bigint as receivable_minor,
        coalesce(sum(e.amount_minor) filter (where e.account = 'vendor'), 0)::bigint as vendor_minor
    from billing.entry e join billing.invoice i on i.id = e.invoice_id
    where e.customer_id = $1 and e.currency = $2 and e.at >= $3 and e.at < $4
    group by e.transaction_id, e.reason, i.number, i.text, i.card_last4
    order by min(e.at), i.number,
        array_position(array['issued', 'voided', 'written_off', 'paid', 'refunded'], e.reason), e.transaction_id
    limit $5
)sql" };
    const Statement refundsDoneSql { "billing.refundsDone", R"sql(
    select r.* from billing.refund r join billing.invoice i on i.id = r.invoice_id
    where i.customer_id = $1 and i.currency = $2 and r.done_at >= $3 and r.done_at < $4
)sql" };
    const RecordInsert<EntryRow> insertEntries { "billing.insertEntries",
                                                 "billing.entry",
                                                 "on conflict do nothing" };

} // namespace

Result<void> know(Session &session, api::SubscriptionId id, api::AccountId customer)
{
    TRY(session.exec(knowSql, id, customer));
    return {};
}

Result<std::optional<BilledSubscriptionRow>> lock(Session &session, api::SubscriptionId id)
{
    return session.maybe<BilledSubscriptionRow>(lockSubscription, id);
}

Result<void> end(Session &session, api::SubscriptionId id, Instant at)
{
    TRY(session.exec(endSubscription, id, at));
    return {};
}

Result<std::optional<InvoiceRow>> issue(Session &session, InvoiceRow row)
{
    // Asked before a number is taken, which would be missing otherwise; the caller's lock on the subscription
    // keeps the answer true.
    if (TRY(session.one<bool>(isBilled, row.subscriptionId, row.billNumber)))
        return std::optional<InvoiceRow>();
    row.number = TRY(session.one<qint64>(nextNumber));
    TRY(insertInvoice.run(session, { row }));
    return std::optional(row);
}

Result<std::optional<InvoiceRow>> lock(Session &session, api::InvoiceId id)
{
    return session.maybe<InvoiceRow>(lockInvoice, id);
}

Result<std::optional<InvoiceRow>> find(Session &session, api::InvoiceId id)
{
    return session.maybe<InvoiceRow>(findInvoice, id);
}

Result<void> update(Session &session, const InvoiceRow &row)
{
    TRY(session.exec(
        updateInvoice,
        row.id,
        row.state,
        row.attempt,
        row.isAsking,
        row.needsCard,
        row.hasNewCard,
        row.paidAt,
        row.cardLast4,
        row.trouble,
        row.refundedMinor
    ));
    return {};
}

Result<QList<InvoiceRow>> lockOpen(Session &session, api::AccountId customer)
{
    return session.many<InvoiceRow>(lockOpenSql, customer);
}

Result<QList<InvoiceRow>> open(Session &session, api::AccountId customer)
{
    return session.many<InvoiceRow>(openSql, customer);
}

Result<bool> hasLost(Session &session, api::AccountId customer)
{
    return session.one<bool>(hasLostSql, customer);
}

Result<QList<InvoiceRow>>
page(Session &session, api::AccountId customer, std::optional<qint64> before, int limit)
{
    constexpr qint64 beyondAll = std::numeric_limits<qint64>::max();
    return session.many<InvoiceRow>(pageSql, customer, before.value_or(beyondAll), limit);
}

Result<bool> insert(Session &session, const RefundRow &row)
{
    return TRY(insertRefund.run(session, { row })) == 1;
}

Result<std::optional<RefundRow>> lock(Session &session, api::RefundId id)
{
    return session.maybe<RefundRow>(lockRefund, id);
}

Result<void> update(Session &session, const RefundRow &row)
{
    TRY(session.exec(updateRefund, row.id, row.state, row.trouble, row.creditNumber, row.doneAt));
    return {};
}

Result<QList<RefundRow>> refunds(Session &session, api::InvoiceId invoice)
{
    return session.many<RefundRow>(refundsSql, invoice);
}

Result<std::optional<RefundRow>> find(Session &session, api::RefundId id)
{
    return session.maybe<RefundRow>(findRefund, id);
}

Result<qint64> nextCreditNumber(Session &session)
{
    return session.one<qint64>(nextCreditNumberSql);
}

Result<qint64> owed(Session &session, const AccountSpan &span)
{
    return session.one<qint64>(owedSql, span.customerId, span.currency, span.from);
}

Result<QList<MovementRow>> movements(Session &session, const AccountSpan &span, int limit)
{
    return session.many<MovementRow>(movementsSql, span.customerId, span.currency, span.from, span.to, limit);
}

Result<QList<RefundRow>> refundsDone(Session &session, const AccountSpan &span)
{
    return session.many<RefundRow>(refundsDoneSql, span.customerId, span.currency, span.from, span.to);
}

Result<bool> isOverdue(Session &session, api::SubscriptionId id)
{
    return session.one<bool>(isOverdueSql, id);
}

Result<QList<DunningStepRow>> dunningSteps(Session &session, bool isPurchase)
{
    return session.many<DunningStepRow>(stepsSql, isPurchase ? u"purchase"_s : u"renewal"_s);
}

Result<std::optional<DunningRow>> dunning(Session &session, api::InvoiceId invoice)
{
    return session.maybe<DunningRow>(dunningSql, invoice);
}

Result<void> put(Session &session, const DunningRow &row)
{
    TRY(putDunning.run(session, { row }));
    return {};
}

Result<bool> endDunning(Session &session, api::InvoiceId invoice)
{
    return TRY(session.exec(endDunningSql, invoice)) == 1;
}

Result<QList<api::TaxRate>> taxRates(Session &session, Instant now)
{
    return session.many<api::TaxRate>(taxRatesSql, now);
}

Result<int> taxRate(Session &session, const QString &usState, Instant at)
{
    return TRY(session.maybe<int>(taxRateSql, usState, at)).value_or(0);
}

Result<void> put(Session &session, const TaxRateRow &row)
{
    TRY(putTaxRate.run(session, { row }));
    return {};
}

Result<void> dropTaxRatesAfter(Session &session, const QString &usState, Instant at)
{
    TRY(session.exec(dropTaxRatesSql, usState, at));
    return {};
}

Result<void> enter(Session &session, const QList<EntryRow> &entries)
{
    QList<EntryRow> moving = entries;
    moving.removeIf([](const EntryRow &entry) { return entry.amountMinor == 0; });
    TRY(insertEntries.run(session, moving));
    return {};
}

} // namespace billing_store

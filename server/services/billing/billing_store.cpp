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
    const Statement updateRefund { "billing.updateRefund",
                                   "update billing.refund set state = $2, trouble = $3 where id = $1" };
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

    const Statement taxRateSql { "billing.taxRate", R"sql(
    select basis_points from billing.tax_rate where us_state = $1
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
    TRY(session.exec(updateRefund, row.id, row.state, row.trouble));
    return {};
}

Result<QList<RefundRow>> refunds(Session &session, api::InvoiceId invoice)
{
    return session.many<RefundRow>(refundsSql, invoice);
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

Result<int> taxRate(Session &session, const QString &usState)
{
    return TRY(session.maybe<int>(taxRateSql, usState)).value_or(0);
}

Result<void> enter(Session &session, const QList<EntryRow> &entries)
{
    QList<EntryRow> moving = entries;
    moving.removeIf([](const EntryRow &entry) { return entry.amountMinor == 0; });
    TRY(insertEntries.run(session, moving));
    return {};
}

} // namespace billing_store

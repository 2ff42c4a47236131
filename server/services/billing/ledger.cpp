#include "server/services/billing/ledger.h"

#include "server/services/billing/billing_rules.h"

using namespace Qt::StringLiterals;

namespace ledger {

namespace {

    const QString receivable = u"receivable"_s; // what customers owe
    const QString revenue = u"revenue"_s;
    const QString tax = u"tax"_s; // what we owe the states
    const QString vendor = u"vendor"_s; // what the payment vendor has taken in for us
    const QString lost = u"lost"_s;

    const QUuid space(0x0d9a1c67, 0x6a5d, 0x4be1, 0xa1, 0x4f, 0x34, 0x8e, 0x0b, 0x77, 0x90, 0x12);

    struct Side
    {
        QString account;
        qint64 minor;
    };

    TransactionId idOf(const QUuid &about, EntryReason reason)
    {
        const QByteArray name = about.toRfc4122() + ' ' + enumName(reason).toUtf8();
        return TransactionId(QUuid::createUuidV5(space, name));
    }

    Result<void> write(
        Session &session,
        const InvoiceRow &invoice,
        const QUuid &about,
        EntryReason reason,
        Instant at,
        const QList<Side> &sides
    )
    {
        const TransactionId id = idOf(about, reason);
        QList<EntryRow> entries;
        for (const Side &side : sides)
            entries.append(
                { id, side.account, side.minor, invoice.currency, invoice.customerId, invoice.id, reason, at }
            );
        return billing_store::enter(session, entries);
    }

} // namespace

Result<void> issued(Session &session, const InvoiceRow &invoice)
{
    return write(
        session,
        invoice,
        invoice.id.uuid(),
        EntryReason::issued,
        invoice.issuedAt,
        { { receivable, invoice.total().minor }, { revenue, -invoice.netMinor }, { tax, -invoice.taxMinor } }
    );
}

Result<void> paid(Session &session, const InvoiceRow &invoice, const Money &amount, Instant at)
{
    if (amount != invoice.total())
        return fail(Problem::internal(u"the invoice %1 was paid with another amount"_s.arg(invoice.number)));
    const bool isLate = invoice.state == api::InvoiceState::uncollectible;
    return write(
        session,
        invoice,
        invoice.id.uuid(),
        EntryReason::paid,
        at,
        { { vendor, amount.minor }, { isLate ? lost : receivable, -amount.minor } }
    );
}

Result<void> writtenOff(Session &session, const InvoiceRow &invoice, Instant at)
{
    const qint64 total = invoice.total().minor;
    return write(
        session,
        invoice,
        invoice.id.uuid(),
        EntryReason::written_off,
        at,
        { { lost, total }, { receivable, -total } }
    );
}

Result<void> voided(Session &session, const InvoiceRow &invoice, Instant at)
{
    return write(
        session,
        invoice,
        invoice.id.uuid(),
        EntryReason::voided,
        at,
        { { receivable, -invoice.total().minor }, { revenue, invoice.netMinor }, { tax, invoice.taxMinor } }
    );
}

TransactionId transactionOf(api::RefundId refund)
{
    return idOf(refund.uuid(), EntryReason::refunded);
}

Result<void> refunded(Session &session, const InvoiceRow &invoice, const RefundRow &refund, Instant at)
{
    const qint64 taxPart
        = billing_rules::taxWithin(refund.amountMinor, invoice.taxMinor, invoice.total().minor);
    return write(
        session,
        invoice,
        refund.id.uuid(),
        EntryReason::refunded,
        at,
        { { revenue, refund.amountMinor - taxPart }, { tax, taxPart }, { vendor, -refund.amountMinor } }
    );
}

} // namespace ledger

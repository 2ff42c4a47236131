#include "server/services/billing/billing_words.h"

#include "server/http/cursor.h"

#include <QLocale>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace {

// Of this installation's invoice ids.
const QUuid invoiceSpace(0x6b0f7c52, 0x3f0e, 0x4c55, 0x9d, 0x0a, 0x5e, 0x6f, 0x57, 0x0c, 0x21, 0x88);

struct InvoiceCursor
{
    qint64 number = 0;
};
BOOST_DESCRIBE_STRUCT(InvoiceCursor, (), (number))

} // namespace

QString spokenNumber(const InvoiceRow &row)
{
    return u"I-%1"_s.arg(row.number);
}

QString spokenCreditNumber(qint64 number)
{
    return u"C-%1"_s.arg(number);
}

QString spoken(const Money &amount)
{
    const QLocale locale(QLocale::English, QLocale::UnitedStates);
    const auto minor
        = amount.minor < 0 ? -static_cast<quint64>(amount.minor) : static_cast<quint64>(amount.minor);
    const QString currency = amount.currency == "USD"_L1 ? u"$"_s : amount.currency + u' ';
    return (amount.minor < 0 ? u"\u2212"_s : QString()) + currency + locale.toString(minor / 100) + u'.'
        + QString::number(minor % 100).rightJustified(2, u'0');
}

QString spokenDay(Instant instant, const QString &zone)
{
    const QLocale locale(QLocale::English, QLocale::UnitedStates);
    const QTimeZone there(zone.toLatin1());
    const QDateTime time = toDateTime(instant);
    return locale.toString((there.isValid() ? time.toTimeZone(there) : time).date(), u"MMM d, yyyy"_s);
}

api::Invoice toInvoice(const InvoiceRow &row)
{
    return {
        .id = row.id,
        .number = spokenNumber(row),
        .customerId = row.customerId,
        .subscriptionId = row.subscriptionId,
        .text = row.text,
        .lines = row.lines,
        .from = row.fromAt,
        .until = row.untilAt,
        .net = { row.netMinor, row.currency },
        .tax = { row.taxMinor, row.currency },
        .total = row.total(),
        .state = row.state,
        .issuedAt = row.issuedAt,
        .paidAt = row.paidAt,
        .cardLast4 = row.cardLast4,
        .trouble = row.trouble,
        .refunded = { row.refundedMinor, row.currency },
    };
}

api::Refund toRefund(const RefundRow &row, const QString &currency)
{
    api::Refund refund {
        row.id, row.invoiceId, { row.amountMinor, currency }, row.reason, row.state, row.askedAt, row.trouble,
        {},     row.doneAt
    };
    if (row.creditNumber)
        refund.creditNote = spokenCreditNumber(*row.creditNumber);
    return refund;
}

api::InvoiceId invoiceId(api::SubscriptionId subscription, int billNumber)
{
    const QByteArray name = subscription.uuid().toRfc4122() + ' ' + QByteArray::number(billNumber);
    return api::InvoiceId(QUuid::createUuidV5(invoiceSpace, name));
}

QString mayDo(Standing standing, bool isPurchase)
{
    if (isPurchase && standing == Standing::cancelled)
        return u"The plan was not paid and did not begin. It can be bought again."_s;
    if (isPurchase && standing != Standing::good)
        return u"The plan begins when its first bill is paid."_s;
    switch (standing) {
    case Standing::good:
        return u"Everything is paid."_s;
    case Standing::warned:
        return u"The plan goes on as before; a payment is overdue."_s;
    case Standing::restricted:
        return u"Tickets that are open go on; new ones are taken, but are not covered until the payment is made."_s;
    case Standing::suspended:
        return u"The plan is suspended: nothing new is covered until the payment is made."_s;
    case Standing::cancelled:
        return u"The plan has ended because it was not paid. It can be bought again."_s;
    }
    Q_UNREACHABLE();
}

QString atTheDoor(Standing standing)
{
    switch (standing) {
    case Standing::good:
    case Standing::warned:
        return {};
    case Standing::restricted:
        return u"A payment is overdue: do what the ticket says, and ask the office before anything more."_s;
    case Standing::suspended:
        return u"The plan is suspended: ask the office before you begin."_s;
    case Standing::cancelled:
        return u"The plan has ended: ask the office before you begin."_s;
    }
    Q_UNREACHABLE();
}

Problem noSuchInvoice()
{
    return Problem::notFound(u"There is no such invoice of yours."_s);
}

QString toInvoiceCursor(qint64 number)
{
    return toCursor(InvoiceCursor { number });
}

Result<qint64> fromInvoiceCursor(const api::Cursor &cursor)
{
    return TRY(fromCursor<InvoiceCursor>(cursor)).number;
}

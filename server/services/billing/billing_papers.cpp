#include "server/services/billing/billing_papers.h"

#include "server/services/billing/billing_rules.h"
#include "server/services/billing/billing_words.h"

using namespace Qt::StringLiterals;

namespace billing_papers {

namespace {

    constexpr auto atRight = pdf::Column::Align::right;

    QStringList linesOf(const Payer &payer)
    {
        return QStringList { payer.name } + payer.address;
    }

    Payer payerOf(const InvoiceRow &row)
    {
        return row.billedTo.value_or(Payer {});
    }

    QString percent(int basisPoints)
    {
        QString text = u"%1.%2"_s.arg(basisPoints / 100).arg(basisPoints % 100, 2, 10, QChar(u'0'));
        while (text.endsWith(u'0') || text.endsWith(u'.')) {
            const bool isWhole = text.endsWith(u'.');
            text.chop(1);
            if (isWhole)
                break;
        }
        return text + u'%';
    }

    QString taxWords(const InvoiceRow &row)
    {
        if (!row.taxBasisPoints || row.taxMinor == 0)
            return u"Tax"_s;
        return u"Tax, %1 %2"_s.arg(payerOf(row).usState, percent(*row.taxBasisPoints));
    }

    QString stateWords(const InvoiceRow &row)
    {
        const QString &zone = payerOf(row).zone;
        switch (row.state) {
        case api::InvoiceState::open:
            return u"Due now"_s;
        case api::InvoiceState::paid:
            return row.paidAt ? u"Paid on "_s + spokenDay(*row.paidAt, zone) : u"Paid"_s;
        case api::InvoiceState::uncollectible:
            return u"Not paid"_s;
        case api::InvoiceState::voided:
            return u"Nothing owed"_s;
        }
        Q_UNREACHABLE();
    }

    pdf::Document letter(const QString &title, const QStringList &issuer, Instant madeAt)
    {
        pdf::Document document;
        document.title = title;
        document.issuer = issuer;
        document.madeAt = toDateTime(madeAt);
        return document;
    }

} // namespace

pdf::Document invoice(const InvoiceRow &row, const QStringList &issuer)
{
    const Payer payer = payerOf(row);
    pdf::Document document = letter(u"Bill"_s, issuer, row.issuedAt);
    document.recipient = linesOf(payer);
    document.facts = { { u"Number"_s, spokenNumber(row) },
                       { u"Date"_s, spokenDay(row.issuedAt, payer.zone) },
                       { u"Status"_s, stateWords(row) } };
    if (row.state == api::InvoiceState::paid && row.cardLast4)
        document.facts.append({ u"Paid with"_s, u"card ending in "_s + *row.cardLast4 });
    document.columns = { { u"What for"_s, 4 }, { u"Amount"_s, 1, atRight } };
    for (const api::InvoiceLine &line : row.lines)
        document.rows.append({ line.text, spoken(line.net) });
    document.sums = { { u"Net"_s, spoken({ row.netMinor, row.currency }) },
                      { taxWords(row), spoken({ row.taxMinor, row.currency }) },
                      { u"Total"_s, spoken(row.total()) } };
    if (row.state == api::InvoiceState::open)
        document.notes.append(u"It is charged to the card of your account; there is nothing to send."_s);
    if (row.state == api::InvoiceState::voided)
        document.notes.append(u"The plan did not begin, so nothing is owed for it."_s);
    if (row.refundedMinor > 0)
        document.notes.append(u"Given back of it so far: %1, each with a credit note."_s.arg(
            spoken({ row.refundedMinor, row.currency })
        ));
    document.footer = u"%1 \u00b7 Bill %2"_s.arg(issuer.value(0), spokenNumber(row));
    return document;
}

pdf::Document creditNote(const RefundRow &refund, const InvoiceRow &invoice, const QStringList &issuer)
{
    const Payer payer = payerOf(invoice);
    const QString number = spokenCreditNumber(refund.creditNumber.value_or(0));
    const Instant at = refund.doneAt.value_or(refund.askedAt);
    pdf::Document document = letter(u"Credit note"_s, issuer, at);
    document.recipient = linesOf(payer);
    document.facts = { { u"Number"_s, number },
                       { u"Date"_s, spokenDay(at, payer.zone) },
                       { u"For bill"_s, spokenNumber(invoice) } };
    if (invoice.cardLast4)
        document.facts.append({ u"Given back to"_s, u"card ending in "_s + *invoice.cardLast4 });
    document.columns = { { u"What for"_s, 4 }, { u"Amount"_s, 1, atRight } };
    document.rows = { { invoice.text, spoken({ refund.amountMinor, invoice.currency }) } };
    const qint64 tax = billing_rules::taxWithin(refund.amountMinor, invoice.taxMinor, invoice.total().minor);
    document.sums = { { u"Net"_s, spoken({ refund.amountMinor - tax, invoice.currency }) },
                      { taxWords(invoice), spoken({ tax, invoice.currency }) },
                      { u"Given back"_s, spoken({ refund.amountMinor, invoice.currency }) } };
    document.footer = u"%1 \u00b7 Credit note %2"_s.arg(issuer.value(0), number);
    return document;
}

pdf::Document
statement(const api::Statement &statement, const Payer &payer, const QStringList &issuer, Instant madeAt)
{
    pdf::Document document = letter(u"Statement"_s, issuer, madeAt);
    document.recipient = linesOf(payer);
    const QString first = spokenDay(statement.from, payer.zone);
    const QString last = spokenDay(statement.to - std::chrono::milliseconds(1), payer.zone);
    document.facts = { { u"From"_s, first }, { u"To"_s, last } };
    document.columns
        = { { u"Date"_s, 1.3 }, { u"What"_s, 4.2 }, { u"Amount"_s, 1, atRight }, { u"Owed"_s, 1, atRight } };
    document.rows.append({ first, u"Owed before"_s, {}, spoken(statement.opening) });
    for (const api::StatementLine &line : statement.lines)
        document.rows.append(
            { spokenDay(line.at, payer.zone), line.text, spoken(line.amount), spoken(line.balance) }
        );
    document.sums = { { u"Owed at the end"_s, spoken(statement.closing) } };
    document.footer = u"%1 \u00b7 Statement %2 to %3"_s.arg(issuer.value(0), first, last);
    return document;
}

} // namespace billing_papers

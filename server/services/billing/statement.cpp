#include "server/services/billing/statement.h"

#include "server/services/billing/billing_words.h"
#include "server/services/billing/ledger.h"

using namespace Qt::StringLiterals;

namespace {

constexpr int mostLines = 2000;

// Lines with a running balance.
class Lines
{
public:
    explicit Lines(api::Statement &statement)
        : m_statement(statement)
    {
        m_statement.closing = m_statement.opening;
    }

    void add(Instant at, const QString &text, qint64 minor)
    {
        m_statement.closing.minor += minor;
        m_statement.lines.append({ at, text, { minor, m_statement.closing.currency }, m_statement.closing });
    }

private:
    api::Statement &m_statement;
};

QString billOf(const MovementRow &row)
{
    return u"Bill I-%1"_s.arg(row.number);
}

void tell(Lines &lines, const MovementRow &row, const QHash<TransactionId, QString> &credits)
{
    const QString card = row.cardLast4
        ? u"%1 paid with the card ending in %2"_s.arg(billOf(row), *row.cardLast4)
        : billOf(row) + " paid"_L1;
    switch (row.reason) {
    case EntryReason::issued:
        return lines.add(row.at, billOf(row) + ": "_L1 + row.text, row.receivableMinor);
    case EntryReason::paid:
        // What had been given up is owed again for as long as it takes to pay it.
        if (row.receivableMinor == 0)
            lines.add(row.at, billOf(row) + " taken up again"_L1, row.vendorMinor);
        return lines.add(row.at, card, -row.vendorMinor);
    case EntryReason::written_off:
        return lines.add(row.at, billOf(row) + " given up: the plan has ended"_L1, row.receivableMinor);
    case EntryReason::voided:
        return lines.add(row.at, billOf(row) + " taken back: the plan did not begin"_L1, row.receivableMinor);
    case EntryReason::refunded: {
        const QString note = credits.value(row.transactionId);
        lines.add(
            row.at,
            u"Credit note %1 for %2"_s.arg(note, billOf(row).toLower().replace(u"i-"_s, u"I-"_s)),
            row.vendorMinor
        );
        return lines.add(row.at, note + " given back to the card"_L1, -row.vendorMinor);
    }
    }
}

} // namespace

Result<api::Statement> statementOf(Session &session, const AccountSpan &span)
{
    QHash<TransactionId, QString> credits;
    for (const RefundRow &refund : TRY(billing_store::refundsDone(session, span)))
        credits.insert(ledger::transactionOf(refund.id), spokenCreditNumber(*refund.creditNumber));
    const QList<MovementRow> rows = TRY(billing_store::movements(session, span, mostLines + 1));
    if (rows.size() > mostLines)
        return fail(Problem::invalid(u"/to"_s, u"makes the statement longer than %1 lines"_s.arg(mostLines)));
    api::Statement statement { span.customerId, span.from, span.to, {}, {}, {} };
    statement.opening = { TRY(billing_store::owed(session, span)), span.currency };
    Lines lines(statement);
    for (const MovementRow &row : rows)
        tell(lines, row, credits);
    return statement;
}

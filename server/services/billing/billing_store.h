#pragma once

#include "server/db/session.h"
#include "server/services/billing/billing_events.h"
#include "server/services/timer/recurrence.h"

struct BilledSubscriptionRow
{
    api::SubscriptionId id;
    api::AccountId customerId;
    std::optional<Instant> endedAt;
};
BOOST_DESCRIBE_STRUCT(BilledSubscriptionRow, (), (id, customerId, endedAt))

// Whom a bill is written to.
struct Payer
{
    QString name;
    QStringList address; // lines
    QString usState; // whose tax is on it; empty where none is known
    QString zone; // IANA: the days that papers name are days there
};
BOOST_DESCRIBE_STRUCT(Payer, (), (name, address, usState, zone))

struct InvoiceRow
{
    api::InvoiceId id;
    qint64 number = 0;
    api::SubscriptionId subscriptionId;
    int billNumber = 1; // among those of its subscription
    bool isPurchase = false;
    api::AccountId customerId;
    QString text;
    QList<api::InvoiceLine> lines;
    Instant fromAt;
    Instant untilAt;
    qint64 netMinor = 0;
    qint64 taxMinor = 0;
    QString currency;
    api::InvoiceState state = api::InvoiceState::open;
    int attempt = 0;
    bool isAsking = false;
    bool needsCard = false;
    bool hasNewCard = false;
    Instant issuedAt;
    std::optional<Instant> paidAt;
    std::optional<QString> cardLast4;
    std::optional<QString> trouble;
    qint64 refundedMinor = 0;
    std::optional<Payer> billedTo;
    std::optional<int> taxBasisPoints;

    [[nodiscard]] Money total() const { return { netMinor + taxMinor, currency }; }
};
BOOST_DESCRIBE_STRUCT(
    InvoiceRow,
    (),
    (id,
     number,
     subscriptionId,
     billNumber,
     isPurchase,
     customerId,
     text,
     lines,
     fromAt,
     untilAt,
     netMinor,
     taxMinor,
     currency,
     state,
     attempt,
     isAsking,
     needsCard,
     hasNewCard,
     issuedAt,
     paidAt,
     cardLast4,
     trouble,
     refundedMinor,
     billedTo,
     taxBasisPoints)
)

struct RefundRow
{
    api::RefundId id {};
    api::InvoiceId invoiceId {};
    qint64 amountMinor = 0;
    QString reason;
    api::AccountId askedBy;
    Instant askedAt {};
    api::RefundState state = api::RefundState::asked;
    std::optional<QString> trouble {};
    std::optional<qint64> creditNumber {}; // once it is done
    std::optional<Instant> doneAt {};
};
BOOST_DESCRIBE_STRUCT(
    RefundRow,
    (),
    (id, invoiceId, amountMinor, reason, askedBy, askedAt, state, trouble, creditNumber, doneAt)
)

struct DunningStepRow
{
    int place = 0;
    int afterDays = 0;
    Standing standing = Standing::warned;
    bool retries = false;
};
BOOST_DESCRIBE_STRUCT(DunningStepRow, (), (place, afterDays, standing, retries))

struct DunningRow
{
    api::InvoiceId invoiceId;
    Instant since;
    int place = 0;
    std::optional<Instant> nextAt;
};
BOOST_DESCRIBE_STRUCT(DunningRow, (), (invoiceId, since, place, nextAt))

enum class EntryReason { issued, paid, refunded, written_off, voided };
BOOST_DESCRIBE_ENUM(EntryReason, issued, paid, refunded, written_off, voided)

struct TransactionConcept;
using TransactionId = Id<TransactionConcept>;

struct EntryRow
{
    TransactionId transactionId;
    QString account;
    qint64 amountMinor = 0; // debit positive
    QString currency;
    api::AccountId customerId;
    api::InvoiceId invoiceId;
    EntryReason reason = EntryReason::issued;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(
    EntryRow, (), (transactionId, account, amountMinor, currency, customerId, invoiceId, reason, at)
)

// A transaction of the ledger as a customer's statement tells of it.
struct MovementRow
{
    TransactionId transactionId;
    EntryReason reason = EntryReason::issued;
    Instant at;
    qint64 number = 0; // of the invoice
    QString text;
    std::optional<QString> cardLast4;
    qint64 receivableMinor = 0; // what it added to what is owed
    qint64 vendorMinor = 0; // and to what was paid
};
BOOST_DESCRIBE_STRUCT(
    MovementRow, (), (transactionId, reason, at, number, text, cardLast4, receivableMinor, vendorMinor)
)

// A time in a customer's account, in one currency.
struct AccountSpan
{
    api::AccountId customerId;
    QString currency;
    Instant from;
    Instant to; // not in it
};

// The SQL of the schema `billing`. Nothing else touches it.
struct TaxRateRow
{
    QString usState;
    int basisPoints = 0;
    Instant fromAt;
    std::optional<api::AccountId> madeBy;
    QString madeByName;
    Instant madeAt;
};
BOOST_DESCRIBE_STRUCT(TaxRateRow, (), (usState, basisPoints, fromAt, madeBy, madeByName, madeAt))

namespace billing_store {

inline constexpr auto role = "squad_billing";

// Adds it if it is not there.
Result<void> know(Session &session, api::SubscriptionId id, api::AccountId customer);
Result<std::optional<BilledSubscriptionRow>> lock(Session &session, api::SubscriptionId id);
Result<void> end(Session &session, api::SubscriptionId id, Instant at);

// Gives it its number. None: the bill is written already. The subscription must be locked.
Result<std::optional<InvoiceRow>> issue(Session &session, InvoiceRow row);
Result<std::optional<InvoiceRow>> lock(Session &session, api::InvoiceId id);
Result<std::optional<InvoiceRow>> find(Session &session, api::InvoiceId id);
Result<void> update(Session &session, const InvoiceRow &row);
Result<QList<InvoiceRow>> lockOpen(Session &session, api::AccountId customer);
// Whether another of the subscription's invoices is on a ladder.
Result<bool> isOverdue(Session &session, api::SubscriptionId id);
Result<QList<InvoiceRow>> open(Session &session, api::AccountId customer);
// Whether the customer's last plan ended because a bill was not paid.
Result<bool> hasLost(Session &session, api::AccountId customer);
Result<QList<InvoiceRow>>
page(Session &session, api::AccountId customer, std::optional<qint64> before, int limit);

Result<bool> insert(Session &session, const RefundRow &row); // false: it was asked for before
Result<std::optional<RefundRow>> lock(Session &session, api::RefundId id);
Result<void> update(Session &session, const RefundRow &row);
Result<QList<RefundRow>> refunds(Session &session, api::InvoiceId invoice);
Result<std::optional<RefundRow>> find(Session &session, api::RefundId id);
// The next one; the row it is kept in stays locked until the transaction ends, so that none is left out.
Result<qint64> nextCreditNumber(Session &session);

Result<QList<DunningStepRow>> dunningSteps(Session &session, bool isPurchase);
Result<std::optional<DunningRow>> dunning(Session &session, api::InvoiceId invoice);
Result<void> put(Session &session, const DunningRow &row);
Result<bool> endDunning(Session &session, api::InvoiceId invoice); // false: there was none

Result<int>
taxRate(Session &session, const QString &usState, Instant at); // in basis points; 0 where none is known

Result<QList<api::TaxRate>> taxRates(Session &session, Instant now); // by state
Result<void> put(Session &session, const TaxRateRow &row);
Result<void> dropTaxRatesAfter(Session &session, const QString &usState, Instant at);
Result<qint64> owed(Session &session, const AccountSpan &span); // before it begins
Result<QList<MovementRow>> movements(Session &session, const AccountSpan &span, int limit); // oldest first
Result<QList<RefundRow>> refundsDone(Session &session, const AccountSpan &span);

// One transaction of the ledger; once, however often it is written.
Result<void> enter(Session &session, const QList<EntryRow> &entries);

} // namespace billing_store

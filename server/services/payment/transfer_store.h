#pragma once

#include "server/db/session.h"
#include "shared/api/payment.h"

// Which way the money goes.
enum class TransferKind { charge, refund };
BOOST_DESCRIBE_ENUM(TransferKind, charge, refund)

enum class TransferState {
    pending, // the vendor has not been asked
    asking, // it has, or may have been
    done,
    declined,
};
BOOST_DESCRIBE_ENUM(TransferState, pending, asking, done, declined)

struct TransferRow
{
    QUuid id; // a ChargeId or a RefundId
    TransferKind kind = TransferKind::charge;
    api::InvoiceId invoiceId;
    int attempt = 0;
    api::AccountId customerId;
    Money amount;
    QString note; // what the customer's statement says, or why money is given back
    TransferState state = TransferState::pending;
    std::optional<api::CardId> cardId;
    std::optional<QString> cardLast4;
    std::optional<QString> vendorCustomer;
    std::optional<QString> vendorMethod;
    std::optional<QString> chargeRef;
    std::optional<Instant> askedAt;
    std::optional<QString> vendorRef;
    std::optional<QString> code;
    std::optional<QString> reason;
    std::optional<bool> hard;
    int tries = 0;
    Instant createdAt;
    QString traceId;
};
BOOST_DESCRIBE_STRUCT(
    TransferRow,
    (),
    (id,
     kind,
     invoiceId,
     attempt,
     customerId,
     amount,
     note,
     state,
     cardId,
     cardLast4,
     vendorCustomer,
     vendorMethod,
     chargeRef,
     askedAt,
     vendorRef,
     code,
     reason,
     hard,
     tries,
     createdAt,
     traceId)
)

// How a transfer ended.
struct Settlement
{
    QUuid id;
    TransferState state = TransferState::done;
    QString vendorRef;
    QString code;
    QString reason;
    bool hard = false;
};

// Why one has not, and when to look again.
struct Postponement
{
    QUuid id;
    Instant nextAt;
    QString vendorRef; // empty: as before
    QString trouble;
    bool isUnheardOf = false; // the vendor has looked and does not have it: asking starts anew
};

struct TransferCounts
{
    qint64 open = 0;
    qint64 stuck = 0; // asked `triesUntilStuck` times or more
    std::optional<QString> trouble; // of the longest standing one of these
};
BOOST_DESCRIBE_STRUCT(TransferCounts, (), (open, stuck, trouble))

// The SQL of transfers in the schema `payment`.
namespace transfer_store {

// False: it is there already.
Result<bool> insert(Session &session, const TransferRow &row, Instant nextAt);

// Takes what is due, for this node alone until `leaseUntil`; a charge only once the attempts before it have
// ended.
Result<QList<TransferRow>> claim(Session &session, Instant now, Instant leaseUntil, int limit);
// Writes down how the vendor will be asked about those that have not been yet: by the customer's default
// card, or for the charge that is given back. Answers those for which that is known.
Result<QList<TransferRow>> prepare(Session &session, const QList<TransferRow> &pending, Instant now);

// Whether the customer has a card that pays, and which.
Result<std::optional<api::CardId>> defaultCard(Session &session, api::AccountId customer);
Result<bool> isCharged(Session &session, api::InvoiceId invoice);

// Answers those that were open until now.
Result<QList<TransferRow>> settle(Session &session, const QList<Settlement> &settlements, Instant at);
Result<void> postpone(Session &session, const QList<Postponement> &postponements, Instant now);
// Has one looked at now, if it is open.
Result<bool> hasten(Session &session, const QUuid &id, Instant now);

Result<std::optional<Instant>> nextDue(Session &session);
Result<TransferCounts> counts(Session &session, int triesUntilStuck);

// False: it was taken in before.
Result<bool> takeWebhook(Session &session, const QString &id, Instant at);
Result<void> forgetWebhooks(Session &session, Instant before);

} // namespace transfer_store

#pragma once

#include "shared/api/payment.h"

// Charges and refunds, as other services see them: a command published through the Outbox in the caller's own
// transaction, and one event that tells how it ended. Commands and events are keyed by the customer's id, so
// that they stay in order. Each command has one outcome; repeating it changes nothing.

// Command: take `amount` from the customer's default card. What the vendor is asked, and under which key, is
// derived from invoice and attempt alone. To try again after a decline is another attempt.
struct ChargeInvoice
{
    static constexpr std::string_view type = "payment.charge";

    api::InvoiceId invoiceId;
    int attempt = 1;
    api::AccountId customerId;
    Money amount;
    QString description;
};
BOOST_DESCRIBE_STRUCT(ChargeInvoice, (), (invoiceId, attempt, customerId, amount, description))

// Command: give back all or part of what was charged for an invoice.
struct RefundCharge
{
    static constexpr std::string_view type = "payment.refund";

    api::RefundId refundId;
    api::InvoiceId invoiceId;
    Money amount;
    QString reason;
};
BOOST_DESCRIBE_STRUCT(RefundCharge, (), (refundId, invoiceId, amount, reason))

struct InvoiceCharged
{
    static constexpr std::string_view type = "payment.charged";

    api::InvoiceId invoiceId;
    int attempt = 1;
    api::AccountId customerId;
    Money amount;
    QString cardLast4;
    QString vendorRef; // what the vendor calls the charge
    Instant chargedAt;
};
BOOST_DESCRIBE_STRUCT(
    InvoiceCharged, (), (invoiceId, attempt, customerId, amount, cardLast4, vendorRef, chargedAt)
)

// Nothing was taken. After a hard decline the same card will not do; "no_card" is one.
struct ChargeDeclined
{
    static constexpr std::string_view type = "payment.declined";

    api::InvoiceId invoiceId;
    int attempt = 1;
    api::AccountId customerId;
    Money amount;
    bool hard = false;
    QString code; // the vendor's: "insufficient_funds"
    QString reason; // for the customer
    Instant declinedAt;
};
BOOST_DESCRIBE_STRUCT(
    ChargeDeclined, (), (invoiceId, attempt, customerId, amount, hard, code, reason, declinedAt)
)

struct ChargeRefunded
{
    static constexpr std::string_view type = "payment.refunded";

    api::RefundId refundId;
    api::InvoiceId invoiceId;
    Money amount;
    QString vendorRef;
    Instant refundedAt;
};
BOOST_DESCRIBE_STRUCT(ChargeRefunded, (), (refundId, invoiceId, amount, vendorRef, refundedAt))

struct RefundRefused
{
    static constexpr std::string_view type = "payment.refund_refused";

    api::RefundId refundId;
    api::InvoiceId invoiceId;
    QString code;
    QString reason;
};
BOOST_DESCRIBE_STRUCT(RefundRefused, (), (refundId, invoiceId, code, reason))

// The card that pays is another one, or there is none any more.
struct CardChanged
{
    static constexpr std::string_view type = "payment.card_changed";

    api::AccountId customerId;
    bool hasCard = false;
    QString last4;
    QString brand;
    int expMonth = 0;
    int expYear = 0;
};
BOOST_DESCRIBE_STRUCT(CardChanged, (), (customerId, hasCard, last4, brand, expMonth, expYear))

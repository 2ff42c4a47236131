#pragma once

#include "shared/api/payment.h"

#include <functional>
#include <variant>

// What can be asked of a vendor of card payments, and what it answers: its protocol is the business of an
// implementation (StripeGateway). Each question that moves something names the thing it is about, from which
// the key is derived under which the vendor takes a repeated question for the same one.

// Makes us known a customer, so that cards can be kept with the vendor.
struct NewVendorCustomer
{
    api::AccountId account;
};

// Hands a card over, and keeps it with a customer. The answer's ref is the token that stands for it.
struct NewVendorMethod
{
    api::CardId card;
    CardNumber number;
    int expMonth = 1;
    int expYear = 2000;
};
struct KeepVendorMethod
{
    api::CardId card;
    QString method;
    QString vendorCustomer;
};
// Has the vendor forget a card.
struct DropVendorMethod
{
    QString method;
};

struct NewVendorCharge
{
    api::ChargeId id;
    api::InvoiceId invoiceId;
    int attempt = 1;
    QString vendorCustomer;
    QString method;
    Money amount;
    QString description;
};
// Asks what became of a charge: by the vendor's name for it, or, if that was never heard, by ours.
struct AskVendorCharge
{
    QString ref;
};
struct FindVendorCharge
{
    api::ChargeId id;
    QString vendorCustomer;
    Instant since; // by the world's clock
};

struct NewVendorRefund
{
    api::RefundId id;
    QString chargeRef;
    Money amount;
    QString reason;
};
struct AskVendorRefund
{
    QString ref;
};
struct FindVendorRefund
{
    api::RefundId id;
    QString chargeRef;
};

using VendorQuestion = std::variant<
    NewVendorCustomer,
    NewVendorMethod,
    KeepVendorMethod,
    DropVendorMethod,
    NewVendorCharge,
    AskVendorCharge,
    FindVendorCharge,
    NewVendorRefund,
    AskVendorRefund,
    FindVendorRefund>;

enum class VendorVerdict {
    done,
    pending, // the vendor is still at it; ask again by `ref`
    declined, // final, and nothing was moved
    absent, // the vendor knows no such thing
    unknown, // no answer, or none that says what happened: ask again, with the same question
};

struct VendorAnswer
{
    VendorVerdict verdict = VendorVerdict::unknown;
    QString ref {}; // the vendor's name for it
    QString code {}; // of a decline
    QString reason {}; // of a decline, for the customer
    bool hard = false; // the same card will not do
    QString trouble {}; // of `unknown`, for the operator
};

// One entry of the vendor's own list.
struct VendorEntry
{
    QString ref;
    std::optional<api::ChargeId> chargeId; // as we named it; none: it is not ours
    std::optional<api::InvoiceId> invoiceId;
    std::optional<api::RefundId> refundId; // of a refund
    Money amount;
    bool succeeded = false;
    Instant createdAt; // by the vendor's clock
};

struct VendorPage
{
    QList<VendorEntry> entries; // the newest first
    QString next; // where to go on; empty: that was all
};

enum class VendorList { charges, refunds };

class PaymentGateway
{
public:
    using Answered = std::function<void(const VendorAnswer &)>;
    using Listed = std::function<void(const Result<VendorPage> &)>;

    PaymentGateway() = default;
    virtual ~PaymentGateway() = default; // closes; no callback runs afterwards
    PaymentGateway(const PaymentGateway &) = delete;
    PaymentGateway &operator=(const PaymentGateway &) = delete;

    // From any thread; returns at once. The callback comes exactly once, on a thread of the gateway, and must
    // not block. What is asked beyond the vendor's limit waits here for its turn.
    virtual void ask(VendorQuestion question, Answered answered) = 0;
    virtual void list(VendorList what, Instant from, Instant until, const QString &after, Listed listed) = 0;

    // Gives up what is under way, and whatever is asked from now on: `unknown` at once.
    virtual void close() = 0;

    [[nodiscard]] virtual int concurrency() const = 0; // questions that are with the vendor at once, at most
};

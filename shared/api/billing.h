#pragma once

#include "shared/api/catalog.h"
#include "shared/api/payment.h"

// What customers owe and have paid.
namespace api {

// voided: nothing is owed, since what it was for did not begin.
enum class InvoiceState { open, paid, uncollectible, voided };
BOOST_DESCRIBE_ENUM(InvoiceState, open, paid, uncollectible, voided)

struct InvoiceLine
{
    QString text;
    Money net; // negative: a credit
};
BOOST_DESCRIBE_STRUCT(InvoiceLine, (), (text, net))

struct Invoice
{
    InvoiceId id;
    QString number; // "I-100001"; no number is left out
    AccountId customerId;
    SubscriptionId subscriptionId;
    QString text; // "Home, Nov 23 to Dec 22, 2026"
    QList<InvoiceLine> lines;
    Instant from;
    Instant until;
    Money net;
    Money tax;
    Money total;
    InvoiceState state = InvoiceState::open;
    Instant issuedAt;
    std::optional<Instant> paidAt;
    std::optional<QString> cardLast4; // of the card that paid
    std::optional<QString> trouble; // why it is not paid, in one sentence
    Money refunded;
};
BOOST_DESCRIBE_STRUCT(
    Invoice,
    (),
    (id,
     number,
     customerId,
     subscriptionId,
     text,
     lines,
     from,
     until,
     net,
     tax,
     total,
     state,
     issuedAt,
     paidAt,
     cardLast4,
     trouble,
     refunded)
)

struct InvoiceRef
{
    InvoiceId id;
};
BOOST_DESCRIBE_STRUCT(InvoiceRef, (), (id))

struct InvoiceQuery
{
    std::optional<AccountId> customerId; // only staff may ask for somebody else's
    std::optional<PageLimit> limit; // 50 unless told
    std::optional<Cursor> cursor;
};
BOOST_DESCRIBE_STRUCT(InvoiceQuery, (), (customerId, limit, cursor))

struct NewRefund
{
    Bounded<1, 100'000'000> amountMinor; // in the invoice's currency
    Text<1, 500> reason;
};
BOOST_DESCRIBE_STRUCT(NewRefund, (), (amountMinor, reason))

// What a manager may give back of one invoice, in its minor units; more takes an administrator.
inline constexpr qint64 mostRefundByManager = 200'00;

enum class RefundState { asked, done, refused };
BOOST_DESCRIBE_ENUM(RefundState, asked, done, refused)

struct Refund
{
    RefundId id;
    InvoiceId invoiceId;
    Money amount;
    QString reason;
    RefundState state = RefundState::asked;
    Instant askedAt;
    std::optional<QString> trouble; // why it was refused
};
BOOST_DESCRIBE_STRUCT(Refund, (), (id, invoiceId, amount, reason, state, askedAt, trouble))

// How a charge or refund is in the books and on the payment vendor's own list.
// unknown…: the vendor has it and we do not. missing…: the other way round.
enum class VendorDifferenceKind {
    unknownCharge,
    missingCharge,
    chargeAmount,
    chargedTwice,
    unknownRefund,
    missingRefund,
    refundAmount
};
BOOST_DESCRIBE_ENUM(
    VendorDifferenceKind,
    unknownCharge,
    missingCharge,
    chargeAmount,
    chargedTwice,
    unknownRefund,
    missingRefund,
    refundAmount
)

struct VendorDifference
{
    VendorDifferenceKind kind = VendorDifferenceKind::unknownCharge;
    QString vendorRef; // what the vendor calls it
    std::optional<InvoiceId> invoiceId;
    qint64 oursMinor = 0;
    qint64 theirsMinor = 0;
    QString currency;
    Instant at; // of what it is about
    Instant foundAt;
    std::optional<Instant> goneAt; // no comparison finds it any more
};
BOOST_DESCRIBE_STRUCT(
    VendorDifference, (), (kind, vendorRef, invoiceId, oursMinor, theirsMinor, currency, at, foundAt, goneAt)
)

// The books against the vendor's list, once a day.
struct VendorComparison
{
    std::optional<Instant> comparedUntil; // all before agrees or is listed
    std::optional<Instant> comparedAt;
    std::optional<QString> trouble; // why the last attempt failed
    qint64 openCount = 0;
    QList<VendorDifference>
        differences; // open ones first, then those of the last 30 days; at most 200 of each
};
BOOST_DESCRIBE_STRUCT(VendorComparison, (), (comparedUntil, comparedAt, trouble, openCount, differences))

namespace billing {

    struct Invoices : Endpoint<Method::get, "/invoices">
    {
        static constexpr std::string_view summary
            = "The caller's invoices, newest first; for staff a customer's";
        static constexpr Roles roles = staff | Role::customer;
        using Params = InvoiceQuery;
        using Answer = Page<Invoice>;
    };

    struct FetchInvoice : Endpoint<Method::get, "/invoices/{id}">
    {
        static constexpr std::string_view summary = "One invoice";
        static constexpr Roles roles = staff | Role::customer;
        using Params = InvoiceRef;
        using Answer = Invoice;
    };

    struct GiveBack : Endpoint<Method::post, "/invoices/{id}/refunds">
    {
        static constexpr std::string_view summary = "Give back all or part of what was paid";
        static constexpr Roles roles = staff;
        static constexpr int success = 201;
        using Params = InvoiceRef;
        using Body = NewRefund;
        using Answer = Refund;
    };

    struct Refunds : Endpoint<Method::get, "/invoices/{id}/refunds">
    {
        static constexpr std::string_view summary = "What was given back of an invoice, oldest first";
        static constexpr Roles roles = staff | Role::customer;
        using Params = InvoiceRef;
        using Answer = Items<Refund>;
    };

    struct CompareVendor : Endpoint<Method::get, "/vendor-comparison">
    {
        static constexpr std::string_view summary = "Where the books and the payment vendor's list differ";
        static constexpr Roles roles = staff;
        using Answer = VendorComparison;
    };

} // namespace billing
} // namespace api

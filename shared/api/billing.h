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
    std::optional<QString> creditNote; // its number, once it is done: "C-500001"; no number is left out
    std::optional<Instant> doneAt;
};
BOOST_DESCRIBE_STRUCT(
    Refund, (), (id, invoiceId, amount, reason, state, askedAt, trouble, creditNote, doneAt)
)

struct RefundRef
{
    RefundId id;
};
BOOST_DESCRIBE_STRUCT(RefundRef, (), (id))

struct StatementQuery
{
    std::optional<AccountId> customerId; // only staff may ask for somebody else's
    Instant from;
    Instant to; // not in it; at most 366 days later
    std::optional<Text<3, 3>> currency; // USD unless told
};
BOOST_DESCRIBE_STRUCT(StatementQuery, (), (customerId, from, to, currency))

struct StatementLine
{
    Instant at;
    QString text; // "Bill I-100001: Home, Nov 23 to Dec 22, 2026"
    Money amount; // negative: paid or credited
    Money balance; // owed after it
};
BOOST_DESCRIBE_STRUCT(StatementLine, (), (at, text, amount, balance))

// What happened in a customer's account, as the ledger has it.
struct Statement
{
    AccountId customerId;
    Instant from;
    Instant to;
    Money opening; // owed before
    QList<StatementLine> lines; // oldest first
    Money closing;
};
BOOST_DESCRIBE_STRUCT(Statement, (), (customerId, from, to, opening, lines, closing))

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

// Terms that are not saved yet, and whom they might meet.
struct PlanPreviewQuery
{
    std::optional<PlanId> planId; // none: a plan that is not on sale yet
    Text<1, 80> name;
    Bounded<0, 10'000'000> priceMinor;
    Period period = Period::month; // that of the plan, if there is one
    std::optional<Instant> from; // at once unless told
    Text<2, 2> usState; // where the customer lives
    std::optional<ZipCode> zip; // whose midnight bills are written at; UTC's unless told
    std::optional<PlanId> before; // the plan that the customer comes from
    Bounded<0, 365> usedDays; // how long ago that one began
};
BOOST_DESCRIBE_STRUCT(
    PlanPreviewQuery, (), (planId, name, priceMinor, period, from, usState, zip, before, usedDays)
)

// A bill that would be written.
struct BillPreview
{
    Instant from;
    Instant until;
    QList<InvoiceLine> lines;
    Money net;
    int taxBasisPoints = 0;
    Money tax;
    Money total;
};
BOOST_DESCRIBE_STRUCT(BillPreview, (), (from, until, lines, net, taxBasisPoints, tax, total))

// Running subscriptions of a plan whose paid period ends in one month, and what they renew at.
struct RenewalMonth
{
    QString month; // "2026-12", where the customers live
    qint64 count = 0;
    int version = 1; // of the terms they renew with
    bool isNew = false; // the terms in question
    Money net; // for a whole period
    Money total; // with the tax of the state in question
};
BOOST_DESCRIBE_STRUCT(RenewalMonth, (), (month, count, version, isNew, net, total))

struct PlanPreview
{
    Instant from; // when the terms begin
    BillPreview purchase; // at that moment
    std::optional<BillPreview> change; // from the plan of before; at once or when its paid period ends
    bool isAtOnce = false; // the change
    QList<RenewalMonth> renewals; // by month, the earlier terms first
};
BOOST_DESCRIBE_STRUCT(PlanPreview, (), (from, purchase, change, isAtOnce, renewals))

// What a state takes of a bill, in hundredths of a percent, and what it will take.
struct TaxRate
{
    QString usState;
    int basisPoints = 0;
    std::optional<Instant> since; // none: not yet
    QString madeByName; // who said so; empty: it came with the installation
    std::optional<int> nextBasisPoints;
    std::optional<Instant> nextFrom;
};
BOOST_DESCRIBE_STRUCT(TaxRate, (), (usState, basisPoints, since, madeByName, nextBasisPoints, nextFrom))

struct TaxRateRef
{
    Text<2, 2> usState;
};
BOOST_DESCRIBE_STRUCT(TaxRateRef, (), (usState))

struct TaxRateChange
{
    Bounded<0, 10'000> basisPoints;
    std::optional<Instant> from; // at once unless told
};
BOOST_DESCRIBE_STRUCT(TaxRateChange, (), (basisPoints, from))

namespace billing {

    struct PreviewPlan : Endpoint<Method::post, "/plan-previews">
    {
        static constexpr std::string_view summary
            = "What customers would pay, and when, if a plan had these terms";
        static constexpr Roles roles = Role::admin;
        using Body = PlanPreviewQuery;
        using Answer = PlanPreview;
    };

    struct TaxRates : Endpoint<Method::get, "/tax-rates">
    {
        static constexpr std::string_view summary = "The tax of each state that has one";
        static constexpr Roles roles = Role::admin;
        using Answer = Items<TaxRate>;
    };

    struct ChangeTaxRate : Endpoint<Method::put, "/tax-rates/{usState}">
    {
        static constexpr std::string_view summary = "Say what a state takes of bills, from now or a day on";
        static constexpr Roles roles = Role::admin;
        using Params = TaxRateRef;
        using Body = TaxRateChange;
        using Answer = TaxRate;
    };

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

    struct PrintInvoice : Endpoint<Method::get, "/invoices/{id}/pdf">
    {
        static constexpr std::string_view summary = "One invoice to print";
        static constexpr std::string_view mediaType = "application/pdf";
        static constexpr Roles roles = staff | Role::customer;
        using Params = InvoiceRef;
        using Answer = File;
    };

    struct PrintCreditNote : Endpoint<Method::get, "/refunds/{id}/pdf">
    {
        static constexpr std::string_view summary = "The credit note of a refund that was made, to print";
        static constexpr std::string_view mediaType = "application/pdf";
        static constexpr Roles roles = staff | Role::customer;
        using Params = RefundRef;
        using Answer = File;
    };

    struct FetchStatement : Endpoint<Method::get, "/statements">
    {
        static constexpr std::string_view summary = "What was billed, paid and given back in a time";
        static constexpr Roles roles = staff | Role::customer;
        using Params = StatementQuery;
        using Answer = Statement;
    };

    struct PrintStatement : Endpoint<Method::get, "/statements/pdf">
    {
        static constexpr std::string_view summary = "The same to print";
        static constexpr std::string_view mediaType = "application/pdf";
        static constexpr Roles roles = staff | Role::customer;
        using Params = StatementQuery;
        using Answer = File;
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

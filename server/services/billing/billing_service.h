#pragma once

#include "server/events/consumer.h"
#include "server/http/caller.h"
#include "server/services/billing/billing_store.h"
#include "server/services/payment/payment_events.h"
#include "server/services/timer/timer_events.h"
#include "shared/core/clock.h"

struct PeriodBegun;
struct SubscriptionCancelled;

// Writes bills, has them paid, and follows up those that are not.
//
// The catalogue says when something has to be paid, and a bill is written for it. An invoice is collected by
// a command to payment; each outcome is an event that arrives once or more and counts once. What is owed and
// paid is in the ledger in the same transaction that changes the invoice.
//
// It does everything in its consumer's transactions, so that a crash leaves nothing half done and any node
// may go on.
class BillingService
{
public:
    // Who a customer is and where they live. `unavailable`: not known yet, ask again.
    using PayerOf = std::function<Result<Payer>(api::AccountId)>;

    static constexpr auto timerOwner = "billing";

    // `issuer`: the lines of the letterhead, the first of them the name.
    BillingService(const Clock &clock, PayerOf payerOf, QStringList issuer);

    std::shared_ptr<const Consumer> consumer();

    Result<api::Page<api::Invoice>>
    invoices(Session &session, const Caller &by, const api::InvoiceQuery &query) const;
    Result<api::Invoice> invoice(Session &session, const Caller &by, api::InvoiceId id) const;
    Result<api::Items<api::Refund>> refunds(Session &session, const Caller &by, api::InvoiceId id) const;
    Result<api::File> printInvoice(Session &session, const Caller &by, api::InvoiceId id) const;
    Result<api::File> printCreditNote(Session &session, const Caller &by, api::RefundId id) const;
    Result<api::Statement>
    statement(Session &session, const Caller &by, const api::StatementQuery &query) const;
    Result<api::File>
    printStatement(Session &session, const Caller &by, const api::StatementQuery &query) const;
    // The worst of a customer's unpaid bills decides. Customers may ask only for themselves.
    Result<api::CustomerStanding> standing(Session &session, const Caller &by, api::AccountId customer) const;
    // For whoever may see a ticket of theirs, which the caller has made sure of.
    Result<api::TicketStanding>
    standingAtWork(Session &session, const Caller &by, api::AccountId customer) const;
    Result<api::Refund>
    giveBack(Session &session, const Caller &by, api::InvoiceId id, const api::NewRefund &wanted) const;

private:
    Result<void> bill(Session &session, const PeriodBegun &period, const QString &traceId) const;
    Result<void> end(Session &session, const SubscriptionCancelled &plan, const QString &traceId) const;
    Result<void> collect(Session &session, InvoiceRow &invoice, const QString &traceId) const;
    Result<void> take(Session &session, const InvoiceCharged &paid, const QString &traceId) const;
    Result<void> take(Session &session, const ChargeDeclined &declined, const QString &traceId) const;
    Result<void> take(Session &session, const ChargeRefunded &done) const;
    Result<void> take(Session &session, const RefundRefused &refused) const;
    Result<void> take(Session &session, const CardChanged &card, const QString &traceId) const;
    Result<void> remind(Session &session, api::InvoiceId id, Instant dueAt, const QString &traceId) const;
    Result<void>
    step(Session &session, InvoiceRow &invoice, DunningRow dunning, const QString &traceId) const;
    Result<void> annul(Session &session, InvoiceRow &invoice, const QString &traceId) const;
    Result<void> writeOff(Session &session, InvoiceRow &invoice, const QString &traceId) const;
    Result<RefundRow>
    refund(Session &session, InvoiceRow &invoice, RefundRow wanted, const QString &traceId) const;
    Result<api::CustomerStanding> standingOf(Session &session, api::AccountId customer) const;
    static Result<api::AccountId> whose(const Caller &by, const std::optional<api::AccountId> &customer);
    Result<InvoiceRow> seen(Session &session, const Caller &by, api::InvoiceId id) const;

    const Clock &m_clock;
    PayerOf m_payerOf;
    QStringList m_issuer;
};

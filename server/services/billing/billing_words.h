#pragma once

#include "server/services/billing/billing_store.h"

// Rows as the API and events show them, and what is said about them.

[[nodiscard]] QString spokenNumber(const InvoiceRow &row); // "I-100001"
[[nodiscard]] QString spokenCreditNumber(qint64 number); // "C-500001"
[[nodiscard]] QString spoken(const Money &amount); // "$1,212.50", "EUR 12.50"
[[nodiscard]] QString spokenDay(Instant instant, const QString &zone); // "Nov 23, 2026", there
[[nodiscard]] api::Invoice toInvoice(const InvoiceRow &row);
[[nodiscard]] api::Refund toRefund(const RefundRow &row, const QString &currency);

// The id of a subscription's invoice with that number: the same for whoever asks.
[[nodiscard]] api::InvoiceId invoiceId(api::SubscriptionId subscription, int billNumber);

// What a customer may still do, in one sentence.
[[nodiscard]] QString mayDo(Standing standing, bool isPurchase);
// What an expert has to heed before they begin; empty while there is nothing. What does not concern the visit
// is between the customer and the office.
[[nodiscard]] QString atTheDoor(Standing standing);

[[nodiscard]] Problem noSuchInvoice();

[[nodiscard]] QString toInvoiceCursor(qint64 number);
[[nodiscard]] Result<qint64> fromInvoiceCursor(const api::Cursor &cursor);

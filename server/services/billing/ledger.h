#pragma once

#include "server/services/billing/billing_store.h"

// The books: every change of what is owed, paid or given back, as entries whose sum is zero. Each is written
// once, however often it is asked for: a transaction's id is derived from what it is about.
//
//   issued        receivable +total   revenue -net   tax -tax
//   paid          vendor +total       receivable -total (lost, if it had been written off)
//   written off   lost +total         receivable -total
//   voided        the opposite of issued
//   refunded      revenue +net part   tax +tax part  vendor -amount
namespace ledger {

Result<void> issued(Session &session, const InvoiceRow &invoice);
Result<void> paid(Session &session, const InvoiceRow &invoice, const Money &amount, Instant at);
Result<void> writtenOff(Session &session, const InvoiceRow &invoice, Instant at);
Result<void> voided(Session &session, const InvoiceRow &invoice, Instant at);
// The id of the transaction that a refund is entered as.
[[nodiscard]] TransactionId transactionOf(api::RefundId refund);

Result<void> refunded(Session &session, const InvoiceRow &invoice, const RefundRow &refund, Instant at);

} // namespace ledger

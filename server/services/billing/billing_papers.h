#pragma once

#include "server/pdf/pdf_document.h"
#include "server/services/billing/billing_store.h"

// What the papers of the billing service say. `issuer`: the lines of the letterhead.
namespace billing_papers {

[[nodiscard]] pdf::Document invoice(const InvoiceRow &row, const QStringList &issuer);
[[nodiscard]] pdf::Document
creditNote(const RefundRow &refund, const InvoiceRow &invoice, const QStringList &issuer);
[[nodiscard]] pdf::Document
statement(const api::Statement &statement, const Payer &payer, const QStringList &issuer, Instant madeAt);

} // namespace billing_papers

#pragma once

#include "manager-client/features/customer/customer_view_model.h"
#include "shared/ui/chip.h"

// Invoices and refunds in the person's words.

[[nodiscard]] QList<CustomerViewModel::Invoices::Column> invoiceColumns();
[[nodiscard]] ChipWords wordsOf(const api::Invoice &invoice);
[[nodiscard]] ChipWords wordsOf(api::RefundState state);
// What may still be given back of it.
[[nodiscard]] Money leftOf(const api::Invoice &invoice);

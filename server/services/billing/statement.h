#pragma once

#include "server/services/billing/billing_store.h"

// A customer's account over a time, out of the ledger: what was owed before, what happened, what is owed now.
// The lines add up to the difference.
[[nodiscard]] Result<api::Statement> statementOf(Session &session, const AccountSpan &span);

#pragma once

#include "shared/api/billing.h"

// Plans in the person's language.
namespace words {

[[nodiscard]] QString price(const api::Plan &plan); // "$12.99 a month"
[[nodiscard]] QString date(Instant instant); // "Dec 1, 2026"
[[nodiscard]] const api::PlanVersion &inForce(const api::PlanHistory &plan, Instant at);
// The next version, if one waits for its day.
[[nodiscard]] const api::PlanVersion *coming(const api::PlanHistory &plan, Instant at);
// What a list says under a plan's name: price, what comes, who holds it.
[[nodiscard]] QString summary(const api::PlanHistory &plan, Instant at);
// What another version changed: "price $12.99 → $14.99".
[[nodiscard]] QStringList differences(const api::Plan &before, const api::Plan &after);
// What a bill says in one line: "$24.99 + $2.22 tax (8.88 %) = $27.21".
[[nodiscard]] QString sum(const api::BillPreview &bill);

} // namespace words

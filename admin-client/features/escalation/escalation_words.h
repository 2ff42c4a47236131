#pragma once

#include "shared/api/sla.h"

// Escalation rules in the person's language.
namespace words {

[[nodiscard]] QString of(api::Told told); // "the customer"
[[nodiscard]] QString told(const QList<api::Told> &people); // "the customer, managers"
[[nodiscard]] QString moment(int minutes); // "30 min before it is due"

} // namespace words

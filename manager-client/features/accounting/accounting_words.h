#pragma once

#include "shared/api/accounting.h"
#include "shared/ui/chip.h"

// The terms of the accounts in the person's language.
namespace words {

[[nodiscard]] ChipWords of(api::DifferenceKind kind, bool needsPerson);
[[nodiscard]] QString of(api::TicketPlace place);

} // namespace words

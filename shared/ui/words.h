#pragma once

#include "shared/api/customer.h"
#include "shared/ui/chip.h"

// The product's terms in the person's language, with the icon and tone that go with them.
namespace words {

[[nodiscard]] ChipWords of(api::TicketState state);
[[nodiscard]] ChipWords of(api::Priority priority);
[[nodiscard]] ChipWords of(api::CoverageReason reason);
[[nodiscard]] ChipWords of(api::PauseReason reason);
[[nodiscard]] ChipWords of(api::Standing standing); // of a customer with their bills
// What a list shows as a ticket's state: that it is on hold says more than how far it had come.
[[nodiscard]] ChipWords standing(const api::TicketSummary &ticket);
[[nodiscard]] ChipWords of(api::DecisionOutcome outcome);
[[nodiscard]] ChipWords escalation(int level); // nothing for a ticket that was never raised

[[nodiscard]] QString of(api::Role role); // "Expert"
[[nodiscard]] QString withArticle(api::Role role); // "an expert"
[[nodiscard]] QString placeOf(api::Role role
); // where people of this role work: "the Sysops Squad Expert app"

// One row of the history as a sentence: "Ada Rivera accepted the job".
[[nodiscard]] QString sentence(const api::TicketChange &change);
[[nodiscard]] QString iconOf(const api::TicketChange &change);

// A term of the score: "Travel".
[[nodiscard]] QString costTerm(const QString &name);
// Hundredths of a minute as minutes: "47 min".
[[nodiscard]] QString cost(qint64 hundredths);

[[nodiscard]] QString money(const Money &amount); // "$1,212.50", "EUR 12.50"
// A slug as people write it: "smart-home" → "Smart home".
[[nodiscard]] QString slug(const QString &slug);
[[nodiscard]] QString skillLevel(int level);
[[nodiscard]] QString weekday(int iso);
[[nodiscard]] QString phone(const QString &e164); // "+1 904 555 0142"
[[nodiscard]] QString address(const api::Address &address);

} // namespace words

#pragma once

#include "shared/api/sla.h"

// Invented people and tickets that look like real ones, for tests and pictures.
namespace sample {

[[nodiscard]] api::Account account(api::Role role, const QString &name);
[[nodiscard]] api::Expert expert(const api::Account &account);
// `index` makes tickets differ; `expert` none: an open one.
[[nodiscard]] api::Ticket
ticket(int index, api::TicketState state, const std::optional<api::ExpertName> &expert = {});
// All kinds of clocks and spans: met, running over a weekend and a holiday, held and late.
[[nodiscard]] api::TicketSla sla(const api::TicketId &ticket);
[[nodiscard]] api::Decision decision(const api::ExpertName &chosen);

} // namespace sample

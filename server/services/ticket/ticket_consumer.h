#pragma once

#include "server/events/event_bus.h"

class TicketService;

// What the ticket service listens to: matching's commands and what catalog says of the customers' plans.
[[nodiscard]] std::shared_ptr<const Consumer> ticketConsumer(const TicketService &tickets);

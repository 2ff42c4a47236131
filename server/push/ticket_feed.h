#pragma once

#include "server/events/consumer.h"
#include "server/push/push_feed.h"
#include "server/services/ticket/ticket_events.h"

class PushHub;

// What a change of a ticket means to each of those who follow it: the customer, the expert, who had it
// before, and staff.
[[nodiscard]] QList<PushFeed::Entry> entriesFor(const TicketEvent &event);

// The consumer group that writes every change of a ticket, and that of a customer's account, into the feeds
// and hands it to the hub.
[[nodiscard]] std::shared_ptr<Consumer> pushFeed(PushHub &hub);

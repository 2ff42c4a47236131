#pragma once

#include "shared/api/account.h"
#include "shared/json/codec.h"

// The envelope of everything that happened (DESIGN.md, 7).
struct EventConcept;
using EventId = Id<EventConcept>;

struct Event
{
    EventId id;
    QString topic; // the publishing service: "ticket"
    QString type; // "ticket.opened"
    QString key; // events of one key reach each consumer group in order: a ticket's or account's id
    int version = 1; // of the payload's shape
    Instant occurredAt;
    QString traceId; // the request that caused it
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, topic, type, key, version, occurredAt, traceId, payload))

// A payload type is a described struct with `static constexpr std::string_view type = "ticket.opened"`.
template <class E>
concept EventPayload = DescribedStruct<E> && requires
{
    std::string_view(E::type);
};

#pragma once

#include "shared/api/ticket.h"
#include "shared/json/codec.h"

// What accounting hears. Of the ticket service's events only what the books need is described here: the rest
// of a payload is passed over, which at a few hundred events a second is most of the cost. It publishes
// nothing of its own but commands to others (ForgetTicket).

struct HeardTicket
{
    api::TicketId id;
    QString number;
    QString region;
    api::TicketState state = api::TicketState::open;
    std::optional<api::ExpertName> expert;
    std::optional<QString> waitingFor;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(HeardTicket, (), (id, number, region, state, expert, waitingFor, version))

struct HeardJob
{
    int round = 1;
};
BOOST_DESCRIBE_STRUCT(HeardJob, (), (round))

struct HeardChange
{
    HeardTicket ticket;
    HeardJob job;
};
BOOST_DESCRIBE_STRUCT(HeardChange, (), (ticket, job))

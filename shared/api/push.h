#pragma once

#include "shared/api/ticket.h"

// What the server pushes over the WebSocket at basePath + "/push".
//
// The client signs in at the handshake with `Authorization: Bearer …` (a browser, which cannot set that
// header, offers the sub-protocols "squad.v1" and "bearer.<access token>"). Its first message is Hello; the
// server answers with every PushMessage after `since`, then with each new one as it happens. An Ack lets the
// server forget what came before.
namespace api {

struct PushHello
{
    qint64 since = 0; // the highest `seq` the client has seen; 0: start with what happens from now on
};
BOOST_DESCRIBE_STRUCT(PushHello, (), (since))

struct PushAck
{
    qint64 ack = 0;
};
BOOST_DESCRIBE_STRUCT(PushAck, (), (ack))

struct PushMessage
{
    qint64 seq = 0; // rises within one account's feed
    QString type;
    Instant at;
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(PushMessage, (), (seq, type, at, payload))

// The first message of the server on every connection. `gap`: what lies behind `since` is no longer kept, so
// the client has to load its lists anew.
struct PushWelcome
{
    qint64 head = 0; // the feed's newest seq at this moment
    bool gap = false;
};
BOOST_DESCRIBE_STRUCT(PushWelcome, (), (head, gap))

// A push event is a payload and the type it travels under.
struct TicketChanged
{
    static constexpr std::string_view type = "ticket.changed";

    TicketSummary ticket;
    QString action; // what happened: "opened", "assigned", "accepted", "waiting" …
    QString actor;
    std::optional<QString> reason;
    std::optional<TicketState> from {}; // what it was in before; none of a new one, and for customers
};
BOOST_DESCRIBE_STRUCT(TicketChanged, (), (ticket, action, actor, reason, from))

// To a customer: the plans they hold, their cards, their bills or how they stand are not what they were.
struct AccountChanged
{
    static constexpr std::string_view type = "account.changed";

    AccountId customerId;
};
BOOST_DESCRIBE_STRUCT(AccountChanged, (), (customerId))

// To staff: the accounts have come out of balance or back into it, or an alarm was raised or cleared.
struct AccountingChanged
{
    static constexpr std::string_view type = "accounting.changed";

    qint64 differences = 0; // standing
    int alarms = 0;
};
BOOST_DESCRIBE_STRUCT(AccountingChanged, (), (differences, alarms))

} // namespace api

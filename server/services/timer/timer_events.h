#pragma once

#include "shared/core/instant.h"
#include "shared/json/codec.h"

#include <QJsonObject>

// Durable timers, as other services see them: a service publishes a command in its own transaction, and is
// told by an event when the time has come. A timer belongs to `owner`, the name of the service, and is known
// by `key`, which that service chooses: "0190…-arrive". Commands and firings of one timer travel under the bus
// key of the thing it is about, so that they stay in order with that thing's other events.

// Command: fire at `dueAt`, whatever was set under this key before. A time that has passed fires at once.
struct SetTimer
{
    static constexpr std::string_view type = "timer.set";

    QString owner;
    QString key;
    Instant dueAt;
    QJsonObject payload; // comes back with the firing: what the owner needs to see whether it still matters
};
BOOST_DESCRIBE_STRUCT(SetTimer, (), (owner, key, dueAt, payload))

// Command. A timer that is not there is no error: it may have fired.
struct CancelTimer
{
    static constexpr std::string_view type = "timer.cancel";

    QString owner;
    QString key;
};
BOOST_DESCRIBE_STRUCT(CancelTimer, (), (owner, key))

// Published as "timer.fired.<owner>", at least once and never before `dueAt`. A command that crosses the
// firing comes too late to hold it back, so the owner compares with its own state.
struct TimerFired
{
    QString owner;
    QString key;
    Instant dueAt;
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(TimerFired, (), (owner, key, dueAt, payload))

#pragma once

#include "server/services/timer/recurrence.h"
#include "shared/core/instant.h"

#include <QJsonObject>

// Durable timers, as other services see them: a service publishes a command in its own transaction, and is
// told by an event when the time has come. A timer belongs to `owner`, the name of the service, and is known
// by `key`, which that service chooses: "0190…-arrive". Commands and firings of one timer travel under the
// bus key of the thing it is about, so that they stay in order with that thing's other events.
//
// An owner is up to 40 lower-case letters, digits and underscores, a key up to 200 characters, a payload up
// to 8 KiB of JSON: what is larger is refused and ends as a dead letter.

// Command: fire at `dueAt`, whatever was set under this key before. A time that has passed fires at once.
// With a recurrence it fires again at each date after `dueAt`, missed ones too, until it is cancelled or set
// anew.
struct SetTimer
{
    static constexpr std::string_view type = "timer.set";

    QString owner;
    QString key;
    Instant dueAt;
    QJsonObject payload; // comes back with the firing: what the owner needs to see whether it still matters
    std::optional<Recurrence> recurrence {};
};
BOOST_DESCRIBE_STRUCT(SetTimer, (), (owner, key, dueAt, payload, recurrence))

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
    Instant firedAt; // by the clock of the node that fired it
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(TimerFired, (), (owner, key, dueAt, firedAt, payload))

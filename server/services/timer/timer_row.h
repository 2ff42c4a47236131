#pragma once

#include "server/services/timer/recurrence.h"

#include <QJsonObject>

// What the last command of a batch wants of a timer. Without a time it is cancelled.
struct TimerRow
{
    QString owner;
    QString key;
    std::optional<Instant> dueAt;
    QString busKey;
    QString traceId;
    std::optional<Recurrence> recurrence;
    QJsonObject payload;
};

// A timer that fired and comes back.
struct RecurringRow
{
    QString owner;
    QString key;
    Instant dueAt; // when it should have fired
    Recurrence recurrence;
};
BOOST_DESCRIBE_STRUCT(RecurringRow, (), (owner, key, dueAt, recurrence))

struct FiredRow
{
    int fired = 0;
    std::optional<Instant> oldest; // the due time of the one that had waited longest
    QStringList owners;
    QList<RecurringRow> recurring;
};
BOOST_DESCRIBE_STRUCT(FiredRow, (), (fired, oldest, owners, recurring))

struct PendingRow
{
    QString owner;
    qint64 pending = 0;
};
BOOST_DESCRIBE_STRUCT(PendingRow, (), (owner, pending))

struct DueRow
{
    QString owner;
    qint64 due = 0;
    Instant oldestDue;
};
BOOST_DESCRIBE_STRUCT(DueRow, (), (owner, due, oldestDue))

// A timer that is set, as its owner may ask.
struct TimerSet
{
    QString key;
    Instant dueAt;
    bool recurs = false;
};
BOOST_DESCRIBE_STRUCT(TimerSet, (), (key, dueAt, recurs))

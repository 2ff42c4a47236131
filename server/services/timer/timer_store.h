#pragma once

#include "server/db/session.h"
#include "server/services/timer/timer_row.h"

// The SQL of the schema `timer`. Nothing else touches it.
namespace timer_store {

inline constexpr const char *role = "squad_timer";

// At most one row for each timer.
Result<void> apply(Session &session, const QList<TimerRow> &commands);

// Oldest first. The events' ids are made here as far as `expected`; more fire all the same.
Result<FiredRow> fire(Session &session, Instant now, int limit, int expected = 0);
Result<void> moveOn(Session &session, const QList<RecurringRow> &next); // to `dueAt`
Result<std::optional<Instant>> nextDue(Session &session);

Result<QList<PendingRow>> pending(Session &session); // reads the whole table
Result<QList<DueRow>> due(Session &session, Instant now, int most);
Result<QList<TimerSet>> list(Session &session, const QString &owner, const QString &afterKey, int limit);
Result<QList<TimerSet>> find(Session &session, const QString &owner, const QStringList &keys);

// The warped time of the installation, if it has one; nobody moves it until the transaction ends.
Result<std::optional<Instant>> warpReached(Session &session);
Result<void> takeWarp(Session &session, QUuid node, Instant reached);
// False when another node has taken it since.
Result<bool> moveWarp(Session &session, QUuid node, Instant reached);

} // namespace timer_store

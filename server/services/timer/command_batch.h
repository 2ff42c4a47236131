#pragma once

#include "server/events/event.h"
#include "server/services/timer/timer_events.h"
#include "server/services/timer/timer_row.h"

#include <QHash>

// The commands of one batch of events, folded: of several for one timer the last one counts.
class CommandBatch
{
public:
    void clear() { m_commands.clear(); }

    // Refuses what breaks the contract's limits.
    Result<void> add(const Event &event, const SetTimer &command);
    Result<void> add(const Event &event, const CancelTimer &command);

    [[nodiscard]] QList<TimerRow> commands() const { return m_commands.values(); }
    [[nodiscard]] Instant earliest() const; // Instant::max() when nothing is set

private:
    QHash<std::pair<QString, QString>, TimerRow> m_commands;
};

#pragma once

#include "server/events/event_bus.h"
#include "shared/api/accounting.h"

// Which alarms are up. A condition has to show in several looks before it is raised, and to be gone for
// several before it is cleared: somebody who is called at night should find something.
class AlarmBoard
{
public:
    struct Condition
    {
        QString name;
        QString text;
        int looks = 2; // before it is raised
    };

    // Takes up what was raised before this process began.
    void restore(const QList<api::Alarm> &alarms);

    // What is up after a look that found these.
    QList<api::Alarm> look(const QList<Condition> &conditions, Instant now);

    [[nodiscard]] bool isUp(const QString &name) const;

    // What the bus shows: stalled consumers, queues that grow, events that were given up. Remembers the
    // queues, to see whether they grow.
    QList<Condition> conditionsOf(const QList<GroupHealth> &health);

private:
    static constexpr int looksToClear = 3;

    struct State
    {
        QString text;
        int seen = 0; // looks in a row with it
        int unseen = 0; // and without
        std::optional<Instant> since; // when it was raised, if it is up
    };

    QHash<QString, State> m_states;
    QHash<QString, qint64> m_queues;
};

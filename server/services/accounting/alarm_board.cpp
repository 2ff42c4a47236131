#include "server/services/accounting/alarm_board.h"

using namespace Qt::StringLiterals;

namespace {

// Far above what a busy minute leaves behind, and well below where it becomes hours.
constexpr qint64 longQueue = 2000;
constexpr qint64 shortQueue = 500; // one that was long is not short before this

QString events(qint64 count)
{
    return count == 1 ? u"1 event"_s : u"%L1 events"_s.arg(count);
}

} // namespace

void AlarmBoard::restore(const QList<api::Alarm> &alarms)
{
    for (const api::Alarm &alarm : alarms)
        m_states.insert(alarm.name, { alarm.text, 0, 0, alarm.since });
}

bool AlarmBoard::isUp(const QString &name) const
{
    return m_states.value(name).since.has_value();
}

QList<api::Alarm> AlarmBoard::look(const QList<Condition> &conditions, Instant now)
{
    QSet<QString> shown;
    for (const Condition &condition : conditions) {
        shown.insert(condition.name);
        State &state = m_states[condition.name];
        state.text = condition.text;
        state.unseen = 0;
        if (++state.seen >= condition.looks && !state.since)
            state.since = now;
    }
    QList<api::Alarm> up;
    for (auto each = m_states.begin(); each != m_states.end();) {
        State &state = *each;
        const bool isOver = !shown.contains(each.key()) && (++state.unseen >= looksToClear || !state.since);
        if (isOver) {
            each = m_states.erase(each);
            continue;
        }
        if (!shown.contains(each.key()))
            state.seen = 0;
        if (state.since)
            up.append({ each.key(), state.text, *state.since });
        ++each;
    }
    std::ranges::sort(up, {}, [](const api::Alarm &alarm) { return std::pair(alarm.since, alarm.name); });
    return up;
}

QList<AlarmBoard::Condition> AlarmBoard::conditionsOf(const QList<GroupHealth> &health)
{
    QList<Condition> found;
    for (const GroupHealth &group : health) {
        const QString name = u"consumer.%1."_s.arg(group.group);
        const qint64 before = m_queues.value(group.group, group.waiting);
        m_queues.insert(group.group, group.waiting);
        if (group.stalled) {
            found.append(
                { name + u"stalled"_s,
                  u"%1 stands still: %2 wait and nothing moves."_s.arg(group.group, events(group.waiting)) }
            );
        }
        // Raised while it grows, kept until it is short: a queue that is worked off is no longer news, but
        // not over.
        const bool isLong = group.waiting > longQueue && group.waiting >= before;
        if (isLong || (isUp(name + u"queue"_s) && group.waiting > shortQueue)) {
            found.append(
                { name + u"queue"_s, u"%1 is behind: %2 wait."_s.arg(group.group, events(group.waiting)), 3 }
            );
        }
        if (group.dead > 0) {
            found.append(
                { name + u"dead"_s,
                  u"%1 has given up on %2: see the dead letters."_s.arg(group.group, events(group.dead)),
                  1 }
            );
        }
    }
    return found;
}

#pragma once

#include "shared/api/account.h"

#include <QHash>
#include <QReadWriteLock>

// The sessions that were ended so lately that an access token of theirs may not have expired yet. Asked on
// every request, so in memory; every node learns of the others' from the database.
class RevokedSessions
{
public:
    [[nodiscard]] bool contains(api::SessionId session) const
    {
        const QReadLocker lock(&m_lock);
        return m_endedAt.contains(session);
    }

    void add(api::SessionId session, Instant endedAt)
    {
        const QWriteLocker lock(&m_lock);
        m_endedAt.insert(session, endedAt);
    }

    // Those that ended before have no living token any more.
    void forgetBefore(Instant instant)
    {
        const QWriteLocker lock(&m_lock);
        m_endedAt.removeIf([&](auto each) { return each.value() < instant; });
    }

private:
    mutable QReadWriteLock m_lock;
    QHash<api::SessionId, Instant> m_endedAt;
};

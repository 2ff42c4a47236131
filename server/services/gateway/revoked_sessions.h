#pragma once

#include "shared/api/account.h"

#include <QReadWriteLock>
#include <QSet>

// The sessions that were ended so lately that an access token of theirs may not have expired yet. Asked on
// every request, so in memory; every node refreshes it from the database.
class RevokedSessions
{
public:
    [[nodiscard]] bool contains(api::SessionId session) const
    {
        const QReadLocker lock(&m_lock);
        return m_sessions.contains(session);
    }

    void add(api::SessionId session)
    {
        const QWriteLocker lock(&m_lock);
        m_sessions.insert(session);
    }

    void replace(const QList<api::SessionId> &sessions)
    {
        const QSet<api::SessionId> fresh(sessions.begin(), sessions.end());
        const QWriteLocker lock(&m_lock);
        m_sessions = fresh;
    }

private:
    mutable QReadWriteLock m_lock;
    QSet<api::SessionId> m_sessions;
};

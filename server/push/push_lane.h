#pragma once

#include "server/push/push_feed.h"

#include <QObject>
#include <QSet>

class PushSession;

// The push sessions of one I/O thread; lives and is used on that thread only, so that delivery takes no lock.
class PushLane : public QObject
{
    Q_OBJECT
public:
    void add(PushSession *session);
    void remove(PushSession *session);

    // Messages come in the order of their numbers, without a hole.
    void deliver(const QList<FeedRow> &rows);
    // Messages up to `head` were not delivered: whoever is live reads them from the feed.
    void skipTo(qint64 head);
    // All up to here has been delivered to whoever was live.
    [[nodiscard]] qint64 delivered() const { return m_delivered; }

    void dismissEnded();
    [[nodiscard]] qsizetype count() const { return m_sessions.size(); }

private:
    qint64 m_delivered = 0;
    QSet<PushSession *> m_sessions;
    QHash<QString, QList<PushSession *>> m_byAudience;
};

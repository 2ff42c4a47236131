#include "server/push/push_lane.h"

#include "server/push/push_session.h"

void PushLane::add(PushSession *session)
{
    m_sessions.insert(session);
    for (const QString &audience : session->audiences())
        m_byAudience[audience].append(session);
}

void PushLane::remove(PushSession *session)
{
    if (!m_sessions.remove(session))
        return;
    for (const QString &audience : session->audiences()) {
        QList<PushSession *> &sessions = m_byAudience[audience];
        sessions.removeOne(session);
        if (sessions.isEmpty())
            m_byAudience.remove(audience);
    }
}

void PushLane::deliver(const QList<FeedRow> &rows)
{
    for (const FeedRow &row : rows) {
        // A copy: a session that cannot take it may leave. It is deleted later, so the pointers stay good
        // here.
        const QList<PushSession *> sessions = m_byAudience.value(row.audience);
        if (!sessions.isEmpty()) {
            const QString text = PushSession::textOf(row); // once for all
            for (PushSession *session : sessions)
                session->offer(row.seq, text);
        }
        m_delivered = row.seq;
    }
}

void PushLane::skipTo(qint64 head)
{
    m_delivered = head;
    const QSet<PushSession *> sessions = m_sessions;
    for (PushSession *session : sessions)
        session->catchUp();
}

void PushLane::dismissEnded()
{
    const QSet<PushSession *> sessions = m_sessions;
    for (PushSession *session : sessions)
        session->checkSignIn();
}

#pragma once

#include "server/db/session.h"
#include "server/events/event.h"

// The transactional outbox: an event becomes visible to consumers exactly when the transaction that published
// it commits. All events of a transaction go to the database in one statement, just before it commits, in the
// order in which they were published; if that fails, so does the transaction. The topic is the type up to its
// first dot; the role of the session must be allowed to publish on it.
class Outbox
{
public:
    template <EventPayload E>
    static Result<void>
    publish(Session &session, const QString &key, const E &payload, const QString &traceId)
    {
        return publish(session, toQString(E::type), key, json::encode(payload).toObject(), traceId);
    }

    static Result<void> publish(
        Session &session,
        const QString &type,
        const QString &key,
        const QJsonObject &payload,
        const QString &traceId
    );

    struct Draft
    {
        QString type;
        QString key;
        QJsonObject payload;
        QString traceId;
    };

    // In the order of the list.
    static Result<void> publishAll(Session &session, const QList<Draft> &drafts);

    // For transactions that publish from within SQL (bus.publish, bus.publish_all): without it consumers find
    // the event only when they next look by themselves.
    static void announce(Session &session, const QString &type);
};

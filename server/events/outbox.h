#pragma once

#include "server/db/session.h"
#include "server/events/event.h"

// The transactional outbox: an event becomes visible to consumers exactly when the transaction that published it commits.
class Outbox
{
public:
    // The topic is the type up to its first dot. The role of the session must be allowed to publish on it.
    template<EventPayload E>
    static Result<void> publish(Session &session, const QString &key, const E &payload, const QString &traceId)
    {
        return publish(session, toQString(E::type), key, json::encode(payload).toObject(), traceId);
    }

    static Result<void> publish(
        Session &session, const QString &type, const QString &key, const QJsonObject &payload, const QString &traceId
    );
};

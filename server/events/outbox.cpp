#include "server/events/outbox.h"

#include "server/events/doorbell.h"

namespace {

constexpr int payloadVersion = 1;

} // namespace

const Statement publishEvent { "bus.publish", "select bus.publish($1, $2, $3, $4, $5, $6)" };

Result<void> Outbox::publish(
    Session &session,
    const QString &type,
    const QString &key,
    const QJsonObject &payload,
    const QString &traceId
)
{
    TRY(session.exec(publishEvent, EventId::make(), type, key, payloadVersion, payload, traceId));
    announce(session, type);
    return {};
}

const Statement publishEvents { "bus.publish_all", "select bus.publish_all($1, $2, $3, $4, $5, $6)" };

Result<void> Outbox::publishAll(Session &session, const QList<Draft> &drafts)
{
    QList<EventId> ids;
    QStringList types;
    QStringList keys;
    QStringList payloads;
    QStringList traceIds;
    for (const Draft &draft : drafts) {
        ids += EventId::make();
        types += draft.type;
        keys += draft.key;
        payloads += QString::fromUtf8(json::toText(draft.payload));
        traceIds += draft.traceId;
    }
    TRY(session.exec(publishEvents, ids, types, keys, payloads, traceIds, payloadVersion));
    types.removeDuplicates();
    for (const QString &type : types)
        announce(session, type);
    return {};
}

void Outbox::announce(Session &session, const QString &type)
{
    session.afterCommit([type] { Doorbell::ring(type); });
}

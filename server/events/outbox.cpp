#include "server/events/outbox.h"

#include "server/events/doorbell.h"

namespace {

constexpr int payloadVersion = 1;
// An event tells what happened; what is larger belongs into a table.
constexpr qsizetype largestPayload = 1 << 20;
constexpr qsizetype eventsPerStatement = 1000;

} // namespace

const Statement publishEvents { "bus.publish_all", "select bus.publish_all($1, $2, $3, $4, $5, $6)" };

namespace {

// What a transaction has published so far.
struct Pending
{
    QList<EventId> ids;
    QStringList types;
    QStringList keys;
    QStringList payloads;
    QStringList traceIds;

    Result<void> send(Session &session) const
    {
        for (qsizetype from = 0; from < ids.size(); from += eventsPerStatement) {
            const auto part = [&](const auto &list) { return list.mid(from, eventsPerStatement); };
            TRY(session.execAtCommit(
                publishEvents,
                part(ids),
                part(types),
                part(keys),
                part(payloads),
                part(traceIds),
                payloadVersion
            ));
        }
        for (const QString &type : QSet<QString>(types.begin(), types.end()))
            Outbox::announce(session, type);
        return {};
    }
};

} // namespace

Result<void> Outbox::publish(
    Session &session,
    const QString &type,
    const QString &key,
    const QJsonObject &payload,
    const QString &traceId
)
{
    const QByteArray text = json::toText(payload);
    if (text.size() > largestPayload)
        return fail(Problem::internal(
            QStringLiteral("The event %1 of %2 is too large: %3 bytes.").arg(type, key).arg(text.size())
        ));
    auto &pending = session.gathered<Pending>();
    if (pending.ids.isEmpty())
        session.beforeCommit([&session, &pending] { return pending.send(session); });
    pending.ids += EventId::make();
    pending.types += type;
    pending.keys += key;
    pending.payloads += QString::fromUtf8(text);
    pending.traceIds += traceId;
    return {};
}

Result<void> Outbox::publishAll(Session &session, const QList<Draft> &drafts)
{
    for (const Draft &draft : drafts)
        TRY(publish(session, draft.type, draft.key, draft.payload, draft.traceId));
    return {};
}

void Outbox::announce(Session &session, const QString &type)
{
    session.afterCommit([type] { Doorbell::ring(type); });
}

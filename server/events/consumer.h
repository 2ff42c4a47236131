#pragma once

#include "server/db/session.h"
#include "server/events/event.h"

#include <functional>

// "ticket.opened" or a whole topic, "ticket.*".
[[nodiscard]] bool typeMatches(const QString &pattern, const QString &type);

// A consumer group: every event of its types reaches it at least once, and those of one key in order. A
// handler runs in a transaction as `role` which also moves the group's cursor: its database effects happen
// exactly once. Effects elsewhere belong behind Session::afterCommit and must bear a repetition.
//
// A Problem is retried with back-off; meanwhile later events of the same key wait and other keys go on; after
// the last try the event is a dead letter, which an admin sees and can replay, and its key goes on.
class Consumer
{
public:
    using Handler = std::function<Result<void>(Session &, const Event &)>;
    using BatchEdge = std::function<Result<void>(Session &)>;

    Consumer(QString group, const char *role);

    // One handler per payload type.
    template <EventPayload E>
    Consumer &on(std::function<Result<void>(Session &, const Event &, const E &)> handler)
    {
        return onType(
            toQString(E::type),
            [handler = std::move(handler)](Session &session, const Event &event) -> Result<void> {
                return handler(session, event, TRY(json::fromJson<E>(event.payload)));
            }
        );
    }

    // For consumers that treat many types alike; `type` may be a whole topic, "ticket.*".
    Consumer &onType(const QString &type, Handler handler);

    // Runs in the transaction of a batch, before its events are handled: the place to drop what handlers have
    // gathered in memory in a batch that was rolled back.
    Consumer &beforeBatch(BatchEdge begin);
    // Runs in the transaction of a batch, after its events were handled: the place for work worth doing once
    // per batch.
    Consumer &afterBatch(BatchEdge end);

    [[nodiscard]] const QString &group() const { return m_group; }
    [[nodiscard]] const char *role() const { return m_role; }
    [[nodiscard]] QStringList types() const;
    [[nodiscard]] bool wants(const QString &type) const;

    // Calls every handler of the event's type. What one throws comes back as a Problem.
    [[nodiscard]] Result<void> handle(Session &session, const Event &event) const;
    [[nodiscard]] Result<void> beginBatch(Session &session) const;
    [[nodiscard]] Result<void> endBatch(Session &session) const;

private:
    QString m_group;
    const char *m_role;
    QList<std::pair<QString, Handler>> m_handlers;
    BatchEdge m_batchBegin;
    BatchEdge m_batchEnd;
};

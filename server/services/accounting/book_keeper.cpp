#include "server/services/accounting/book_keeper.h"

#include "server/services/accounting/accounting_events.h"
#include "server/services/accounting/accounting_store.h"

std::shared_ptr<const Consumer> BookKeeper::consumer()
{
    auto consumer = std::make_shared<Consumer>(QLatin1String(group), "squad_accounting");
    consumer->onType(QStringLiteral("ticket.*"), [this](Session &session, const Event &event) {
        return note(session, event);
    });
    consumer->afterBatch([this](Session &session) -> Result<void> {
        if (m_batch.expired())
            return {};
        return accounting_store::enter(session, std::exchange(m_heard, {}));
    });
    return consumer;
}

Result<void> BookKeeper::note(Session &session, const Event &event)
{
    // Commands and answers between services travel on the same topic and carry no ticket.
    if (!event.payload.contains(QLatin1String("ticket")))
        return {};
    const HeardChange change = TRY(json::fromJson<HeardChange>(event.payload));
    if (m_batch.expired()) {
        m_heard.clear();
        const auto batch = std::make_shared<int>();
        m_batch = batch;
        session.afterCommit([batch] {}); // keeps it for as long as the transaction lasts
    }
    const HeardTicket &ticket = change.ticket;
    BookRow row {
        .id = ticket.id,
        .number = ticket.number,
        .region = ticket.region,
        .place = placeOf(ticket.state, ticket.waitingFor.has_value()),
        .round = change.job.round,
        .version = ticket.version,
        .expertId = {},
        .toldAt = event.occurredAt,
    };
    if (ticket.expert)
        row.expertId = ticket.expert->id;
    m_heard.append(row);
    return {};
}

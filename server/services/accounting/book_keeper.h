#pragma once

#include "server/events/consumer.h"
#include "server/services/accounting/evidence.h"

// Keeps the books from the event stream. What a batch brings is entered at its end, in one statement.
class BookKeeper
{
public:
    static constexpr const char *group = "accounting";

    // What to listen to. The keeper outlives the consumer.
    [[nodiscard]] std::shared_ptr<const Consumer> consumer();

private:
    Result<void> note(Session &session, const Event &event);

    // Of the batch that is under way. A transaction that is rolled back leaves its rows behind here: the next
    // one, which is known by its own token, begins with none.
    QList<BookRow> m_heard;
    std::weak_ptr<void> m_batch;
};

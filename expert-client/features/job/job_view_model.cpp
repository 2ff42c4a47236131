#include "expert-client/features/job/job_view_model.h"

using namespace Qt::StringLiterals;

JobViewModel::JobViewModel(ApiClient &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
}

void JobViewModel::accept(const api::TicketId &id)
{
    perform<api::ticket::Accept>(JobAction::accept, api::TicketRef { id });
}

void JobViewModel::reject(const api::TicketId &id, const Text<1, 500> &reason)
{
    perform<api::ticket::Reject>(JobAction::reject, api::TicketRef { id }, api::Reason { reason });
}

void JobViewModel::depart(const api::TicketId &id)
{
    perform<api::ticket::Depart>(JobAction::depart, api::TicketRef { id });
}

void JobViewModel::arrive(const api::TicketId &id)
{
    perform<api::ticket::Arrive>(JobAction::arrive, api::TicketRef { id });
}

void JobViewModel::complete(const api::TicketId &id, const api::Completion &completion)
{
    perform<api::ticket::Complete>(JobAction::complete, api::TicketRef { id }, completion);
}

void JobViewModel::hold(const api::TicketId &id, const api::NewPause &pause)
{
    perform<api::ticket::Pause>(JobAction::hold, api::TicketRef { id }, pause);
}

void JobViewModel::resume(const api::TicketId &id)
{
    perform<api::ticket::Resume>(JobAction::resume, api::TicketRef { id });
}

template <class E, class... Given>
void JobViewModel::perform(JobAction action, const Given &...given)
{
    if (m_busyWith)
        return;
    m_busyWith = action;
    emit busyChanged();
    QByteArray request = QByteArrayView(E::path).toByteArray();
    ((request += json::write(given)), ...);
    const QByteArray key
        = request == m_unanswered ? m_unansweredKey : makeUuid7().toByteArray(QUuid::WithoutBraces);
    m_api.call<E>(given..., CallOptions { .idempotencyKey = key })
        .then(this, [this, action, request, key](const Result<api::Ticket> &ticket) {
            const bool isUnknown = !ticket && ticket.error().kind == ProblemKind::unreachable;
            m_unanswered = isUnknown ? request : QByteArray();
            m_unansweredKey = isUnknown ? key : QByteArray();
            finish(action, ticket);
        });
}

void JobViewModel::finish(JobAction action, const Result<api::Ticket> &ticket)
{
    m_busyWith.reset();
    emit busyChanged();
    if (ticket)
        return emit done(action, *ticket);
    std::optional<api::TicketSummary> now;
    if (const auto current = json::fromJson<api::TicketSummary>(ticket.error().extension.value("ticket"_L1)))
        now = *current;
    emit refused(action, ticket.error(), now);
}

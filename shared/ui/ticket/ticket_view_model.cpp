#include "shared/ui/ticket/ticket_view_model.h"

TicketViewModel::TicketViewModel(ApiClient &api, PushChannel &push, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    push.on<api::TicketChanged>(this, [this](const api::TicketChanged &change) {
        const bool isNews = !m_ticket || change.ticket.version > m_ticket->version;
        if (isStill(change.ticket.id) && isNews)
            reload();
    });
    connect(&push, &PushChannel::gap, this, &TicketViewModel::reload);
    connect(&m_clockHand, &QTimer::timeout, this, [this] {
        const bool isRunning = m_sla && std::ranges::any_of(m_sla->clocks, [](const api::SlaClock &clock) {
                                   return clock.state == api::SlaClockState::running
                                       || clock.state == api::SlaClockState::paused;
                               });
        if (isRunning)
            loadSla();
    });
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
}

void TicketViewModel::open(const api::TicketId &id)
{
    if (m_id == id)
        return;
    close();
    m_id = id;
    reload();
}

void TicketViewModel::close()
{
    m_id.reset();
    m_ticket.reset();
    m_history.clear();
    m_decisions.clear();
    m_sla.reset();
    m_standing.reset();
    m_survey.reset();
    m_problem.reset();
    emit changed();
}

void TicketViewModel::reload()
{
    if (!m_id)
        return;
    loadTicket();
    loadHistory();
    loadExplanation();
    loadSla();
    loadStanding();
    loadSurvey();
}

void TicketViewModel::followSla()
{
    m_followsSla = true;
    m_clockHand.start(std::chrono::seconds(30));
    loadSla();
}

void TicketViewModel::adopt(const api::Ticket &ticket)
{
    if (!isStill(ticket.id) || (m_ticket && ticket.version < m_ticket->version))
        return;
    m_ticket = ticket;
    m_problem.reset();
    emit changed();
    loadHistory();
    loadExplanation();
    loadSla();
}

void TicketViewModel::loadTicket()
{
    const api::TicketId id = *m_id;
    m_api.call<api::ticket::Fetch>(api::TicketRef { id }).then(this, [this, id](Result<api::Ticket> ticket) {
        if (!isStill(id))
            return;
        if (!ticket) {
            m_problem = ticket.error();
            // What was shown is gone, or never was this person's: it must not stay on the screen.
            if (m_problem->kind == ProblemKind::notFound || m_problem->kind == ProblemKind::forbidden)
                m_ticket.reset();
        } else if (!m_ticket || ticket->version >= m_ticket->version) { // answers may overtake each other
            m_ticket = *std::move(ticket);
            m_problem.reset();
        }
        emit changed();
    });
}

void TicketViewModel::loadHistory()
{
    const api::TicketId id = *m_id;
    m_api.call<api::ticket::History>(api::TicketRef { id })
        .then(this, [this, id](Result<api::Items<api::TicketChange>> history) {
            if (!isStill(id) || !history)
                return;
            m_history = std::move(history->items);
            emit changed();
        });
}

void TicketViewModel::loadExplanation()
{
    const api::TicketId id = *m_id;
    m_api.call<api::ticket::Explain>(api::TicketRef { id })
        .then(this, [this, id](Result<api::Explanation> explanation) {
            if (!isStill(id) || !explanation)
                return;
            m_decisions = std::move(explanation->decisions);
            emit changed();
        });
}

void TicketViewModel::loadSla()
{
    if (!m_id || !m_followsSla)
        return;
    const api::TicketId id = *m_id;
    m_api.call<api::sla::Inspect>(api::TicketRef { id }).then(this, [this, id](Result<api::TicketSla> sla) {
        if (!isStill(id) || !sla)
            return;
        m_sla = *std::move(sla);
        emit changed();
    });
}

void TicketViewModel::loadStanding()
{
    const api::TicketId id = *m_id;
    m_api.call<api::ticket::FetchStanding>(api::TicketRef { id })
        .then(this, [this, id](const Result<api::TicketStanding> &standing) {
            if (!isStill(id) || !standing)
                return;
            m_standing = *standing;
            emit changed();
        });
}

void TicketViewModel::loadSurvey()
{
    if (!m_followsSurvey)
        return;
    const api::TicketId id = *m_id;
    m_api.call<api::survey::OfTicket>(api::TicketRef { id })
        .then(this, [this, id](const Result<api::Survey> &survey) {
            if (!isStill(id))
                return;
            if (survey)
                m_survey = *survey;
            else if (survey.error().kind == ProblemKind::notFound)
                m_survey.reset();
            emit changed();
        });
}

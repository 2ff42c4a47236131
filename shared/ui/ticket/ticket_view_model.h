#pragma once

#include "shared/api/customer.h"
#include "shared/api/sla.h"
#include "shared/api/survey.h"
#include "shared/client/push_channel.h"

#include <QTimer>

// One ticket as it is now: loads it with its history and explanation, and loads again when the feed says it
// changed.
class TicketViewModel : public QObject
{
    Q_OBJECT
public:
    TicketViewModel(ApiClient &api, PushChannel &push, QObject *parent = nullptr);

    void open(const api::TicketId &id);
    void close();
    void reload();
    // Takes what an action or a conflict answered, without asking again for the ticket itself.
    void adopt(const api::Ticket &ticket);
    // From now on the clocks are loaded too.
    void followSla();
    // From now on what the customer said about the repair is loaded too.
    void followSurvey() { m_followsSurvey = true; }

    [[nodiscard]] const std::optional<api::TicketId> &id() const { return m_id; }
    [[nodiscard]] const std::optional<api::Ticket> &ticket() const { return m_ticket; }
    [[nodiscard]] const QList<api::TicketChange> &history() const { return m_history; }
    [[nodiscard]] const QList<api::Decision> &decisions() const { return m_decisions; }
    [[nodiscard]] const std::optional<api::TicketSla> &sla() const { return m_sla; }
    [[nodiscard]] const std::optional<api::TicketStanding> &standing() const { return m_standing; }
    [[nodiscard]] const std::optional<api::Survey> &survey() const { return m_survey; }
    // Why there is no ticket to show, or why what is shown may be old.
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed();

private:
    void loadTicket();
    void loadHistory();
    void loadExplanation();
    void loadSla();
    void loadStanding();
    void loadSurvey();
    [[nodiscard]] bool isStill(const api::TicketId &id) const { return m_id == id; }

    ApiClient &m_api;
    std::optional<api::TicketId> m_id;
    std::optional<api::Ticket> m_ticket;
    QList<api::TicketChange> m_history;
    QList<api::Decision> m_decisions;
    std::optional<api::TicketSla> m_sla;
    std::optional<api::TicketStanding> m_standing; // of the customer with their bills
    std::optional<api::Survey> m_survey; // none: nobody was asked
    bool m_followsSla = false;
    bool m_followsSurvey = false;
    QTimer m_clockHand; // what is left grows less while nothing else happens
    std::optional<Problem> m_problem;
};

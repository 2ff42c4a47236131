#pragma once

#include "shared/ui/ticket/decision_view.h"
#include "shared/ui/ticket/ticket_view_model.h"

#include <QScrollArea>

class Banner;
class Card;
class Chip;
class Facts;
class HistoryList;
class HoldNotice;
class QLabel;
class QPushButton;
class SlaBar;
class StandingNotice;

// All there is to know about one ticket, to read: who, where, what, why this expert, and what happened.
class TicketDetail : public QWidget
{
    Q_OBJECT
public:
    TicketDetail(TicketViewModel &viewModel, DecisionView::For reader, QWidget *parent = nullptr);

    // Offers the way to the customer's account, where the app has that page.
    void offerCustomer();
    void setReader(const api::AccountId &reader) { m_readerId = reader; }

signals:
    void customerWanted(const api::AccountId &id);

private:
    void layOut();
    void refresh();
    void showHead(const api::Ticket &ticket);
    void showFacts(const api::Ticket &ticket);
    void showSla();
    void showSurvey();

    TicketViewModel &m_viewModel;
    DecisionView::For m_reader;
    api::AccountId m_readerId;
    QScrollArea *m_scroll;
    Banner *m_banner;
    QLabel *m_number;
    QLabel *m_subject;
    Chip *m_state;
    Chip *m_priority;
    Chip *m_coverage;
    Chip *m_level;
    HoldNotice *m_hold;
    StandingNotice *m_standing;
    QLabel *m_description;
    QLabel *m_resolution;
    QLabel *m_survey;
    Facts *m_customer;
    QPushButton *m_account;
    Facts *m_device;
    SlaBar *m_sla;
    QLabel *m_slaPlace;
    DecisionView *m_decision;
    HistoryList *m_history;
    Card *m_descriptionCard;
    Card *m_resolutionCard;
    Card *m_surveyCard;
    Card *m_slaCard;
    Card *m_decisionCard;
};

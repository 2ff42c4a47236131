#pragma once

#include "shared/api/ticket.h"

#include <QFrame>

class QLabel;
class QPushButton;

// Over every page: a job is offered, and yes or no is one key away.
class OfferBanner : public QFrame
{
    Q_OBJECT
public:
    explicit OfferBanner(QWidget *parent = nullptr);

    void offer(const api::TicketSummary &job);
    void withdraw(const api::TicketId &id);
    void setBusy(bool busy);
    void setDetailsShown(bool shown); // the page below shows them already
    [[nodiscard]] const std::optional<api::TicketSummary> &offered() const { return m_job; }

signals:
    void accepted(const api::TicketId &id);
    void rejected(const api::TicketId &id);
    void opened(const api::TicketId &id);

private:
    void takeFocus();

    QLabel *m_title;
    QLabel *m_text;
    QPushButton *m_accept;
    QPushButton *m_reject;
    QPushButton *m_details;
    std::optional<api::TicketSummary> m_job;
};

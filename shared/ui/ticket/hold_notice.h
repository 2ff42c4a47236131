#pragma once

#include "shared/api/ticket.h"

#include <QFrame>
#include <QTimer>

class QLabel;

// Says of a ticket that waits for its customer: since when, why, who said so, and when it goes on by itself.
class HoldNotice : public QFrame
{
    Q_OBJECT
public:
    explicit HoldNotice(QWidget *parent = nullptr);

    // `history` may come later than the ticket does; without it the notice knows less.
    void setTicket(const api::Ticket &ticket, const QList<api::TicketChange> &history);

private:
    void refresh();

    api::Ticket m_ticket;
    std::optional<api::TicketChange> m_begin;
    QTimer m_minute;
    QLabel *m_title;
    QLabel *m_text;
};

#pragma once

#include "shared/api/ticket.h"

#include <QWidget>

class QVBoxLayout;

// What happened to a ticket, newest first.
class HistoryList : public QWidget
{
    Q_OBJECT
public:
    explicit HistoryList(QWidget *parent = nullptr);

    void setHistory(const QList<api::TicketChange> &history);

private:
    QWidget *makeRow(const api::TicketChange &change);

    QVBoxLayout *m_rows;
    QJsonValue m_shown;
};

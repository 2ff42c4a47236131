#pragma once

#include "shared/ui/ticket/ticket_list_view_model.h"
#include "shared/ui/ticket/ticket_view_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class StatePane;
class TicketDetail;
class TicketTable;

// All tickets at work: the live list, found by text and state, and beside it the one that is selected.
class TicketListPage : public QWidget
{
    Q_OBJECT
public:
    TicketListPage(TicketListViewModel &list, TicketViewModel &ticket, QWidget *parent = nullptr);

    void offerCustomer(); // see TicketDetail
    void search(const QString &text); // among all tickets, also those that are done
    void find(); // puts the cursor where one types what to look for

signals:
    void customerWanted(const api::AccountId &id);

private:
    QWidget *makeList();
    void wire();
    void applyFilter();
    void refresh();
    void refreshDetail();
    void onCurrent(const QModelIndex &current);
    void lookAround(); // has the rows fetched that are in view
    void selectOpened();

    TicketListViewModel &m_list;
    TicketViewModel &m_ticket;
    QLineEdit *m_search;
    QComboBox *m_scope;
    QLabel *m_count;
    TicketTable *m_table;
    StatePane *m_listPane;
    TicketDetail *m_detail;
    StatePane *m_detailPane;
    QTimer m_typing;
    QTimer m_settling; // of a scroll bar that is being dragged
    bool m_isGoingTo = false; // a row was chosen that is not here yet
};

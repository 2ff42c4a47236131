#pragma once

#include "manager-client/features/customer/customer_list_view_model.h"
#include "manager-client/features/customer/customer_view_model.h"

#include <QWidget>

class CustomerDetail;
class QLineEdit;
class QTableView;
class StatePane;

// The customers, found by name, e-mail or telephone, and beside them the account of the one that is open.
class CustomerPage : public QWidget
{
    Q_OBJECT
public:
    CustomerPage(
        CustomerListViewModel &list, CustomerViewModel &customer, api::Role role, QWidget *parent = nullptr
    );

    void lookFor(const QString &text);
    void find(); // puts the cursor where one types whom to look for
    void open(const api::AccountId &id);

private:
    [[nodiscard]] QWidget *makeList();
    void wire();
    void search();
    void refreshList();
    void refreshDetail();
    void followSelection();

    CustomerListViewModel &m_list;
    CustomerViewModel &m_customer;
    QLineEdit *m_search;
    QTableView *m_table;
    StatePane *m_listPane;
    StatePane *m_detailPane;
    QTimer m_typing;
};

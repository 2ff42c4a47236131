#pragma once

#include "manager-client/features/customer/customer_view_model.h"

#include <QStandardItemModel>
#include <QWidget>

class Banner;
class Card;
class Chip;
class Facts;
class QLabel;
class QPushButton;
class ShortTable;
class StandingNotice;

// A customer's account: who they are, what they hold, how they stand, what they were billed and given back.
class CustomerDetail : public QWidget
{
    Q_OBJECT
public:
    // `role` of who looks decides how much they may give back.
    CustomerDetail(CustomerViewModel &viewModel, api::Role role, QWidget *parent = nullptr);

private:
    [[nodiscard]] QWidget *makeContent();
    [[nodiscard]] QWidget *makeInvoices();
    void wire();
    void refresh();
    void showPlans();
    void showStanding();
    void showInvoices();
    void showRefunds();
    void selectInvoice();
    void askForRefund();
    void onDecided(const api::Refund &refund);

    CustomerViewModel &m_viewModel;
    api::Role m_role;
    QStandardItemModel m_planRows;
    QStandardItemModel m_refundRows;
    Banner *m_banner;
    Banner *m_outcome;
    QLabel *m_name;
    Chip *m_standing;
    StandingNotice *m_notice;
    Facts *m_profile;
    QLabel *m_noPlans;
    ShortTable *m_plans;
    QLabel *m_open;
    QLabel *m_noInvoices;
    ShortTable *m_invoices;
    QPushButton *m_refund;
    QPushButton *m_more;
    QLabel *m_refundHint;
    ShortTable *m_refunds;
    Card *m_refundCard;
};

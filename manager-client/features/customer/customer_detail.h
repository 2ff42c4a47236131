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
    void showDevices();
    void showStanding();
    void showInvoices();
    void showRefunds();
    void selectInvoice();
    void askForRefund();
    void saveInvoice();
    void saveCreditNote();
    void saveStatement(int year);
    using Print = std::function<Reply<api::File>(CustomerViewModel &)>;
    // Asks where to, and has it made then.
    void save(const QString &name, const Print &print);
    void onDecided(const api::Refund &refund);

    CustomerViewModel &m_viewModel;
    api::Role m_role;
    QStandardItemModel m_planRows;
    QStandardItemModel m_deviceRows;
    QStandardItemModel m_refundRows;
    Banner *m_banner;
    Banner *m_outcome;
    QLabel *m_name;
    Chip *m_standing;
    StandingNotice *m_notice;
    Facts *m_profile;
    QLabel *m_noPlans;
    ShortTable *m_plans;
    QLabel *m_noDevices;
    ShortTable *m_devices;
    QLabel *m_open;
    QLabel *m_noInvoices;
    ShortTable *m_invoices;
    QPushButton *m_refund;
    QPushButton *m_save;
    QPushButton *m_more;
    QPushButton *m_thisYear;
    QPushButton *m_lastYear;
    QLabel *m_refundHint;
    ShortTable *m_refunds;
    QPushButton *m_saveCredit;
    Card *m_refundCard;
};

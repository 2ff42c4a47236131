#pragma once

#include "admin-client/features/plan/plan_view_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QStandardItemModel;
class ShortTable;

// What a customer of one's choice would pay from when, and which running subscriptions renew at which price.
class PricePreviewCard : public QWidget
{
    Q_OBJECT
public:
    explicit PricePreviewCard(QWidget *parent = nullptr);
    ~PricePreviewCard() override;

    // The plans that a customer could come from.
    void setOthers(const QList<api::PlanHistory> &plans, const std::optional<api::PlanId> &open);
    [[nodiscard]] PreviewedCustomer customer() const;
    void setPreview(const api::PlanPreview &preview);
    void say(const QString &text); // in the place of a preview

signals:
    void wanted(); // another customer

private:
    void showRenewals(const QList<api::RenewalMonth> &renewals);

    QComboBox *m_state;
    QLineEdit *m_zip;
    QComboBox *m_before;
    QSpinBox *m_days;
    QLabel *m_purchase;
    QLabel *m_change;
    QLabel *m_renewal;
    std::unique_ptr<QStandardItemModel> m_model;
    ShortTable *m_table;
};

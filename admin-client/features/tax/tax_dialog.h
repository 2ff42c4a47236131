#pragma once

#include "shared/api/billing.h"

#include <QDialog>

class Banner;
class QDateEdit;
class QDoubleSpinBox;
class QLineEdit;
class QRadioButton;

// Asks what a state takes of bills, and from when on.
class TaxDialog : public QDialog
{
    Q_OBJECT
public:
    // None: the state is asked for too.
    explicit TaxDialog(const std::optional<api::TaxRate> &rate, QWidget *parent = nullptr);

    void say(const Problem &problem);

signals:
    void submitted(const QString &usState, const api::TaxRateChange &wanted);

private:
    void submit();

    Banner *m_banner;
    QLineEdit *m_state;
    QDoubleSpinBox *m_percent;
    QRadioButton *m_atOnce;
    QRadioButton *m_later;
    QDateEdit *m_day;
};

#pragma once

#include "shared/api/sla.h"

#include <QDialog>

class Banner;
class QCheckBox;
class QComboBox;
class QDateEdit;
class QLineEdit;
class QSpinBox;

// Asks for one holiday: its name, and how its day is found each year.
class HolidayDialog : public QDialog
{
    Q_OBJECT
public:
    // `refusal`: what the server found wrong with it.
    HolidayDialog(const api::Holiday &holiday, const QString &refusal, QWidget *parent = nullptr);

signals:
    void submitted(const api::Holiday &holiday);

private:
    void fill(const api::Holiday &holiday);
    void adaptToRule();
    void submit();
    [[nodiscard]] api::HolidayRule rule() const;
    [[nodiscard]] api::Holiday holiday() const;

    Banner *m_banner;
    QLineEdit *m_name;
    QComboBox *m_rule;
    QComboBox *m_nth;
    QComboBox *m_weekday;
    QComboBox *m_month;
    QSpinBox *m_day;
    QDateEdit *m_date;
    QSpinBox *m_offset;
    QCheckBox *m_observed;
    QHash<QWidget *, QWidget *> m_slots; // a field and what shows it with its label
};

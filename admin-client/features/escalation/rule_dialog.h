#pragma once

#include "shared/api/sla.h"

#include <QDialog>

class Banner;
class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;

// Asks for one escalation rule: which clock, when, which level, who is told what.
class RuleDialog : public QDialog
{
    Q_OBJECT
public:
    // `others` are those that this one must not be taken for.
    RuleDialog(
        const std::optional<api::EscalationRule> &rule,
        const QList<api::EscalationRule> &others,
        QWidget *parent = nullptr
    );

signals:
    void submitted(const api::EscalationRule &rule);

private:
    QWidget *makeForm();
    void fill(const api::EscalationRule &rule);
    void adaptToMoment();
    void submit();
    void refuse(QWidget *field, const QString &why);
    [[nodiscard]] int minutes() const;
    [[nodiscard]] QList<api::Told> told() const;

    QList<api::EscalationRule> m_others;
    Banner *m_banner;
    QComboBox *m_clock;
    QSpinBox *m_level;
    QSpinBox *m_amount;
    QComboBox *m_unit;
    QComboBox *m_side;
    QList<QCheckBox *> m_tell; // in the order of api::Told
    QLineEdit *m_text;
};

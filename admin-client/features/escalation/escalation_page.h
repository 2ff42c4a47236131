#pragma once

#include "admin-client/features/escalation/escalation_view_model.h"

#include <QWidget>

class Banner;
class ConflictNotice;
class QLabel;
class QPushButton;
class QSpinBox;
class QStandardItemModel;
class SaveBar;
class ShortTable;
class StatePane;

// What happens by itself when nothing happens: the patience with each stage, and the levels that are raised
// before and after a deadline.
class EscalationPage : public QWidget
{
    Q_OBJECT
public:
    explicit EscalationPage(EscalationViewModel &viewModel, QWidget *parent = nullptr);
    ~EscalationPage() override;

signals:
    void said(const QString &text); // for a toast

private:
    QWidget *makeContent();
    QWidget *makePatience();
    QWidget *makeRules();
    void wire();
    void refresh();
    void fill();
    void showRules();
    void onEdited();
    void ask(const std::optional<int> &row);
    void remove();
    void askToSave(const std::optional<qint64> &tickets);
    void onRefused(const Problem &problem);

    EscalationViewModel &m_viewModel;
    std::unique_ptr<QStandardItemModel> m_model;
    QSpinBox *m_unassigned;
    QSpinBox *m_silent;
    QSpinBox *m_cooldown;
    QSpinBox *m_silentExperts;
    ShortTable *m_table;
    QLabel *m_note;
    QPushButton *m_change;
    QPushButton *m_remove;
    Banner *m_banner;
    ConflictNotice *m_conflict;
    SaveBar *m_foot;
    StatePane *m_pane;
    QList<api::EscalationRule> m_rules; // in the order of the table
    QHash<int, QString> m_refusals; // by row
    std::optional<QList<api::EscalationRule>> m_beforeRemoval;
    bool m_isFilling = false;
};

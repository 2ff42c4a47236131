#pragma once

#include "admin-client/features/plan/plan_view_model.h"

#include <QTimer>
#include <QWidget>

class Banner;
class ConflictNotice;
class PlanForm;
class PricePreviewCard;
class QLabel;
class QListView;
class QPushButton;
class QScrollArea;
class QStandardItemModel;
class SaveBar;
class ShortTable;
class StatePane;

// The plans that are sold: their terms by versions, what they would cost whom, and how they became what they
// are.
class PlanPage : public QWidget
{
    Q_OBJECT
public:
    explicit PlanPage(PlanViewModel &viewModel, QWidget *parent = nullptr);
    ~PlanPage() override;

signals:
    void said(const QString &text); // for a toast

private:
    QWidget *makeSide();
    QWidget *makeWork();
    void wire();
    void refresh();
    void refreshList();
    void refreshFoot();
    void fill();
    void showHistory();
    void wantPreview();
    void askToSave();
    void askToWithdraw();
    void onRefused(const Problem &problem);

    PlanViewModel &m_viewModel;
    std::unique_ptr<QStandardItemModel> m_plans;
    std::unique_ptr<QStandardItemModel> m_versions;
    QListView *m_list;
    QLabel *m_title;
    QPushButton *m_withdraw;
    PlanForm *m_form;
    PricePreviewCard *m_preview;
    ShortTable *m_history;
    QScrollArea *m_scroll;
    Banner *m_banner;
    ConflictNotice *m_conflict;
    SaveBar *m_foot;
    StatePane *m_pane;
    QTimer m_typing; // a price that is still being typed is not asked about
    bool m_isFilling = false;
};

#pragma once

#include "admin-client/features/tax/tax_view_model.h"

#include <QPointer>
#include <QStandardItemModel>
#include <QWidget>

class QPushButton;
class ShortTable;
class StatePane;
class TaxDialog;

// The states' taxes, and what they will be.
class TaxPage : public QWidget
{
    Q_OBJECT
public:
    explicit TaxPage(TaxViewModel &viewModel, QWidget *parent = nullptr);
    ~TaxPage() override;

signals:
    void said(const QString &text);

private:
    QWidget *makeContent();
    void refresh();
    void ask(const std::optional<api::TaxRate> &rate);
    void change();
    [[nodiscard]] std::optional<api::TaxRate> current() const;

    TaxViewModel &m_viewModel;
    QStandardItemModel m_model;
    ShortTable *m_table;
    QPushButton *m_add;
    QPushButton *m_change;
    StatePane *m_pane;
    QPointer<TaxDialog> m_dialog;
};

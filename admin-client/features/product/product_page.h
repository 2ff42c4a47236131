#pragma once

#include "admin-client/features/product/product_view_model.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class ProductDialog;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class StatePane;

// What is repaired: the products that customers choose from when they file a ticket or register a device.
class ProductPage : public QWidget
{
    Q_OBJECT
public:
    explicit ProductPage(ProductViewModel &viewModel, QWidget *parent = nullptr);
    ~ProductPage() override;

signals:
    void said(const QString &text); // for a toast

private:
    void wire();
    void refresh();
    void refreshActions();
    void search();
    void showAll();
    void ask(const std::optional<api::Product> &product);
    void changeCurrent();
    void shelveCurrent();
    void onSaved(const api::Product &product);
    [[nodiscard]] std::optional<api::Product> current() const;

    ProductViewModel &m_viewModel;
    QLineEdit *m_search;
    QComboBox *m_shelf;
    QLabel *m_count;
    QTableView *m_table;
    QPushButton *m_add;
    QPushButton *m_change;
    QPushButton *m_shelve;
    StatePane *m_pane;
    QPointer<ProductDialog> m_dialog;
    QTimer m_typing;
};

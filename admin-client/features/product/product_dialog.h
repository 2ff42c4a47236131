#pragma once

#include "shared/api/catalog.h"

#include <QDialog>

class Banner;
class ConflictNotice;
class QComboBox;
class QLineEdit;
class QPushButton;

// Asks what a product is.
class ProductDialog : public QDialog
{
    Q_OBJECT
public:
    // None: a new one.
    ProductDialog(
        const QList<api::Category> &categories,
        const std::optional<api::Product> &product,
        QWidget *parent = nullptr
    );

    void say(const Problem &problem);
    // Somebody else has changed it meanwhile: what is to be kept?
    void overtake(const api::Product &current);

signals:
    void added(const api::NewProduct &wanted);
    void edited(const api::Product &product, const api::ProductChange &wanted);

private:
    void fill(const api::Product &product);
    void submit();
    [[nodiscard]] bool hasEmptyField();

    std::optional<api::Product> m_product;
    Banner *m_banner;
    ConflictNotice *m_conflict;
    QLineEdit *m_name;
    QLineEdit *m_maker;
    QComboBox *m_category;
    QLineEdit *m_sku;
    QPushButton *m_save;
};

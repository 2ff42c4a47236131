#pragma once

#include "shared/api/customer.h"

#include <QDialog>

class Banner;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

// Asks how much of an invoice to give back and why, and says what will happen before it does. It stays until
// the server has taken the request, so that nothing somebody wrote is lost to a failure.
class RefundDialog : public QDialog
{
    Q_OBJECT
public:
    RefundDialog(const api::Invoice &invoice, api::Role role, QWidget *parent = nullptr);

    void setBusy(bool busy);
    void say(const Problem &problem);

    // The most that this role may still give back of it.
    [[nodiscard]] static Money mostOf(const api::Invoice &invoice, api::Role role);
    // "12", "12.5", "$1,212.50"; none: that is no amount.
    [[nodiscard]] static std::optional<qint64> minorOf(const QString &typed);

signals:
    // `key` stays the same as long as what is asked for does.
    void submitted(const api::NewRefund &refund, const QByteArray &key);

private:
    [[nodiscard]] QWidget *makeForm();
    [[nodiscard]] QString limits() const;
    void foretell();
    void submit();
    void confirm(const api::NewRefund &refund);
    void refuse(QWidget *field, const QString &why);
    [[nodiscard]] QString consequence(const Money &amount) const;

    const api::Invoice m_invoice;
    const Money m_left;
    const Money m_most;
    const api::Role m_role;
    QByteArray m_key;
    Banner *m_banner;
    QLineEdit *m_amount;
    QPlainTextEdit *m_reason;
    QLabel *m_outlook;
    QPushButton *m_submit;
};

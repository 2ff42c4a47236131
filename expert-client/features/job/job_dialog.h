#pragma once

#include "shared/core/problem.h"

#include <QDialog>

class Banner;
class QPushButton;

// A question that comes before an action. It stays until the server has done the action, so that nothing
// somebody wrote is lost to a failure.
class JobDialog : public QDialog
{
    Q_OBJECT
public:
    void setBusy(bool busy);
    void say(const Problem &problem);
    void refuse(const QString &text); // what was entered cannot be sent

protected:
    JobDialog(QPushButton *submit, QPushButton *cancel, QWidget *parent);

    [[nodiscard]] Banner *banner() { return m_banner; }
    [[nodiscard]] QPushButton *submitButton() { return m_submit; }
    [[nodiscard]] QWidget *makeButtons();

private:
    Banner *m_banner;
    QPushButton *m_submit;
    QPushButton *m_cancel;
    QString m_submitText;
};

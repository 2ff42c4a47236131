#pragma once

#include "expert-client/features/job/job_dialog.h"
#include "shared/api/ticket.h"

class QButtonGroup;
class QDateTimeEdit;
class QLabel;
class QPlainTextEdit;

// Asks what of the customer's the job has to wait for, and until when where somebody said so.
class HoldDialog : public JobDialog
{
    Q_OBJECT
public:
    explicit HoldDialog(const QString &number, QWidget *parent = nullptr);

signals:
    void submitted(const api::NewPause &pause);

private:
    QWidget *makeChoices();
    void adaptToReason();
    void submit();
    [[nodiscard]] api::PauseReason reason() const;

    QButtonGroup *m_reasons;
    QLabel *m_promise;
    QWidget *m_until;
    QDateTimeEdit *m_day;
    QPlainTextEdit *m_note;
};

#pragma once

#include "expert-client/features/job/job_dialog.h"
#include "shared/api/ticket.h"

class QPlainTextEdit;
class QRadioButton;

// Asks how a visit ended: fixed, or another visit is needed; and what was done.
class CompleteDialog : public JobDialog
{
    Q_OBJECT
public:
    explicit CompleteDialog(const QString &number, QWidget *parent = nullptr);

signals:
    void submitted(const api::Completion &completion);

private:
    void submit();
    void adaptWords();

    QRadioButton *m_fixed;
    QRadioButton *m_anotherVisit;
    QPlainTextEdit *m_note;
};

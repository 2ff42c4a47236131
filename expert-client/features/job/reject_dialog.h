#pragma once

#include "expert-client/features/job/job_dialog.h"
#include "shared/core/text.h"

class QButtonGroup;
class QPlainTextEdit;

// Asks why a job is turned down: a usual reason at one keystroke, or in own words.
class RejectDialog : public JobDialog
{
    Q_OBJECT
public:
    explicit RejectDialog(const QString &number, QWidget *parent = nullptr);

signals:
    void submitted(const Text<1, 500> &reason);

private:
    void submit();

    QButtonGroup *m_usual;
    QPlainTextEdit *m_words;
};

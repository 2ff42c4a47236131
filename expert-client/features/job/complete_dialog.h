#pragma once

#include "shared/api/ticket.h"

#include <QDialog>

class Banner;
class QPlainTextEdit;
class QRadioButton;

// Asks how a visit ended: fixed, or another visit is needed; and what was done.
class CompleteDialog : public QDialog
{
    Q_OBJECT
public:
    explicit CompleteDialog(const QString &number, QWidget *parent = nullptr);

    [[nodiscard]] const api::Completion &completion() const { return m_completion; }

private:
    void submit();
    void adaptWords();

    Banner *m_banner;
    QRadioButton *m_fixed;
    QRadioButton *m_anotherVisit;
    QPlainTextEdit *m_note;
    api::Completion m_completion;
};

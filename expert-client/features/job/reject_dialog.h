#pragma once

#include "shared/core/text.h"

#include <QDialog>

class Banner;
class QButtonGroup;
class QPlainTextEdit;

// Asks why a job is turned down: a usual reason at one keystroke, or in own words.
class RejectDialog : public QDialog
{
    Q_OBJECT
public:
    explicit RejectDialog(const QString &number, QWidget *parent = nullptr);

    [[nodiscard]] const Text<1, 500> &reason() const { return m_reason; }

private:
    void submit();

    Banner *m_banner;
    QButtonGroup *m_usual;
    QPlainTextEdit *m_words;
    Text<1, 500> m_reason;
};

#pragma once

#include "shared/core/problem.h"
#include "shared/ui/tokens.h"

#include <QFrame>

class Glyph;
class QLabel;
class QToolButton;

// A line across a page or form that says what went wrong or changed, and stays until it is dealt with.
class Banner : public QFrame
{
    Q_OBJECT
public:
    explicit Banner(QWidget *parent = nullptr);

    void say(Tone tone, const QString &text);
    void say(const Problem &problem);
    void clear();
    [[nodiscard]] QString text() const;

private:
    Glyph *m_icon;
    QLabel *m_text;
    QToolButton *m_close;
};

#pragma once

#include <QFrame>
#include <QTimer>

class QLabel;

// A short word over the bottom of a window that something was done; goes by itself, never asks anything.
class Toast : public QFrame
{
    Q_OBJECT
public:
    explicit Toast(QWidget *window);

    void say(const QString &text);

protected:
    bool event(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();

    QLabel *m_text;
    QTimer m_end;
};

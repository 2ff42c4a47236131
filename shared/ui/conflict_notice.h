#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

// Somebody else saved the same thing meanwhile: says so, and what one can do about it.
class ConflictNotice : public QFrame
{
    Q_OBJECT
public:
    explicit ConflictNotice(QWidget *parent = nullptr);

    void say(const QString &text);
    void clear();

signals:
    void theirsWanted(); // mine go
    void mineWanted(); // mine are saved over theirs

private:
    QLabel *m_text;
    QPushButton *m_theirs;
};

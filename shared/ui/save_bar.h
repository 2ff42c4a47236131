#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

// The foot of a page that is edited as a whole: says whether something is not saved yet, saves it, discards
// it, and brings back what was removed last.
class SaveBar : public QFrame
{
    Q_OBJECT
public:
    enum class State { clean, changed, saving };

    explicit SaveBar(QWidget *parent = nullptr);

    // `standing` is what there is to say while nothing is changed: who saved last, and when.
    void setState(State state, const QString &standing);
    void offerUndo(const QString &removed); // empty: nothing to bring back

signals:
    void saveWanted();
    void discardWanted();
    void undoWanted();

private:
    QLabel *m_text;
    QPushButton *m_undo;
    QPushButton *m_discard;
    QPushButton *m_save;
    QString m_removed;
    QString m_standing;
    State m_state = State::clean;

    void refresh();
};

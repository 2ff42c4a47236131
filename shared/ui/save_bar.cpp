#include "shared/ui/save_bar.h"

#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/side_by_side.h"

using namespace Qt::StringLiterals;
using namespace layout;

SaveBar::SaveBar(QWidget *parent)
    : QFrame(parent)
    , m_text(label({}, Words::muted))
    , m_undo(button(tr("&Undo"), ButtonKind::quiet, u"repeat"_s))
    , m_discard(button(tr("&Discard changes")))
    , m_save(button(tr("Save …"), ButtonKind::primary, u"check"_s))
{
    setProperty("ground", u"footer"_s);
    m_save->setShortcut(QKeySequence::Save);
    m_save->setToolTip(QKeySequence(QKeySequence::Save).toString(QKeySequence::NativeText));
    connect(m_save, &QPushButton::clicked, this, &SaveBar::saveWanted);
    connect(m_discard, &QPushButton::clicked, this, &SaveBar::discardWanted);
    connect(m_undo, &QPushButton::clicked, this, &SaveBar::undoWanted);
    auto *words = new QWidget;
    Row { growing(m_text), m_undo }.spacing(medium).attachTo(words);
    auto *buttons = new QWidget;
    Row { Stretch(), m_discard, m_save }.spacing(medium).attachTo(buttons);
    auto *parts = new SideBySide(words, buttons, 620);
    parts->setStretch(1, 0);
    Column { parts }.margins(wide, medium, wide, medium).attachTo(this);
    refresh();
}

void SaveBar::setState(State state, const QString &standing)
{
    m_state = state;
    m_standing = standing;
    refresh();
}

void SaveBar::offerUndo(const QString &removed)
{
    m_removed = removed;
    refresh();
}

void SaveBar::refresh()
{
    const bool canUndo = m_state == State::changed && !m_removed.isEmpty();
    m_undo->setVisible(canUndo);
    m_discard->setVisible(m_state != State::clean);
    m_discard->setEnabled(m_state == State::changed);
    m_save->setEnabled(m_state == State::changed);
    m_save->setText(m_state == State::saving ? tr("Saving …") : tr("Save …"));
    m_save->setShortcut(QKeySequence::Save); // setText() takes it away
    m_text->setText(
        m_state == State::clean ? m_standing
            : canUndo           ? tr("Removed: %1. Nothing is saved yet.").arg(m_removed)
                                : tr("Changed, and not saved yet.")
    );
}

#include "shared/ui/conflict_notice.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"

#include <QAccessible>

using namespace Qt::StringLiterals;
using namespace layout;

ConflictNotice::ConflictNotice(QWidget *parent)
    : QFrame(parent)
    , m_text(label({}, Words::strong))
    , m_theirs(button(tr("Take &theirs")))
{
    setProperty("ground", u"warning"_s);
    m_text->setWordWrap(true);
    auto *mine = button(tr("Save &mine over it"), ButtonKind::danger);
    connect(m_theirs, &QPushButton::clicked, this, &ConflictNotice::theirsWanted);
    connect(mine, &QPushButton::clicked, this, &ConflictNotice::mineWanted);
    Row {
        new Glyph(u"warning"_s, 20, Tone::warning),
        growing(Column {
            m_text,
            label(
                tr("Take theirs, and your changes are gone; or save yours over it, and theirs are. Nothing "
                   "is "
                   "saved until you decide."),
                Words::body
            ),
            Row { m_theirs, mine, Stretch() }.spacing(medium),
        }
                    .spacing(small)),
    }
        .spacing(medium)
        .margins(medium)
        .attachTo(this);
    hide();
}

void ConflictNotice::say(const QString &text)
{
    m_text->setText(text);
    setAccessibleName(text);
    if (isVisible())
        return;
    show();
    m_theirs->setFocus(Qt::OtherFocusReason);
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void ConflictNotice::clear()
{
    hide();
}

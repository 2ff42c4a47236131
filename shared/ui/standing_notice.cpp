#include "shared/ui/standing_notice.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/words.h"

#include <QStyle>

using namespace Qt::StringLiterals;
using namespace layout;

StandingNotice::StandingNotice(QWidget *parent)
    : QFrame(parent)
    , m_picture(new Glyph(u"warning"_s, 20, Tone::warning))
    , m_title(label({}, Words::strong))
    , m_text(freeText())
{
    m_title->setWordWrap(true);
    auto line
        = Row { m_picture, growing(Column { m_title, m_text }.spacing(2)) }.spacing(medium).margins(medium);
    QBoxLayout *layout = line.release();
    layout->setAlignment(m_picture, Qt::AlignTop);
    setLayout(layout);
    hide();
}

void StandingNotice::say(api::Standing standing, const QString &text, const QString &more)
{
    setVisible(!text.isEmpty());
    if (text.isEmpty())
        return;
    const ChipWords chip = words::of(standing);
    setProperty("ground", chip.tone == Tone::danger ? u"danger"_s : u"warning"_s);
    style()->unpolish(this);
    style()->polish(this);
    m_picture->setTone(chip.tone);
    m_title->setText(text);
    m_text->setText(more);
    m_text->setVisible(!more.isEmpty());
    setAccessibleName(text);
    setAccessibleDescription(more);
}

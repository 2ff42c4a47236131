#include "shared/ui/banner.h"

#include "shared/ui/glyph.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"

#include <QAccessible>
#include <QStyle>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString groundOf(Tone tone)
{
    switch (tone) {
    case Tone::neutral:
        return u"neutral"_s;
    case Tone::accent:
        return u"accent"_s;
    case Tone::success:
        return u"success"_s;
    case Tone::warning:
        return u"warning"_s;
    case Tone::danger:
        return u"danger"_s;
    }
    Q_UNREACHABLE();
}

QString iconOf(Tone tone)
{
    if (tone == Tone::success)
        return u"check-circle"_s;
    return tone == Tone::warning || tone == Tone::danger ? u"warning"_s : u"info"_s;
}

} // namespace

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_icon(new Glyph({}, 18))
    , m_text(freeText())
    , m_close(new QToolButton)
{
    m_close->setIcon(icon(u"cross"_s, &Tokens::muted));
    m_close->setAccessibleName(tr("Dismiss"));
    m_close->setToolTip(tr("Dismiss"));
    connect(m_close, &QToolButton::clicked, this, &Banner::clear);
    Row { m_icon, growing(m_text), m_close }
        .spacing(medium)
        .margins(medium, small, small, small)
        .attachTo(this);
    hide();
}

void Banner::say(Tone tone, const QString &text)
{
    setProperty("ground", groundOf(tone));
    style()->unpolish(this);
    style()->polish(this);
    m_icon->setGlyph(iconOf(tone));
    m_icon->setTone(tone);
    m_text->setText(text);
    setAccessibleName(text);
    setVisible(true);
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void Banner::say(const Problem &problem)
{
    say(problem.kind == ProblemKind::unreachable || problem.kind == ProblemKind::unavailable ? Tone::warning
                                                                                             : Tone::danger,
        sentence(problem));
}

void Banner::clear()
{
    setVisible(false);
    m_text->clear();
}

QString Banner::text() const
{
    return isHidden() ? QString() : m_text->text();
}

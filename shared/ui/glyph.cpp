#include "shared/ui/glyph.h"

#include "shared/ui/icon.h"
#include "shared/ui/scaling.h"

#include <QEvent>
#include <QPainter>
#include <QSvgRenderer>

using namespace Qt::StringLiterals;

Glyph::Glyph(const QString &name, double units, QColor Tokens::*color)
    : m_name(name)
    , m_units(units)
    , m_color(color)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

Glyph::Glyph(const QString &name, double units, Tone tone)
    : Glyph(name, units)
{
    m_tone = tone;
}

void Glyph::setGlyph(const QString &name)
{
    m_name = name;
    update();
}

void Glyph::setTone(Tone tone)
{
    m_tone = tone;
    update();
}

QSize Glyph::sizeHint() const
{
    return { scaled(m_units), scaled(m_units) };
}

void Glyph::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Tokens::current();
    QPainter painter(this);
    if (!m_name.isEmpty())
        paintIcon(painter, rect(), m_name, m_tone ? tokens.of(*m_tone).ink : tokens.*m_color);
}

void Glyph::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        updateGeometry();
}

Mark::Mark(double units)
    : m_units(units)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize Mark::sizeHint() const
{
    return { scaled(m_units), scaled(m_units) };
}

void Mark::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QSvgRenderer(u":/icons/sysops-squad.svg"_s).render(&painter, rect());
}

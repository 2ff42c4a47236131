#include "shared/ui/chip.h"

#include "shared/ui/icon.h"
#include "shared/ui/scaling.h"

#include <QEvent>
#include <QPainter>

namespace {

QFont chipFont(QFont font)
{
    font.setPixelSize(scaled(12));
    font.setWeight(QFont::DemiBold);
    return font;
}

int iconExtent()
{
    return scaled(14);
}

} // namespace

QSize chipSize(const ChipWords &words, const QFont &font)
{
    const QFontMetrics metrics(chipFont(font));
    const int iconWidth = words.icon.isEmpty() ? 0 : iconExtent() + scaled(5);
    return { metrics.horizontalAdvance(words.label) + iconWidth + scaled(16), metrics.height() + scaled(7) };
}

int paintChip(QPainter &painter, const QRect &rect, const ChipWords &words, const QColor &ground)
{
    const Tokens::Pair &pair = Tokens::current().of(words.tone);
    const QSize size = chipSize(words, painter.font());
    const QRect pill(QPoint(rect.left(), rect.top() + (rect.height() - size.height()) / 2), size);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground.isValid() ? ground : pair.soft);
    painter.drawRoundedRect(pill, pill.height() / 2.0, pill.height() / 2.0);
    QRect inner = pill.adjusted(scaled(8), 0, -scaled(6), 0);
    if (!words.icon.isEmpty()) {
        const int extent = iconExtent();
        paintIcon(
            painter,
            QRect(inner.left(), pill.center().y() - extent / 2 + 1, extent, extent),
            words.icon,
            pair.ink
        );
        inner.setLeft(inner.left() + extent + scaled(5));
    }
    painter.setFont(chipFont(painter.font()));
    painter.setPen(pair.ink);
    painter.drawText(inner, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine, words.label);
    painter.restore();
    return size.width();
}

Chip::Chip(const ChipWords &words, QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_words = words;
    setAccessibleName(words.label);
    if (words.label.isEmpty())
        hide(); // only this way round: to show what has no parent yet would make it a window
}

void Chip::setWords(const ChipWords &words)
{
    m_words = words;
    setAccessibleName(words.label);
    setHidden(words.label.isEmpty());
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    return chipSize(m_words, font());
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setFont(font());
    paintChip(painter, rect(), m_words);
}

void Chip::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange || event->type() == QEvent::ApplicationFontChange)
        updateGeometry();
    QWidget::changeEvent(event);
}

#include "shared/ui/side_by_side.h"

#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

SideBySide::SideBySide(QWidget *first, QWidget *second, double fromUnits, QWidget *parent)
    : QWidget(parent)
    , m_layout(new QBoxLayout(QBoxLayout::LeftToRight, this))
    , m_fromUnits(fromUnits)
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(layout::medium);
    m_layout->addWidget(first, 1);
    m_layout->addWidget(second, 1);
}

void SideBySide::setStretch(int first, int second)
{
    m_layout->setStretch(0, first);
    m_layout->setStretch(1, second);
}

void SideBySide::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool hasRoom = width() >= scaled(m_fromUnits);
    m_layout->setDirection(hasRoom ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

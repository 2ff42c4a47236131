#include "expert-client/features/availability/availability_switch.h"

#include "shared/ui/scaling.h"
#include "shared/ui/tokens.h"

#include <QPainter>

namespace {

QSize track()
{
    return { scaled(36), scaled(20) };
}

} // namespace

AvailabilitySwitch::AvailabilitySwitch(AvailabilityViewModel &viewModel, QWidget *parent)
    : QAbstractButton(parent)
    , m_viewModel(viewModel)
{
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(this, &QAbstractButton::clicked, this, [this] {
        m_viewModel.set(m_viewModel.isOnDuty() ? api::Availability::offDuty : api::Availability::available);
    });
    connect(&m_viewModel, &AvailabilityViewModel::changed, this, &AvailabilitySwitch::refresh);
    refresh();
}

void AvailabilitySwitch::refresh()
{
    const bool isOn = m_viewModel.isOnDuty();
    setChecked(isOn);
    setEnabled(m_viewModel.expert() && !m_viewModel.isBusy());
    setText(m_viewModel.isBusy() ? tr("Changing …") : isOn ? tr("On duty") : tr("Off duty"));
    setAccessibleName(tr("Availability: %1").arg(text()));
    setToolTip(isOn ? tr("You receive jobs. Click to stop.") : tr("You receive no jobs. Click to start."));
    updateGeometry();
    update();
}

QSize AvailabilitySwitch::sizeHint() const
{
    // As wide as the longest word, so that nothing jumps.
    int widest = 0;
    for (const QString &word : { tr("Changing …"), tr("On duty"), tr("Off duty") })
        widest = std::max(widest, fontMetrics().horizontalAdvance(word));
    return { track().width() + scaled(8) + widest + scaled(12),
             std::max(track().height(), fontMetrics().height()) + scaled(12) };
}

void AvailabilitySwitch::paintEvent(QPaintEvent *)
{
    const Tokens &tokens = Tokens::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus()) {
        painter.setPen(QPen(tokens.accent, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 7, 7);
    }
    const QRectF ground(QPointF(scaled(6), (height() - track().height()) / 2.0), track());
    const double knob = ground.height() - 6;
    painter.setPen(Qt::NoPen);
    painter.setBrush(isChecked() ? tokens.success.ink : tokens.outline);
    painter.drawRoundedRect(ground, ground.height() / 2, ground.height() / 2);
    painter.setBrush(tokens.surface);
    const double left = isChecked() ? ground.right() - knob - 3 : ground.left() + 3;
    painter.drawEllipse(QRectF(left, ground.top() + 3, knob, knob));
    painter.setPen(isEnabled() ? tokens.text : tokens.muted);
    const QRect word = rect().adjusted(qRound(ground.right()) + scaled(8), 0, 0, 0);
    painter.drawText(word, Qt::AlignLeft | Qt::AlignVCenter, text());
}

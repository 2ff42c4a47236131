#include "shared/ui/ticket/sla_bar.h"

#include "shared/ui/relative_time.h"
#include "shared/ui/scaling.h"
#include "shared/ui/ticket/sla_words.h"
#include "shared/ui/tokens.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace {

// A second that does not count is drawn as wide as so much of one that does.
constexpr double idleShare = 0.12;

double weightOf(const api::SlaSpan &span)
{
    const double length = static_cast<double>((span.to - span.from).count());
    return span.reason == api::SlaSpanReason::counted ? length : length * idleShare;
}

// Where an instant falls among the pieces, which lie side by side in the order of time.
template <class Pieces>
double placeOf(const Pieces &pieces, Instant at, double end)
{
    for (const auto &piece : pieces) {
        if (at > piece.span.to)
            continue;
        const double length = static_cast<double>((piece.span.to - piece.span.from).count());
        const double gone = static_cast<double>((at - piece.span.from).count());
        return piece.place.left() + piece.place.width() * std::clamp(gone / length, 0.0, 1.0);
    }
    return end;
}

bool isPause(api::SlaSpanReason reason)
{
    return reason == api::SlaSpanReason::noShow || reason == api::SlaSpanReason::laterDay
        || reason == api::SlaSpanReason::access;
}

Tone toneOf(const api::SlaClock &clock)
{
    switch (clock.state) {
    case api::SlaClockState::breached:
        return Tone::danger;
    case api::SlaClockState::met:
        return Tone::success;
    case api::SlaClockState::paused:
        return Tone::warning;
    case api::SlaClockState::running:
        return Tone::accent;
    case api::SlaClockState::stopped:
        return Tone::neutral;
    }
    Q_UNREACHABLE();
}

} // namespace

SlaBar::SlaBar(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Service level"));
}

void SlaBar::setSla(const api::TicketSla &sla)
{
    const bool isSameShape = m_sla.ticketId == sla.ticketId && m_sla.clocks.size() == sla.clocks.size();
    m_sla = sla;
    if (m_place && isSameShape)
        moveTo(m_place->clock, m_place->span); // whoever walks stays where they are
    else
        m_place.reset();
    if (!m_place)
        setAccessibleDescription(description());
    updateGeometry();
    update();
}

QString SlaBar::description() const
{
    QStringList spoken;
    for (const api::SlaClock &clock : m_sla.clocks) {
        spoken += u"%1: %2. %3"_s.arg(
            words::of(clock.kind), words::standing(clock, m_sla.at), clock.explanation
        );
    }
    return spoken.join(u' ');
}

// Places ---------------------------------------------------------------------

int SlaBar::rowHeight() const
{
    return fontMetrics().height() + scaled(34);
}

QSize SlaBar::sizeHint() const
{
    return { scaled(420), rowHeight() * static_cast<int>(m_sla.clocks.size()) };
}

QSize SlaBar::minimumSizeHint() const
{
    return { scaled(200), sizeHint().height() };
}

QRect SlaBar::rowOf(qsizetype index) const
{
    return { 0, rowHeight() * static_cast<int>(index), width(), rowHeight() };
}

QRect SlaBar::trackOf(const QRect &row) const
{
    const int top = row.top() + fontMetrics().height() + scaled(8);
    return QRect(row.left(), top, row.width(), scaled(12)).adjusted(scaled(8), 0, -scaled(8), 0);
}

QList<SlaBar::Piece> SlaBar::piecesOf(const QRect &track, const api::SlaClock &clock) const
{
    double sum = 0;
    for (const api::SlaSpan &span : clock.spans)
        sum += weightOf(span);
    QList<Piece> pieces;
    double x = track.left();
    for (const api::SlaSpan &span : clock.spans) {
        const double width = sum > 0 ? track.width() * weightOf(span) / sum : 0;
        pieces.append({ QRectF(x, track.top(), width, track.height()), span });
        x += width;
    }
    return pieces;
}

// Painting -------------------------------------------------------------------

void SlaBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (qsizetype i = 0; i < m_sla.clocks.size(); ++i)
        paintClock(painter, rowOf(i), m_sla.clocks.at(i));
    if (hasFocus() && !m_place) {
        painter.setPen(QPen(Tokens::current().accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect().adjusted(1, 1, -1, -1), scaled(6), scaled(6));
    }
}

void SlaBar::paintClock(QPainter &painter, const QRect &row, const api::SlaClock &clock) const
{
    const Tokens &tokens = Tokens::current();
    const QRect line(row.left(), row.top(), row.width(), fontMetrics().height());
    painter.setPen(tokens.text);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, words::of(clock.kind));
    painter.setPen(tokens.of(toneOf(clock)).ink);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, words::standing(clock, m_sla.at));

    const QRect track = trackOf(row);
    const QList<Piece> pieces = piecesOf(track, clock);
    painter.save();
    QPainterPath outline;
    outline.addRoundedRect(track, track.height() / 2.0, track.height() / 2.0);
    painter.setClipPath(outline);
    painter.fillRect(track, tokens.sunken);
    for (const Piece &piece : pieces)
        paintPiece(painter, piece, clock);
    painter.restore();
    if (m_place && hasFocus() && &clock == &m_sla.clocks.at(m_place->clock)) {
        painter.setPen(QPen(tokens.text, scaled(2)));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(pieces.at(m_place->span).place.adjusted(-2, -3, 2, 3), scaled(3), scaled(3));
    }

    const Instant end = clock.spans.isEmpty() ? clock.startedAt : clock.spans.last().to;
    if (clock.dueAt && *clock.dueAt <= end)
        paintMarker(painter, track, placeOf(pieces, *clock.dueAt, track.right()), tokens.text);
    const bool isLive
        = clock.state == api::SlaClockState::running || clock.state == api::SlaClockState::paused;
    if (isLive && m_sla.at < end) {
        const QPointF now(placeOf(pieces, m_sla.at, track.right()), track.center().y() + 0.5);
        painter.setPen(QPen(tokens.surface, scaled(2)));
        painter.setBrush(tokens.of(toneOf(clock)).ink);
        painter.drawEllipse(now, scaled(7), scaled(7));
    }
}

void SlaBar::paintPiece(QPainter &painter, const Piece &piece, const api::SlaClock &clock) const
{
    const Tokens &tokens = Tokens::current();
    if (piece.span.reason != api::SlaSpanReason::counted) {
        const QColor ink = isPause(piece.span.reason) ? tokens.warning.ink : tokens.muted;
        if (isPause(piece.span.reason))
            painter.fillRect(piece.place, tokens.warning.soft);
        painter.fillRect(piece.place, QBrush(ink, Qt::BDiagPattern));
        return;
    }
    // Past, to come, and beyond the deadline; each may begin within the piece.
    const auto fill = [&](Instant from, Instant to, const QColor &colour) {
        const QList<Piece> one { piece };
        const double left = placeOf(one, std::max(from, piece.span.from), piece.place.right());
        const double right = placeOf(one, std::min(to, piece.span.to), piece.place.right());
        if (right > left)
            painter.fillRect(QRectF(left, piece.place.top(), right - left, piece.place.height()), colour);
    };
    const Instant due = clock.dueAt.value_or(Instant::max());
    const Instant past = std::min(m_sla.at, clock.metAt.value_or(m_sla.at));
    const Tone kept = clock.state == api::SlaClockState::breached ? Tone::neutral : toneOf(clock);
    fill(piece.span.from, std::min(past, due), tokens.of(kept).ink);
    if (past < due)
        fill(std::max(past, piece.span.from), due, tokens.of(kept).soft);
    if (due < piece.span.to)
        fill(std::max(due, piece.span.from), piece.span.to, tokens.danger.ink);
}

void SlaBar::paintMarker(QPainter &painter, const QRect &track, double x, const QColor &colour) const
{
    const double reach = scaled(4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRect(QRectF(x - 1, track.top() - reach, 2, track.height() + 2 * reach));
    QPolygonF flag;
    flag << QPointF(x - reach, track.top() - reach - 1) << QPointF(x + reach, track.top() - reach - 1)
         << QPointF(x, track.top());
    painter.drawPolygon(flag);
}

// Tool tips --------------------------------------------------------------------

QString SlaBar::toolTipAt(const QPoint &at) const
{
    for (qsizetype i = 0; i < m_sla.clocks.size(); ++i) {
        const api::SlaClock &clock = m_sla.clocks.at(i);
        const QRect row = rowOf(i);
        if (!row.contains(at))
            continue;
        for (const Piece &piece : piecesOf(trackOf(row), clock)) {
            if (piece.place.adjusted(0, -scaled(4), 0, scaled(4)).contains(at))
                return words::spoken(piece.span);
        }
        return clock.dueAt ? u"%1\n%2"_s.arg(tr("Due %1").arg(absoluteTime(*clock.dueAt)), clock.explanation)
                           : clock.explanation;
    }
    return {};
}

bool SlaBar::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    QToolTip::showText(help->globalPos(), toolTipAt(help->pos()), this);
    return true;
}

// Keys ---------------------------------------------------------------------------

void SlaBar::keyPressEvent(QKeyEvent *event)
{
    const Place at = m_place.value_or(Place());
    const bool isFirst = !m_place; // the first key begins where it all begins
    switch (event->key()) {
    case Qt::Key_Right:
        return moveTo(at.clock, isFirst ? 0 : at.span + 1);
    case Qt::Key_Left:
        return moveTo(at.clock, isFirst ? 0 : at.span - 1);
    case Qt::Key_Down:
        return moveTo(isFirst ? 0 : at.clock + 1, 0);
    case Qt::Key_Up:
        return moveTo(isFirst ? 0 : at.clock - 1, 0);
    default:
        return QWidget::keyPressEvent(event);
    }
}

void SlaBar::moveTo(qsizetype clock, qsizetype span)
{
    if (m_sla.clocks.isEmpty())
        return;
    const qsizetype row = std::clamp<qsizetype>(clock, 0, m_sla.clocks.size() - 1);
    const api::SlaClock &shown = m_sla.clocks.at(row);
    if (shown.spans.isEmpty())
        return m_place.reset();
    m_place = Place { row, std::clamp<qsizetype>(span, 0, shown.spans.size() - 1) };
    const QString said = u"%1. %2"_s.arg(words::of(shown.kind), words::spoken(shown.spans.at(m_place->span)));
    const QRectF place = piecesOf(trackOf(rowOf(row)), shown).at(m_place->span).place;
    QToolTip::showText(mapToGlobal(place.bottomLeft().toPoint()), said, this, {}, INT_MAX);
    setAccessibleDescription(said);
    update();
}

void SlaBar::focusOutEvent(QFocusEvent *event)
{
    if (std::exchange(m_place, std::nullopt)) {
        QToolTip::hideText();
        setAccessibleDescription(description());
    }
    QWidget::focusOutEvent(event);
    update();
}

#pragma once

#include "shared/api/sla.h"

#include <QWidget>

// A ticket's clocks as bars: what counted, what did not and why, where the deadline is and where we are now.
// Time that does not count is drawn narrower, or a weekend would be all there is to see. The arrow keys walk
// from span to span, and say of each what the mouse says.
class SlaBar : public QWidget
{
    Q_OBJECT
public:
    explicit SlaBar(QWidget *parent = nullptr);

    void setSla(const api::TicketSla &sla);
    [[nodiscard]] bool isEmpty() const { return m_sla.clocks.isEmpty(); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    bool event(QEvent *event) override; // tool tips
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    // A span and where it is drawn.
    struct Piece
    {
        QRectF place;
        api::SlaSpan span;
    };

    void paintClock(QPainter &painter, const QRect &row, const api::SlaClock &clock) const;
    void paintPiece(QPainter &painter, const Piece &piece, const api::SlaClock &clock) const;
    void paintMarker(QPainter &painter, const QRect &track, double x, const QColor &colour) const;
    [[nodiscard]] QRect rowOf(qsizetype index) const;
    [[nodiscard]] QRect trackOf(const QRect &row) const;
    [[nodiscard]] QList<Piece> piecesOf(const QRect &track, const api::SlaClock &clock) const;
    [[nodiscard]] QString toolTipAt(const QPoint &at) const;
    [[nodiscard]] QString description() const; // of all, for who does not see it
    void moveTo(qsizetype clock, qsizetype span);
    [[nodiscard]] int rowHeight() const;

    api::TicketSla m_sla;
    // Where the arrow keys are; none while nobody walks.
    struct Place
    {
        qsizetype clock = 0;
        qsizetype span = 0;
    };
    std::optional<Place> m_place;
};

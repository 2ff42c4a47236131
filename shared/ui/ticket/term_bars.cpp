#include "shared/ui/ticket/term_bars.h"

#include "shared/ui/scaling.h"
#include "shared/ui/tokens.h"
#include "shared/ui/words.h"

#include <QPainter>

using namespace Qt::StringLiterals;

TermBars::TermBars(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void TermBars::setTerms(const QList<api::CostTerm> &terms)
{
    m_terms = terms;
    m_largest = 1;
    QStringList spoken;
    for (const api::CostTerm &term : terms) {
        m_largest = std::max(m_largest, std::abs(term.cost));
        spoken += u"%1: %2, %3"_s.arg(words::costTerm(term.name), words::cost(term.cost), term.detail);
    }
    setAccessibleName(tr("What the choice weighed"));
    setAccessibleDescription(spoken.join(u"; "_s));
    updateGeometry();
    update();
}

int TermBars::rowHeight() const
{
    return fontMetrics().height() + scaled(22);
}

QSize TermBars::sizeHint() const
{
    return { scaled(300), rowHeight() * static_cast<int>(m_terms.size()) };
}

QSize TermBars::minimumSizeHint() const
{
    return { scaled(160), sizeHint().height() };
}

void TermBars::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QRect row(0, 0, width(), rowHeight());
    for (const api::CostTerm &term : m_terms) {
        paintRow(painter, row, term);
        row.translate(0, row.height());
    }
}

void TermBars::paintRow(QPainter &painter, const QRect &row, const api::CostTerm &term) const
{
    const Tokens &tokens = Tokens::current();
    const int textHeight = fontMetrics().height();
    const QRect line(row.left(), row.top(), row.width(), textHeight);
    const QString value = words::cost(term.cost);
    const int valueWidth = fontMetrics().horizontalAdvance(value) + scaled(8);
    const QString name = words::costTerm(term.name);
    painter.setPen(tokens.text);
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, name);
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, value);
    const QRect detail = line.adjusted(fontMetrics().horizontalAdvance(name) + scaled(10), 0, -valueWidth, 0);
    painter.setPen(tokens.muted);
    painter.drawText(
        detail,
        Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(term.detail, Qt::ElideRight, detail.width())
    );
    const QRect track(row.left(), line.bottom() + scaled(5), row.width(), scaled(6));
    const double share = static_cast<double>(std::abs(term.cost)) / static_cast<double>(m_largest);
    QRect bar = track;
    bar.setWidth(std::max(term.cost == 0 ? 0 : scaled(6), qRound(track.width() * share)));
    painter.setPen(Qt::NoPen);
    painter.setBrush(tokens.sunken);
    painter.drawRoundedRect(track, track.height() / 2.0, track.height() / 2.0);
    painter.setBrush(
        term.cost < 0 ? tokens.success.ink : tokens.accent
    ); // what speaks for the choice is green
    painter.drawRoundedRect(bar, bar.height() / 2.0, bar.height() / 2.0);
}

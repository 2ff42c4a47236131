#include "expert-client/features/job/job_delegate.h"

#include "shared/ui/chip.h"
#include "shared/ui/icon.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/scaling.h"
#include "shared/ui/tokens.h"
#include "shared/ui/words.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace {

constexpr int padding = 12;
constexpr int lineGap = 6;

QFont weighted(QFont font, double units, QFont::Weight weight)
{
    font.setPixelSize(scaled(units));
    font.setWeight(weight);
    return font;
}

// Text cut with dots where it does not fit, and the height it took.
int drawLine(
    QPainter &painter, const QRect &room, const QString &text, const QFont &font, const QColor &color
)
{
    painter.setFont(font);
    painter.setPen(color);
    const QFontMetrics metrics(font);
    const QRect line(room.left(), room.top(), room.width(), metrics.height());
    painter.drawText(
        line, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, room.width())
    );
    return metrics.height();
}

} // namespace

JobDelegate::JobDelegate(JobListViewModel &jobs, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_jobs(jobs)
{
}

QSize JobDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const int chip = chipSize(words::of(api::TicketState::assigned), option.font).height();
    const int subject = QFontMetrics(weighted(option.font, 14, QFont::DemiBold)).height();
    const int detail = QFontMetrics(weighted(option.font, 13, QFont::Normal)).height();
    return { scaled(200), chip + subject + detail + 2 * lineGap + 2 * padding };
}

void JobDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const api::TicketSummary &job = m_jobs.model().at(index.row());
    const Tokens &tokens = Tokens::current();
    const bool isSelected = option.state & QStyle::State_Selected;
    const bool isHovered = option.state & QStyle::State_MouseOver;
    painter->save();
    painter->fillRect(
        option.rect,
        isSelected      ? tokens.accentPair.soft
            : isHovered ? tokens.sunken
                        : tokens.surface
    );
    painter->fillRect(option.rect.adjusted(0, option.rect.height() - 1, 0, 0), tokens.border);
    if (isSelected)
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), tokens.accent);
    if ((option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(tokens.accent, 2));
        painter->drawRect(option.rect.adjusted(1, 1, -2, -2));
    }

    QRect room = option.rect.adjusted(padding + 4, padding, -padding, -padding);
    painter->setFont(option.font);
    const ChipWords chip = words::standing(job);
    const int chipHeight = chipSize(chip, option.font).height();
    const int chipWidth = paintChip(
        *painter,
        QRect(room.topLeft(), QSize(room.width(), chipHeight)),
        chip,
        isSelected ? tokens.surface : QColor()
    );
    const QFont small = weighted(option.font, 12, QFont::Normal);
    painter->setFont(small);
    painter->setPen(tokens.muted);
    painter->drawText(
        QRect(room.left() + chipWidth + 8, room.top(), room.width() - chipWidth - 8, chipHeight),
        Qt::AlignRight | Qt::AlignVCenter,
        QFontMetrics(small).elidedText(
            u"%1 · %2"_s.arg(job.number, relativeTime(job.updatedAt)),
            Qt::ElideRight,
            room.width() - chipWidth - 8
        )
    );
    room.setTop(room.top() + chipHeight + lineGap);
    const QColor subjectColor = m_jobs.isCurrent(job) ? tokens.text : tokens.muted;
    room.setTop(
        room.top()
        + drawLine(*painter, room, job.subject, weighted(option.font, 14, QFont::DemiBold), subjectColor)
        + lineGap
    );
    drawLine(
        *painter,
        room,
        u"%1 · %2 %3"_s.arg(job.contactName, job.city, job.zip),
        weighted(option.font, 13, QFont::Normal),
        tokens.muted
    );
    painter->restore();
}

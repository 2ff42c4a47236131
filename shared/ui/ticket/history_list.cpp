#include "shared/ui/ticket/history_list.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/time_label.h"
#include "shared/ui/words.h"

using namespace layout;

HistoryList::HistoryList(QWidget *parent)
    : QWidget(parent)
    , m_rows(new QVBoxLayout(this))
{
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(medium);
}

void HistoryList::setHistory(const QList<api::TicketChange> &history)
{
    // Rows that stay as they are keep what somebody has marked in them.
    const QJsonValue fresh = json::encode(history);
    if (std::exchange(m_shown, fresh) == fresh)
        return;
    while (const std::unique_ptr<QLayoutItem> item { m_rows->takeAt(0) })
        delete item->widget();
    for (auto change = history.rbegin(); change != history.rend(); ++change)
        m_rows->addWidget(makeRow(*change));
}

QWidget *HistoryList::makeRow(const api::TicketChange &change)
{
    auto *row = new QWidget;
    auto *picture = new Glyph(words::iconOf(change), 16);
    auto *when = new TimeLabel(change.at);
    auto text = Column { label(words::sentence(change)) }.spacing(2);
    QBoxLayout *texts = text.release();
    if (change.reason && !change.reason->isEmpty()) {
        QLabel *reason = freeText(*change.reason);
        reason->setProperty("words", QStringLiteral("muted"));
        texts->addWidget(reason);
    }
    auto line = Row { picture, growing(texts), when }.spacing(medium);
    QBoxLayout *lineLayout = line.release();
    lineLayout->setAlignment(picture, Qt::AlignTop);
    lineLayout->setAlignment(when, Qt::AlignTop);
    row->setLayout(lineLayout);
    return row;
}

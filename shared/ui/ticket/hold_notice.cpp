#include "shared/ui/ticket/hold_notice.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

using namespace Qt::StringLiterals;
using namespace layout;

HoldNotice::HoldNotice(QWidget *parent)
    : QFrame(parent)
    , m_title(label({}, Words::strong))
    , m_text(freeText())
{
    setProperty("ground", u"warning"_s);
    m_title->setWordWrap(true);
    auto *picture = new Glyph(u"clock"_s, 20, Tone::warning);
    auto line
        = Row { picture, growing(Column { m_title, m_text }.spacing(2)) }.spacing(medium).margins(medium);
    QBoxLayout *layout = line.release();
    layout->setAlignment(picture, Qt::AlignTop);
    setLayout(layout);
    connect(&m_minute, &QTimer::timeout, this, &HoldNotice::refresh);
    m_minute.start(std::chrono::minutes(1)); // it says how long ago
    hide();
}

void HoldNotice::setTicket(const api::Ticket &ticket, const QList<api::TicketChange> &history)
{
    m_ticket = ticket;
    const auto isPause = [](const api::TicketChange &change) { return change.action == "pause"_L1; };
    const auto begin = std::find_if(history.rbegin(), history.rend(), isPause);
    m_begin = begin == history.rend() ? std::nullopt : std::optional(*begin);
    refresh();
}

void HoldNotice::refresh()
{
    setVisible(m_ticket.paused.has_value());
    if (!m_ticket.paused)
        return;
    m_title->setText(words::of(*m_ticket.paused).label);
    QStringList text;
    if (m_begin) {
        text += tr("Begun %1 by %2").arg(relativeTime(m_begin->at), m_begin->actor);
        if (m_begin->reason)
            text += *m_begin->reason;
        m_title->setToolTip(absoluteTime(m_begin->at));
    }
    if (m_ticket.pausedUntil)
        text += tr("It goes on by itself %1.").arg(relativeTime(*m_ticket.pausedUntil));
    m_text->setText(text.join(u'\n'));
    setAccessibleName(m_title->text());
    setAccessibleDescription(m_text->text());
}

#include "expert-client/features/job/offer_banner.h"

#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/words.h"

#include <QAccessible>
#include <QApplication>
#include <QLineEdit>
#include <QPlainTextEdit>

using namespace Qt::StringLiterals;
using namespace layout;

OfferBanner::OfferBanner(QWidget *parent)
    : QFrame(parent)
    , m_title(label({}, Words::strong))
    , m_text(label({}))
    , m_accept(button(tr("&Accept"), ButtonKind::primary, u"check"_s))
    , m_reject(button(tr("&Turn down …")))
    , m_details(button(tr("&Details"), ButtonKind::quiet))
{
    setProperty("ground", u"notice"_s);
    m_title->setWordWrap(true);
    auto *words = new QWidget;
    Row {
        new Glyph(u"bell"_s, 24, Tone::accent),
        growing(Column { m_title, m_text }.spacing(2)),
    }
        .spacing(medium)
        .attachTo(words);
    auto *buttons = new QWidget;
    Row { Stretch(), m_details, m_reject, m_accept }.spacing(medium).attachTo(buttons);
    auto *parts = new SideBySide(words, buttons, 700);
    parts->setStretch(1, 0);
    Column { parts }.margins(wide, medium, large, medium).attachTo(this);
    connect(m_accept, &QPushButton::clicked, this, [this] { emit accepted(m_job->id); });
    connect(m_reject, &QPushButton::clicked, this, [this] { emit rejected(m_job->id); });
    connect(m_details, &QPushButton::clicked, this, [this] { emit opened(m_job->id); });
    hide();
}

void OfferBanner::offer(const api::TicketSummary &job)
{
    m_job = job;
    const bool isUrgent = job.priority == api::Priority::urgent || job.priority == api::Priority::high;
    m_title->setText(
        isUrgent ? tr("New job, %1: %2").arg(words::of(job.priority).label.toLower(), job.subject)
                 : tr("New job: %1").arg(job.subject)
    );
    m_text->setText(u"%1 · %2 · %3 %4"_s.arg(job.number, job.contactName, job.city, job.zip));
    setAccessibleName(m_title->text());
    setBusy(false);
    show();
    takeFocus();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void OfferBanner::withdraw(const api::TicketId &id)
{
    if (m_job && m_job->id == id) {
        m_job.reset();
        hide();
    }
}

void OfferBanner::setDetailsShown(bool shown)
{
    m_details->setHidden(shown);
}

void OfferBanner::setBusy(bool busy)
{
    m_accept->setEnabled(!busy);
    m_reject->setEnabled(!busy);
}

// Whoever is typing goes on typing: a space meant for a note must not accept a job.
void OfferBanner::takeFocus()
{
    const QWidget *current = QApplication::focusWidget();
    const bool isTyping
        = qobject_cast<const QLineEdit *>(current) || qobject_cast<const QPlainTextEdit *>(current);
    if (!isTyping && !QApplication::activeModalWidget())
        m_accept->setFocus(Qt::OtherFocusReason);
}

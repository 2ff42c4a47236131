#include "manager-client/features/accounting/accounting_page.h"

#include "manager-client/features/accounting/accounting_words.h"
#include "manager-client/features/accounting/balance_table.h"
#include "shared/ui/card.h"
#include "shared/ui/glyph.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/state_pane.h"
#include "shared/ui/time_label.h"

#include <QLocale>
#include <QScrollArea>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

// With seconds: the point of the time is that it moves.
QString checkedText(Instant at)
{
    return QLocale().toString(toDateTime(at).toLocalTime().time(), u"HH:mm:ss"_s);
}

} // namespace

AccountingPage::AccountingPage(AccountingViewModel &viewModel, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_verdictIcon(new Glyph(u"check-circle"_s, 32, Tone::success))
    , m_verdict(label({}, Words::title))
    , m_checked(label({}, Words::muted))
    , m_balance(new BalanceTable)
    , m_differences(makeSection(u"scales"_s, tr("What does not agree")))
    , m_alarms(makeSection(u"bell"_s, tr("Alarms")))
    , m_repairs(makeSection(u"wrench"_s, tr("Repaired")))
    , m_pane(new StatePane(makeContent()))
{
    Column { m_pane }.attachTo(this);
    connect(m_pane, &StatePane::retry, &m_viewModel, &AccountingViewModel::reload);
    connect(&m_viewModel, &AccountingViewModel::changed, this, &AccountingPage::refresh);
    m_pane->showLoading(tr("Loading the accounts …"));
    refresh();
}

QWidget *AccountingPage::makeContent()
{
    auto *verdict = new QWidget;
    Row { m_verdictIcon, growing(Column { m_verdict, m_checked }.spacing(2)) }
        .spacing(medium)
        .margins(0, 0, 0, small)
        .attachTo(verdict);
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Column {
        verdict,        m_alarms.card, m_differences.card, new Card(u"tickets"_s, tr("Balance"), m_balance),
        m_repairs.card, Stretch(),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(content);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Accounting"));
    return scroll;
}

AccountingPage::Section AccountingPage::makeSection(const QString &iconName, const QString &title)
{
    auto *body = new QWidget;
    Section section { new Card(iconName, title, body), new QVBoxLayout(body) };
    section.rows->setContentsMargins(0, 0, 0, 0);
    section.rows->setSpacing(medium);
    return section;
}

void AccountingPage::Section::clear() const
{
    while (const std::unique_ptr<QLayoutItem> item { rows->takeAt(0) })
        delete item->widget();
}

void AccountingPage::refresh()
{
    const std::optional<api::Accounting> &accounts = m_viewModel.accounts();
    if (!accounts) {
        if (m_viewModel.problem())
            m_pane->showProblem(*m_viewModel.problem());
        return;
    }
    refreshVerdict(*accounts);
    m_balance->setRegions(accounts->regions);
    for (const Section &section : { m_differences, m_alarms, m_repairs })
        section.clear();
    for (const api::Difference &difference : accounts->differences)
        addDifference(difference);
    for (const api::Alarm &alarm : accounts->alarms)
        addAlarm(alarm);
    for (const api::Repair &repair : accounts->repairs)
        addRepair(repair);
    for (const Section &section : { m_differences, m_alarms, m_repairs })
        section.card->setVisible(section.rows->count() > 0);
    m_pane->showContent();
}

void AccountingPage::refreshVerdict(const api::Accounting &accounts)
{
    const QLocale locale;
    const int differences = static_cast<int>(accounts.differenceCount);
    const bool isFirstRound = !accounts.sweep.completedAt.has_value();
    m_verdictIcon->setGlyph(accounts.balanced ? u"check-circle"_s : u"warning"_s);
    m_verdictIcon->setTone(accounts.balanced ? Tone::success : Tone::danger);
    if (!accounts.checkedAt)
        m_verdict->setText(tr("The accounts are about to be looked over for the first time."));
    else if (accounts.balanced)
        m_verdict->setText(
            accounts.created == 0
                ? tr("There is no ticket yet.")
                : tr("All %1 tickets are accounted for.").arg(locale.toString(accounts.created))
        );
    else
        m_verdict->setText(
            differences > 0 ? tr("%n differences in %1 tickets", nullptr, differences)
                                  .arg(locale.toString(accounts.created))
                            : tr("The totals do not add up.")
        );
    QStringList checked;
    if (accounts.checkedAt)
        checked += tr("Checked at %1.").arg(checkedText(*accounts.checkedAt));
    if (isFirstRound)
        checked += tr("The first round over all tickets is under way: %1 so far.")
                       .arg(locale.toString(accounts.sweep.checked));
    else
        checked += tr("The last round over every single ticket ended %1.")
                       .arg(relativeTime(*accounts.sweep.completedAt));
    m_checked->setText(checked.join(u' '));
}

QWidget *
AccountingPage::makeTicketLink(const std::optional<QString> &number, const std::optional<api::TicketId> &id)
{
    if (!number || !id)
        return label(tr("Unknown ticket"), Words::strong);
    auto *link = button(*number, ButtonKind::quiet);
    link->setAccessibleName(tr("Open %1").arg(*number));
    connect(link, &QPushButton::clicked, this, [this, id = *id] { emit ticketWanted(id); });
    return link;
}

void AccountingPage::addDifference(const api::Difference &difference)
{
    auto *row = new QWidget;
    const QString state = difference.needsPerson && difference.attempts > 0
        ? tr("Given up after %n repairs: a person has to look.", nullptr, difference.attempts)
        : difference.attempts > 0 ? tr("Being repaired: %1").arg(difference.remedy)
                                  : difference.remedy;
    Row {
        makeTicketLink(difference.number, difference.ticketId),
        new Chip(words::of(difference.kind, difference.needsPerson)),
        growing(Column { freeText(difference.evidence), label(state, Words::caption) }.spacing(2)),
        new TimeLabel(difference.since),
    }
        .spacing(medium)
        .attachTo(row);
    m_differences.rows->addWidget(row);
}

void AccountingPage::addRepair(const api::Repair &repair)
{
    auto *row = new QWidget;
    const ChipWords outcome = repair.helped ? ChipWords { tr("It helped"), u"check"_s, Tone::success }
                                            : ChipWords { tr("Not yet"), u"clock"_s, Tone::neutral };
    QWidget *subject = repair.ticketId ? makeTicketLink(repair.number, repair.ticketId)
                                       : label(tr("Totals"), Words::strong);
    Row {
        subject,
        growing(Column { label(repair.action), label(words::of(repair.kind, false).label, Words::caption) }
                    .spacing(2)),
        new Chip(outcome),
        new TimeLabel(repair.at),
    }
        .spacing(medium)
        .attachTo(row);
    m_repairs.rows->addWidget(row);
}

void AccountingPage::addAlarm(const api::Alarm &alarm)
{
    auto *row = new QWidget;
    Row {
        new Glyph(u"warning"_s, 18, Tone::danger),
        growing(label(alarm.text, Words::strong)),
        new TimeLabel(alarm.since),
    }
        .spacing(medium)
        .attachTo(row);
    m_alarms.rows->addWidget(row);
}

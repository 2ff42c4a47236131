#include "shared/ui/ticket/ticket_detail.h"

#include "shared/ui/banner.h"
#include "shared/ui/card.h"
#include "shared/ui/chip.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/standing_notice.h"
#include "shared/ui/ticket/history_list.h"
#include "shared/ui/ticket/hold_notice.h"
#include "shared/ui/ticket/sla_bar.h"
#include "shared/ui/ticket/survey_words.h"
#include "shared/ui/words.h"

#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QWidget *inColumn(QWidget *first, QWidget *second)
{
    auto *both = new QWidget;
    Column { first, second }.spacing(small).attachTo(both);
    return both;
}

} // namespace

TicketDetail::TicketDetail(TicketViewModel &viewModel, DecisionView::For reader, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_reader(reader)
    , m_scroll(new QScrollArea)
    , m_banner(new Banner)
    , m_number(label({}, Words::number))
    , m_subject(label({}, Words::title))
    , m_state(new Chip)
    , m_priority(new Chip)
    , m_coverage(new Chip)
    , m_level(new Chip)
    , m_hold(new HoldNotice)
    , m_standing(new StandingNotice)
    , m_description(freeText())
    , m_resolution(freeText())
    , m_survey(freeText())
    , m_customer(new Facts)
    , m_account(button(tr("Customer's account"), ButtonKind::quiet, u"person"_s))
    , m_device(new Facts)
    , m_sla(new SlaBar)
    , m_slaPlace(label({}, Words::caption))
    , m_decision(new DecisionView(reader))
    , m_history(new HistoryList)
    , m_descriptionCard(new Card(u"text"_s, tr("What is wrong"), m_description))
    , m_resolutionCard(new Card(u"check-circle"_s, tr("What was done"), m_resolution))
    , m_surveyCard(new Card(u"text"_s, tr("What the customer says"), m_survey))
    , m_slaCard(new Card(u"clock"_s, tr("Promised times"), inColumn(m_sla, m_slaPlace)))
    , m_decisionCard(new Card(
          u"scales"_s, reader == DecisionView::For::staff ? tr("Why this expert") : tr("Why you"), m_decision
      ))
{
    m_subject->setWordWrap(true);
    m_account->hide();
    connect(m_account, &QPushButton::clicked, this, [this] {
        if (m_viewModel.ticket())
            emit customerWanted(m_viewModel.ticket()->customerId);
    });
    layOut();
    if (reader == DecisionView::For::staff) {
        m_viewModel.followSla();
        m_viewModel.followSurvey();
    }
    connect(&m_viewModel, &TicketViewModel::changed, this, &TicketDetail::refresh);
    refresh();
}

void TicketDetail::offerCustomer()
{
    m_account->show();
}

void TicketDetail::layOut()
{
    auto *customer = new QWidget;
    Column { m_customer, Row { m_account, Stretch() } }.spacing(small).attachTo(customer);
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Column {
        m_banner,
        Row { m_number, m_state, m_level, m_priority, m_coverage, Stretch() }.spacing(medium),
        m_subject,
        m_hold,
        m_standing,
        Space { tight },
        m_slaCard,
        m_descriptionCard,
        m_resolutionCard,
        m_surveyCard,
        new SideBySide(
            new Card(u"pin"_s, tr("Customer and place"), customer),
            new Card(u"device"_s, tr("Device"), m_device),
            640
        ),
        m_decisionCard,
        new Card(u"history"_s, tr("History"), m_history),
        Stretch(),
    }
        .spacing(medium)
        .margins(wide, large, wide, wide)
        .attachTo(content);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(tr("Ticket"));
    Column { m_scroll }.attachTo(this);
}

void TicketDetail::refresh()
{
    const std::optional<api::Ticket> &ticket = m_viewModel.ticket();
    if (!ticket)
        return;
    if (m_viewModel.problem())
        m_banner->say(*m_viewModel.problem());
    else
        m_banner->clear();
    showHead(*ticket);
    showFacts(*ticket);
    showSla();
    showSurvey();
    const api::TicketStanding standing = m_viewModel.standing().value_or(api::TicketStanding());
    m_standing->say(standing.standing, standing.says);
    m_decision->setDecisions(m_viewModel.decisions(), m_readerId);
    m_decisionCard->setVisible(!m_decision->isEmpty());
    m_history->setHistory(m_viewModel.history());
}

void TicketDetail::showHead(const api::Ticket &ticket)
{
    if (m_number->text() != ticket.number)
        m_scroll->ensureVisible(0, 0);
    m_number->setText(ticket.number);
    m_subject->setText(ticket.subject);
    m_state->setWords(words::of(ticket.state));
    m_level->setWords(
        m_reader == DecisionView::For::staff ? words::escalation(ticket.escalation) : ChipWords()
    );
    const bool isOrdinary = ticket.priority == api::Priority::normal;
    m_priority->setWords(isOrdinary ? ChipWords() : words::of(ticket.priority));
    m_coverage->setWords(
        ticket.coverageReason == api::CoverageReason::inPlan ? ChipWords() : words::of(ticket.coverageReason)
    );
    m_hold->setTicket(ticket, m_viewModel.history());
    if (ticket.waitingFor)
        m_banner->say(Tone::warning, *ticket.waitingFor);
    if (m_reader == DecisionView::For::staff)
        m_decisionCard->setTitle(
            ticket.expert ? tr("Why %1").arg(ticket.expert->name) : tr("Why nobody yet")
        );
}

// Times are the viewer's own; where the ticket is, the clocks on the wall may say something else.
void TicketDetail::showSla()
{
    const api::TicketSla sla = m_viewModel.sla().value_or(api::TicketSla());
    m_sla->setSla(sla);
    m_slaCard->setVisible(!m_sla->isEmpty());
    const QTimeZone there(sla.timeZone.toLatin1());
    const QDateTime now = toDateTime(sla.at);
    const bool isElsewhere = there.isValid() && there.offsetFromUtc(now) != now.toLocalTime().offsetFromUtc();
    m_slaPlace->setVisible(isElsewhere);
    if (isElsewhere)
        m_slaPlace->setText(tr("Times are your own. Where the ticket is (%1) it is %2.")
                                .arg(sla.timeZone, placeTime(sla.at, there)));
}

void TicketDetail::showSurvey()
{
    const std::optional<api::Survey> &survey = m_viewModel.survey();
    m_surveyCard->setVisible(survey.has_value());
    if (!survey)
        return;
    m_surveyCard->setTitle(
        survey->score ? tr("What the customer says: %1 of 5").arg(QLocale().toString(*survey->score, 'f', 1))
                      : tr("What the customer says")
    );
    m_survey->setText(words::survey(*survey));
}

void TicketDetail::showFacts(const api::Ticket &ticket)
{
    m_description->setText(ticket.description);
    m_descriptionCard->setVisible(!ticket.description.isEmpty());
    m_resolution->setText(ticket.resolution.value_or(QString()));
    m_resolutionCard->setVisible(ticket.resolution && !ticket.resolution->isEmpty());
    m_customer->setFacts({
        { tr("Ask for"), ticket.contactName },
        { tr("Telephone"), words::phone(ticket.contactPhone) },
        { tr("Address"), words::address(ticket.address) },
    });
    m_device->setFacts({
        { tr("Product"), ticket.productName },
        { tr("Kind"), words::slug(ticket.category) },
        { tr("Serial number"), ticket.serialNumber.value_or(QString()) },
        { tr("Skill needed"), words::slug(ticket.skill) },
        { tr("Usually takes"), durationText(ticket.minutes) },
        { tr("Coverage"), words::of(ticket.coverageReason).label },
    });
}

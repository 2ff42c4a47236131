#include "shared/ui/ticket/decision_view.h"

#include "shared/ui/card.h"
#include "shared/ui/chip.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/ticket/term_bars.h"
#include "shared/ui/time_label.h"
#include "shared/ui/words.h"

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString termsText(const QList<api::CostTerm> &terms)
{
    QStringList parts;
    for (const api::CostTerm &term : terms)
        parts += u"%1 %2 (%3)"_s.arg(words::costTerm(term.name), words::cost(term.cost), term.detail);
    return parts.join(u" · "_s);
}

} // namespace

DecisionView::DecisionView(For reader, QWidget *parent)
    : QWidget(parent)
    , m_reader(reader)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(medium);
}

void DecisionView::setDecisions(const QList<api::Decision> &decisions, const api::AccountId &reader)
{
    const QJsonValue fresh = json::encode(decisions);
    if (std::exchange(m_shown, fresh) == fresh)
        return;
    clear();
    m_isEmpty = decisions.isEmpty();
    if (m_reader == For::chosenExpert)
        return addForExpert(decisions, reader);
    for (const api::Decision &decision : decisions) {
        if (m_column->count() > 0)
            m_column->addWidget(separator());
        addForStaff(decision);
    }
}

void DecisionView::clear()
{
    while (const std::unique_ptr<QLayoutItem> item { m_column->takeAt(0) })
        delete item->widget();
}

void DecisionView::addForExpert(const QList<api::Decision> &decisions, const api::AccountId &reader)
{
    const auto mine = std::ranges::find_if(decisions, [&](const api::Decision &each) {
        return each.expertId == reader && each.outcome != api::DecisionOutcome::nobody;
    });
    m_isEmpty = mine == decisions.end();
    if (m_isEmpty)
        return;
    m_column->addWidget(freeText(mine->summary));
    const auto me = std::ranges::find(mine->candidates, reader, &api::Candidate::expertId);
    if (me != mine->candidates.end() && !me->terms.isEmpty()) {
        auto *bars = new TermBars;
        bars->setTerms(me->terms);
        m_column->addWidget(bars);
    }
    m_column->addWidget(label(
        tr("%n experts were considered. The lowest sum of minutes gets the job.", nullptr, mine->considered),
        Words::caption
    ));
}

void DecisionView::addForStaff(const api::Decision &decision)
{
    auto *head = new QWidget;
    Row { new Chip(words::of(decision.outcome)), Stretch(), new TimeLabel(decision.at) }.attachTo(head);
    m_column->addWidget(head);
    m_column->addWidget(freeText(decision.summary));
    m_column->addWidget(label(
        tr("%n experts were considered, by the strategy “%1”.", nullptr, decision.considered)
            .arg(words::slug(decision.strategy)),
        Words::caption
    ));
    for (const api::Candidate &candidate : decision.candidates)
        addCandidate(candidate, decision.expertId == candidate.expertId);
}

void DecisionView::addCandidate(const api::Candidate &candidate, bool isChosen)
{
    auto *frame = new QFrame;
    frame->setProperty("ground", isChosen ? u"accent"_s : u"plain"_s);
    auto *name = label(candidate.name, Words::strong);
    auto *sum = label(
        candidate.cost ? words::cost(*candidate.cost) : tr("not eligible"),
        candidate.cost ? Words::strong : Words::muted
    );
    sum->setWordWrap(false);
    auto column
        = Column { Row { name, Stretch(), sum } }.spacing(tight).margins(medium, small, medium, small);
    QBoxLayout *parts = column.release();
    for (const QString &rule : candidate.missing)
        parts->addWidget(label(u"– "_s + rule, Words::muted));
    if (isChosen && !candidate.terms.isEmpty()) {
        auto *bars = new TermBars;
        bars->setTerms(candidate.terms);
        parts->addWidget(bars);
    } else if (!candidate.terms.isEmpty()) {
        parts->addWidget(label(termsText(candidate.terms), Words::caption));
    }
    frame->setLayout(parts);
    m_column->addWidget(frame);
}

#include "admin-client/features/escalation/escalation_page.h"

#include "admin-client/features/escalation/escalation_words.h"
#include "admin-client/features/escalation/rule_dialog.h"
#include "shared/ui/banner.h"
#include "shared/ui/card.h"
#include "shared/ui/conflict_notice.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/save_bar.h"
#include "shared/ui/scaling.h"
#include "shared/ui/short_table.h"
#include "shared/ui/state_pane.h"
#include "shared/ui/ticket/sla_words.h"

#include <QMessageBox>
#include <QScrollArea>
#include <QSpinBox>
#include <QStandardItemModel>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

using Policy = api::EscalationPolicy;

template <class Number>
QSpinBox *number(Number, const QString &suffix, const QString &accessibleName)
{
    auto *box = new QSpinBox;
    box->setRange(Number::min, Number::max);
    box->setSuffix(suffix);
    box->setAccessibleName(accessibleName);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    keepScaled(box, [box] { box->setFixedWidth(scaled(110)); });
    return box;
}

bool isEarlier(const api::EscalationRule &a, const api::EscalationRule &b)
{
    return std::tie(a.clock, a.minutes.value, a.level.value)
        < std::tie(b.clock, b.minutes.value, b.level.value);
}

} // namespace

EscalationPage::EscalationPage(EscalationViewModel &viewModel, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_model(std::make_unique<QStandardItemModel>())
    , m_unassigned(number(Policy().unassignedMinutes, tr(" min"), tr("A ticket without an expert")))
    , m_silent(number(Policy().silentMinutes, tr(" min"), tr("An expert who does not answer")))
    , m_cooldown(number(Policy().cooldownMinutes, tr(" min"), tr("Rest of an expert who did not answer")))
    , m_silentExperts(number(Policy().silentExperts, {}, tr("Silent experts until managers are told")))
    , m_table(new ShortTable(*m_model, tr("Escalation rules")))
    , m_note(label({}))
    , m_change(button(tr("Change …")))
    , m_remove(button(tr("Remove"), ButtonKind::danger))
    , m_banner(new Banner)
    , m_conflict(new ConflictNotice)
    , m_foot(new SaveBar)
{
    auto *notices = new QWidget;
    Column { m_banner, m_conflict }.margins(wide, 0, wide, 0).attachTo(notices);
    auto *work = new QWidget;
    Column { notices, growing(makeContent()), m_foot }.spacing(0).attachTo(work);
    m_pane = new StatePane(work);
    Column { m_pane }.attachTo(this);
    wire();
    m_pane->showLoading(tr("Loading the escalation rules …"));
    refresh();
}

EscalationPage::~EscalationPage()
{
    m_table->disconnect(this);
    m_table->selectionModel()->disconnect(this);
}

QWidget *EscalationPage::makeContent()
{
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Column {
        new Card(u"clock"_s, tr("When nobody does anything"), makePatience()),
        new Card(u"arrow-up"_s, tr("Levels before and after a deadline"), makeRules()),
        Stretch(),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(content);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Escalation rules"));
    return scroll;
}

QWidget *EscalationPage::makePatience()
{
    auto *patience = new QWidget;
    const auto line = [](QSpinBox *box, const QString &text) {
        return Row { box, growing(label(text)) }.spacing(medium);
    };
    Column {
        line(
            m_unassigned,
            tr("of working time a ticket may be without an expert: then it is matched again, and after twice "
               "that managers are told.")
        ),
        line(m_silent, tr("an expert has to answer: then the job goes to the next one …")),
        line(m_cooldown, tr("… and the silent expert is asked for no other job meanwhile.")),
        line(m_silentExperts, tr("experts who stay silent on one ticket, and managers are told.")),
    }
        .spacing(small)
        .attachTo(patience);
    for (QSpinBox *each : { m_unassigned, m_silent, m_cooldown, m_silentExperts })
        connect(each, &QSpinBox::valueChanged, this, &EscalationPage::onEdited);
    return patience;
}

QWidget *EscalationPage::makeRules()
{
    m_note->setProperty("words", u"error"_s);
    m_note->hide();
    m_change->setAccessibleName(tr("Change the rule"));
    m_remove->setAccessibleName(tr("Remove the rule"));
    auto *add = button(tr("Add a rule …"));
    connect(add, &QPushButton::clicked, this, [this] { ask({}); });
    connect(m_change, &QPushButton::clicked, this, [this] { ask(m_table->currentIndex().row()); });
    connect(m_remove, &QPushButton::clicked, this, &EscalationPage::remove);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex &index) { ask(index.row()); });
    auto *rules = new QWidget;
    Column {
        label(
            tr("Each raises a ticket's level once, counted as its clock counts, and not after the promise "
               "was "
               "kept."),
            Words::muted
        ),
        m_table,
        m_note,
        Row { add, m_change, m_remove, Stretch() }.spacing(medium),
    }
        .spacing(medium)
        .attachTo(rules);
    return rules;
}

void EscalationPage::wire()
{
    connect(m_pane, &StatePane::retry, &m_viewModel, &EscalationViewModel::reload);
    connect(&m_viewModel, &EscalationViewModel::changed, this, &EscalationPage::refresh);
    connect(&m_viewModel, &EscalationViewModel::opened, this, &EscalationPage::fill);
    connect(&m_viewModel, &EscalationViewModel::counted, this, &EscalationPage::askToSave);
    connect(&m_viewModel, &EscalationViewModel::refused, this, &EscalationPage::onRefused);
    connect(&m_viewModel, &EscalationViewModel::saved, this, [this] {
        emit said(tr("The escalation rules are saved. Timers follow."));
    });
    connect(m_foot, &SaveBar::saveWanted, &m_viewModel, &EscalationViewModel::countTickets);
    connect(m_foot, &SaveBar::discardWanted, &m_viewModel, &EscalationViewModel::discard);
    connect(m_foot, &SaveBar::undoWanted, this, [this] {
        m_rules = *std::exchange(m_beforeRemoval, std::nullopt);
        showRules();
        onEdited();
    });
    connect(m_conflict, &ConflictNotice::theirsWanted, &m_viewModel, &EscalationViewModel::takeTheirs);
    connect(m_conflict, &ConflictNotice::mineWanted, this, [this] {
        m_viewModel.keepMine();
        m_viewModel.countTickets();
    });
}

void EscalationPage::refresh()
{
    const std::optional<api::EscalationRules> &rules = m_viewModel.rules();
    if (!rules) {
        if (m_viewModel.problem())
            m_pane->showProblem(*m_viewModel.problem());
        return;
    }
    using enum SaveBar::State;
    m_foot->setState(
        m_viewModel.isSaving()        ? saving
            : m_viewModel.isChanged() ? changed
                                      : clean,
        tr("Version %1, saved %2 by %3")
            .arg(rules->version)
            .arg(relativeTime(rules->updatedAt), rules->updatedBy)
    );
    if (const std::optional<api::EscalationRules> &theirs = m_viewModel.conflict())
        m_conflict->say(tr("%1 saved the escalation rules %2, while you were changing them.")
                            .arg(theirs->updatedBy, relativeTime(theirs->updatedAt)));
    else
        m_conflict->clear();
    m_pane->showContent();
}

void EscalationPage::fill()
{
    const Policy policy = m_viewModel.policy();
    m_isFilling = true;
    m_unassigned->setValue(policy.unassignedMinutes.value);
    m_silent->setValue(policy.silentMinutes.value);
    m_cooldown->setValue(policy.cooldownMinutes.value);
    m_silentExperts->setValue(policy.silentExperts.value);
    m_isFilling = false;
    m_rules = policy.rules;
    m_refusals.clear();
    m_beforeRemoval.reset();
    m_foot->offerUndo({});
    m_banner->clear();
    showRules();
}

void EscalationPage::showRules()
{
    const int selected = m_table->currentIndex().row();
    m_model->clear();
    m_model->setHorizontalHeaderLabels(
        { tr("Promise"), tr("Level"), tr("When"), tr("Told"), tr("What is said") }
    );
    for (int row = 0; row < m_rules.size(); ++row) {
        const api::EscalationRule &rule = m_rules.at(row);
        auto *clock = new QStandardItem(words::of(rule.clock));
        if (m_refusals.contains(row)) {
            clock->setIcon(icon(u"warning"_s, Tone::danger));
            clock->setToolTip(m_refusals.value(row));
            clock->setAccessibleText(u"%1: %2"_s.arg(clock->text(), m_refusals.value(row)));
        }
        auto *text = new QStandardItem(rule.text.toString());
        text->setToolTip(text->text());
        m_model->appendRow({
            clock,
            new QStandardItem(QString::number(rule.level.value)),
            new QStandardItem(words::moment(rule.minutes.value)),
            new QStandardItem(words::told(rule.tell)),
            text,
        });
    }
    m_note->setText(QStringList(m_refusals.values()).join(u'\n'));
    m_note->setVisible(!m_refusals.isEmpty());
    m_change->setEnabled(!m_rules.isEmpty());
    m_remove->setEnabled(!m_rules.isEmpty());
    if (!m_rules.isEmpty())
        m_table->setCurrentIndex(m_model->index(std::clamp(selected, 0, int(m_rules.size()) - 1), 0));
    m_table->fit();
}

void EscalationPage::onEdited()
{
    if (m_isFilling)
        return;
    m_banner->clear();
    if (!m_beforeRemoval)
        m_foot->offerUndo({});
    Policy policy;
    policy.unassignedMinutes = { m_unassigned->value() };
    policy.silentMinutes = { m_silent->value() };
    policy.cooldownMinutes = { m_cooldown->value() };
    policy.silentExperts = { m_silentExperts->value() };
    policy.rules = m_rules;
    m_viewModel.edit(policy);
}

// None: a new one.
void EscalationPage::ask(const std::optional<int> &row)
{
    QList<api::EscalationRule> others = m_rules;
    std::optional<api::EscalationRule> rule;
    if (row)
        rule = others.takeAt(*row);
    auto *dialog = new RuleDialog(rule, others, this);
    connect(dialog, &RuleDialog::submitted, this, [this, others](const api::EscalationRule &entered) {
        m_rules = others;
        m_rules.append(entered);
        std::ranges::stable_sort(m_rules, isEarlier);
        m_refusals.clear();
        m_beforeRemoval.reset(); // undoing must not undo this
        showRules();
        onEdited();
    });
    dialog->open();
}

void EscalationPage::remove()
{
    const int row = m_table->currentIndex().row();
    if (row < 0)
        return;
    m_beforeRemoval = m_rules;
    const api::EscalationRule removed = m_rules.takeAt(row);
    m_refusals.clear();
    showRules();
    m_foot->offerUndo(u"“%1”"_s.arg(removed.text.toString()));
    onEdited();
    m_table->setFocus();
}

// What is saved here decides who is told of which ticket: it is said in numbers first.
void EscalationPage::askToSave(const std::optional<qint64> &tickets)
{
    auto *question = new QMessageBox(
        QMessageBox::NoIcon,
        tr("Save the escalation rules"),
        tr("Save the escalation rules?"),
        QMessageBox::Cancel,
        this
    );
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(
        !tickets            ? tr("The timers of all open tickets follow.")
            : *tickets == 0 ? tr("There is no open ticket whose timers would change.")
                            : tr("The timers of all %n open tickets follow.", nullptr, int(*tickets))
    );
    question->addButton(tr("Save"), QMessageBox::AcceptRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(question, &QDialog::accepted, &m_viewModel, &EscalationViewModel::save);
    question->open();
}

void EscalationPage::onRefused(const Problem &problem)
{
    if (m_viewModel.conflict())
        return; // its notice says more
    if (problem.fields.isEmpty())
        return m_banner->say(problem);
    m_banner->say(Tone::danger, tr("Nothing is saved: what is marked below cannot be used."));
    for (const FieldError &error : problem.fields) {
        if (!error.pointer.startsWith("/rules/"_L1)) {
            m_banner->say(problem);
            continue;
        }
        const int row = error.pointer.section(u'/', 2, 2).toInt();
        const QString text = row < m_rules.size() ? m_rules.at(row).text.toString() : QString();
        m_refusals[row] = tr("“%1”: the %2 %3").arg(text, error.pointer.section(u'/', 3, 3), error.detail);
    }
    showRules();
}

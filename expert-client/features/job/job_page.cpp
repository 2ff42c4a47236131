#include "expert-client/features/job/job_page.h"

#include "expert-client/features/job/complete_dialog.h"
#include "expert-client/features/job/hold_dialog.h"
#include "expert-client/features/job/job_delegate.h"
#include "expert-client/features/job/reject_dialog.h"
#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/state_pane.h"
#include "shared/ui/ticket/ticket_detail.h"
#include "shared/ui/words.h"

#include <QListView>
#include <QScrollBar>
#include <QSplitter>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QListView *makeList(JobListViewModel &jobs)
{
    auto *list = new QListView;
    list->setModel(&jobs.model());
    list->setItemDelegate(new JobDelegate(jobs, list));
    list->setAccessibleName(JobPage::tr("Jobs"));
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setMouseTracking(true);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return list;
}

} // namespace

JobPage::JobPage(
    JobListViewModel &jobs,
    TicketViewModel &ticket,
    JobViewModel &job,
    const api::AccountId &me,
    QWidget *parent
)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_ticket(ticket)
    , m_job(job)
    , m_list(makeList(jobs))
    , m_listPane(new StatePane(m_list))
    , m_detail(new TicketDetail(ticket, DecisionView::For::chosenExpert))
    , m_jobPane(new StatePane(m_detail))
    , m_banner(new Banner)
    , m_actionBar(makeActionBar())
{
    m_detail->setReader(me);
    auto *side = new QFrame;
    side->setProperty("ground", u"side"_s);
    side->setMinimumWidth(240);
    Column { m_listPane }.attachTo(side);
    auto *work = new QWidget;
    auto *bannerSlot = new QWidget;
    Column { m_banner }.margins(wide, 0, wide, 0).attachTo(bannerSlot);
    Column { bannerSlot, growing(m_jobPane), m_actionBar }.spacing(0).attachTo(work);
    work->setMinimumWidth(360);
    auto *splitter = new QSplitter;
    splitter->addWidget(side);
    splitter->addWidget(work);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({ 340, 800 });
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    Column { splitter }.attachTo(this);
    wire();
    refreshList();
    refreshJob();
}

QFrame *JobPage::makeActionBar()
{
    m_primary = button({}, ButtonKind::primary, u"check"_s);
    m_secondary = button({}, ButtonKind::plain);
    m_aside = button({}, ButtonKind::plain, u"clock"_s);
    auto *bar = new QFrame;
    bar->setProperty("ground", u"footer"_s);
    auto *aside = new QWidget;
    Row { m_aside, Stretch() }.attachTo(aside);
    auto *steps = new QWidget;
    Row { Stretch(), m_secondary, m_primary }.spacing(medium).attachTo(steps);
    auto *parts = new SideBySide(aside, steps, 480);
    parts->setStretch(0, 1);
    Column { parts }.margins(wide, medium, wide, medium).attachTo(bar);
    return bar;
}

void JobPage::wire()
{
    connect(
        m_list->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex &current) {
            if (current.isValid())
                m_ticket.open(m_jobs.model().at(current.row()).id);
        }
    );
    connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar *bar = m_list->verticalScrollBar();
        if (bar->maximum() - value < bar->pageStep())
            m_jobs.loadMore();
    });
    auto *minute = new QTimer(this); // the cards say how long ago
    connect(minute, &QTimer::timeout, m_list->viewport(), qOverload<>(&QWidget::update));
    minute->start(std::chrono::seconds(30));
    connect(m_listPane, &StatePane::retry, &m_jobs, &JobListViewModel::reload);
    connect(m_listPane, &StatePane::emptyAction, this, &JobPage::onDutyWanted);
    connect(m_jobPane, &StatePane::retry, &m_ticket, &TicketViewModel::reload);
    connect(&m_jobs, &JobListViewModel::changed, this, &JobPage::refreshList);
    connect(&m_jobs, &JobListViewModel::taken, this, &JobPage::onTaken);
    connect(&m_ticket, &TicketViewModel::changed, this, &JobPage::refreshJob);
    connect(&m_job, &JobViewModel::busyChanged, this, &JobPage::refreshActions);
    connect(&m_job, &JobViewModel::done, this, &JobPage::onDone);
    connect(&m_job, &JobViewModel::refused, this, [this](JobAction, const Problem &problem, const auto &now) {
        onRefused(problem, now);
    });
    const auto on = [this](QPushButton *button, std::optional<JobAction> JobActions::*action) {
        connect(button, &QPushButton::clicked, this, [this, action] {
            if (m_ticket.ticket())
                perform(*(actionsFor(*m_ticket.ticket()).*action));
        });
    };
    on(m_primary, &JobActions::primary);
    on(m_secondary, &JobActions::secondary);
    on(m_aside, &JobActions::aside);
}

void JobPage::open(const api::TicketId &id)
{
    m_banner->clear();
    m_ticket.open(id);
    selectOpened();
}

void JobPage::setOnDuty(bool onDuty)
{
    m_isOnDuty = onDuty;
    refreshList();
    refreshJob();
}

void JobPage::setOffer(const std::optional<api::TicketId> &id)
{
    m_offer = id;
    refreshActions();
}

void JobPage::refreshList()
{
    refreshActions();
    if (m_jobs.model().rowCount() > 0) {
        m_listPane->showContent();
        return selectOpened();
    }
    if (m_jobs.problem())
        return m_listPane->showProblem(*m_jobs.problem());
    if (m_jobs.isLoading())
        return m_listPane->showLoading(tr("Loading your jobs …"));
    m_ticket.close();
    if (m_isOnDuty)
        return m_listPane->showEmpty({
            u"inbox"_s,
            tr("No job right now"),
            tr("You are on duty. A new job appears here by itself."),
        });
    m_listPane->showEmpty({
        u"power"_s,
        tr("You are off duty"),
        tr("Go on duty to receive jobs."),
        tr("Go on duty"),
    });
}

void JobPage::refreshJob()
{
    refreshActions();
    if (m_ticket.ticket())
        return m_jobPane->showContent();
    if (m_ticket.problem())
        return m_jobPane->showProblem(*m_ticket.problem());
    if (m_ticket.id())
        return m_jobPane->showLoading(tr("Loading the job …"));
    m_jobPane->showEmpty({
        u"briefcase"_s,
        tr("Nothing open"),
        tr("Here you see where a job is, what is wrong, and why it went to you."),
    });
}

void JobPage::refreshActions()
{
    const std::optional<api::Ticket> &ticket = m_ticket.ticket();
    const bool isMine = ticket && m_jobs.model().rowOf(ticket->id)
        && m_jobs.isCurrent(m_jobs.model().at(*m_jobs.model().rowOf(ticket->id)));
    const bool isAskedAbove = ticket && m_offer == ticket->id;
    const JobActions actions = isMine && !isAskedAbove ? actionsFor(*ticket) : JobActions();
    m_actionBar->setVisible(actions.primary.has_value());
    if (!actions.primary)
        return;
    const auto dress = [this](QPushButton *button, const std::optional<JobAction> &action, ButtonKind kind) {
        button->setVisible(action.has_value());
        if (!action)
            return;
        const JobActionWords words = wordsOf(*action);
        button->setProperty("iconName", words.icon);
        setKind(button, kind);
        button->setText(m_job.busyWith() == action ? words.busy : words.label);
        button->setEnabled(!m_job.busyWith());
    };
    dress(m_primary, actions.primary, ButtonKind::primary);
    dress(m_secondary, actions.secondary, ButtonKind::danger);
    dress(m_aside, actions.aside, ButtonKind::plain);
    m_aside->parentWidget()->setVisible(actions.aside.has_value());
}

void JobPage::perform(JobAction action)
{
    const api::Ticket ticket = *m_ticket.ticket();
    m_banner->clear();
    switch (action) {
    case JobAction::accept:
        return m_job.accept(ticket.id);
    case JobAction::reject:
        return askToReject(ticket.id);
    case JobAction::depart:
        return m_job.depart(ticket.id);
    case JobAction::arrive:
        return m_job.arrive(ticket.id);
    case JobAction::complete:
        return askToComplete(ticket);
    case JobAction::hold:
        return askToHold(ticket);
    case JobAction::resume:
        return m_job.resume(ticket.id);
    }
}

void JobPage::askToReject(const api::TicketId &id)
{
    const std::optional<int> row = m_jobs.model().rowOf(id);
    if (!row)
        return;
    auto *dialog = new RejectDialog(m_jobs.model().at(*row).number, this);
    connect(dialog, &RejectDialog::submitted, this, [this, id](const Text<1, 500> &reason) {
        m_job.reject(id, reason);
    });
    show(dialog);
}

void JobPage::askToComplete(const api::Ticket &ticket)
{
    auto *dialog = new CompleteDialog(ticket.number, this);
    connect(
        dialog,
        &CompleteDialog::submitted,
        this,
        [this, id = ticket.id](const api::Completion &completion) { m_job.complete(id, completion); }
    );
    show(dialog);
}

void JobPage::askToHold(const api::Ticket &ticket)
{
    auto *dialog = new HoldDialog(ticket.number, this);
    connect(dialog, &HoldDialog::submitted, this, [this, id = ticket.id](const api::NewPause &pause) {
        m_job.hold(id, pause);
    });
    show(dialog);
}

// Not exec(): the session may end while somebody writes, and take this page with it.
void JobPage::show(JobDialog *dialog)
{
    m_dialog = dialog;
    connect(&m_job, &JobViewModel::busyChanged, dialog, [this, dialog] {
        dialog->setBusy(m_job.busyWith().has_value());
    });
    dialog->open();
}

void JobPage::onDone(JobAction action, const api::Ticket &ticket)
{
    m_banner->clear();
    if (m_dialog)
        m_dialog->accept();
    emit said(wordsOf(action).done.arg(ticket.number));
    m_ticket.adopt(ticket);
    m_jobs.adopt(ticket);
}

void JobPage::onRefused(const Problem &problem, const std::optional<api::TicketSummary> &now)
{
    m_ticket.reload();
    m_jobs.reload();
    const bool hasMovedOn = problem.kind == ProblemKind::conflict && now;
    if (!hasMovedOn)
        return m_dialog ? m_dialog->say(problem) : m_banner->say(problem);
    const QString state = words::of(now->state).label.toLower();
    const QString text = now->expert
        ? tr("%1 has changed in the meantime: it is “%2”, with %3.")
              .arg(now->number, state, now->expert->name)
        : tr("%1 has changed in the meantime: it is “%2”.").arg(now->number, state);
    if (m_dialog)
        m_dialog->refuse(text);
    else
        m_banner->say(Tone::warning, text);
}

void JobPage::onTaken(const api::TicketSummary &job, const QString &actor)
{
    const bool isOff = job.state == api::TicketState::cancelled;
    m_banner->say(
        Tone::warning,
        isOff ? tr("%1 called off %2.").arg(actor, job.number)
              : tr("%1 gave %2 to somebody else. You need not go there.").arg(actor, job.number)
    );
}

// With nothing open the job at hand opens itself; one that has left the list closes.
void JobPage::selectOpened()
{
    const std::optional<int> row = m_ticket.id() ? m_jobs.model().rowOf(*m_ticket.id()) : std::nullopt;
    const int wanted = row.value_or(0);
    if (!row && m_jobs.isLoading())
        return;
    if (m_list->currentIndex().row() != wanted)
        m_list->setCurrentIndex(m_jobs.model().index(wanted, 0));
    else if (!row)
        m_ticket.open(m_jobs.model().at(wanted).id);
}

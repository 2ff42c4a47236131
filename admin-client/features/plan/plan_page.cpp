#include "admin-client/features/plan/plan_page.h"

#include "admin-client/features/plan/plan_form.h"
#include "admin-client/features/plan/plan_words.h"
#include "admin-client/features/plan/price_preview_card.h"
#include "shared/ui/banner.h"
#include "shared/ui/card.h"
#include "shared/ui/conflict_notice.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/save_bar.h"
#include "shared/ui/short_table.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/state_pane.h"
#include "shared/ui/words.h"

#include <QListView>
#include <QMessageBox>
#include <QScrollArea>
#include <QSplitter>
#include <QStandardItemModel>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

constexpr int planRole = Qt::UserRole;

Instant now()
{
    return toInstant(QDateTime::currentDateTimeUtc());
}

QListView *makeList(QStandardItemModel &model)
{
    auto *list = new QListView;
    list->setModel(&model);
    list->setAccessibleName(PlanPage::tr("Plans"));
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setWordWrap(true);
    list->setProperty("kind", u"entries"_s);
    return list;
}

// What is saved here decides what people pay: it is asked first, and nothing happens by the Enter key alone.
QMessageBox *question(QWidget *parent, const QString &title, const QString &text, const QString &action)
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, title, text, QMessageBox::Cancel, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->addButton(action, QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    return box;
}

} // namespace

PlanPage::PlanPage(PlanViewModel &viewModel, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_plans(std::make_unique<QStandardItemModel>())
    , m_versions(std::make_unique<QStandardItemModel>())
    , m_list(makeList(*m_plans))
    , m_title(label({}, Words::title))
    , m_withdraw(button(tr("Sell no longer …"), ButtonKind::danger))
    , m_form(new PlanForm)
    , m_preview(new PricePreviewCard)
    , m_history(new ShortTable(*m_versions, tr("Versions of the plan")))
    , m_scroll(new QScrollArea)
    , m_banner(new Banner)
    , m_conflict(new ConflictNotice)
    , m_foot(new SaveBar)
{
    m_typing.setSingleShot(true);
    m_typing.setInterval(250);
    auto *splitter = new QSplitter;
    splitter->addWidget(makeSide());
    splitter->addWidget(makeWork());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({ 300, 780 });
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    m_pane = new StatePane(splitter);
    Column { m_pane }.attachTo(this);
    wire();
    fill();
    refresh();
}

PlanPage::~PlanPage()
{
    m_list->selectionModel()->disconnect(this);
    m_history->selectionModel()->disconnect(this);
}

QWidget *PlanPage::makeSide()
{
    auto *add = button(tr("&New plan …"));
    connect(add, &QPushButton::clicked, &m_viewModel, &PlanViewModel::begin);
    auto *foot = new QWidget;
    Row { add, Stretch() }.margins(medium).attachTo(foot);
    auto *side = new QFrame;
    side->setProperty("ground", u"side"_s);
    side->setMinimumWidth(200);
    Column { growing(m_list), foot }.spacing(0).attachTo(side);
    return side;
}

QWidget *PlanPage::makeWork()
{
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    auto *withdraw = new QWidget;
    Row { Stretch(), m_withdraw }.attachTo(withdraw);
    Column {
        new SideBySide(m_title, withdraw, 400),
        m_form,
        new Card(u"eye"_s, tr("What customers would pay"), m_preview),
        new Card(u"history"_s, tr("Versions"), m_history),
        Stretch(),
    }
        .spacing(medium)
        .margins(wide, large, wide, wide)
        .attachTo(content);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setAccessibleName(tr("Plan"));
    auto *notices = new QWidget;
    Column { m_banner, m_conflict }.margins(wide, 0, wide, 0).attachTo(notices);
    auto *work = new QWidget;
    Column { notices, growing(m_scroll), m_foot }.spacing(0).attachTo(work);
    work->setMinimumWidth(360);
    return work;
}

void PlanPage::wire()
{
    connect(
        m_list->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex &current) {
            if (current.isValid() && !m_isFilling)
                m_viewModel.open(*api::PlanId::parse(current.data(planRole).toString()));
        }
    );
    connect(m_pane, &StatePane::retry, &m_viewModel, &PlanViewModel::reload);
    connect(m_pane, &StatePane::emptyAction, &m_viewModel, &PlanViewModel::begin);
    connect(&m_viewModel, &PlanViewModel::changed, this, &PlanPage::refresh);
    connect(&m_viewModel, &PlanViewModel::opened, this, &PlanPage::fill);
    connect(&m_viewModel, &PlanViewModel::previewed, m_preview, &PricePreviewCard::setPreview);
    connect(&m_viewModel, &PlanViewModel::previewFailed, this, [this](const Problem &problem) {
        m_preview->say(sentence(problem));
    });
    connect(&m_viewModel, &PlanViewModel::refused, this, &PlanPage::onRefused);
    connect(&m_viewModel, &PlanViewModel::saved, this, [this](const QString &name) {
        emit said(tr("The plan “%1” is saved.").arg(name));
    });
    connect(&m_viewModel, &PlanViewModel::withdrawn, this, [this](const QString &name) {
        emit said(tr("The plan “%1” is sold no longer.").arg(name));
    });
    connect(m_form, &PlanForm::edited, this, [this] {
        m_banner->clear();
        m_viewModel.edit(m_form->content());
        m_typing.start();
    });
    connect(m_preview, &PricePreviewCard::wanted, &m_typing, qOverload<>(&QTimer::start));
    connect(&m_typing, &QTimer::timeout, this, &PlanPage::wantPreview);
    connect(m_withdraw, &QPushButton::clicked, this, &PlanPage::askToWithdraw);
    connect(m_foot, &SaveBar::saveWanted, this, &PlanPage::askToSave);
    connect(m_foot, &SaveBar::discardWanted, &m_viewModel, &PlanViewModel::discard);
    connect(m_conflict, &ConflictNotice::theirsWanted, &m_viewModel, &PlanViewModel::takeTheirs);
    connect(m_conflict, &ConflictNotice::mineWanted, this, [this] {
        m_viewModel.keepMine();
        askToSave();
    });
}

void PlanPage::refresh()
{
    if (m_viewModel.isLoaded()) {
        refreshList();
        refreshFoot();
        showHistory();
        return m_pane->showContent();
    }
    if (m_viewModel.problem())
        return m_pane->showProblem(*m_viewModel.problem());
    m_pane->showLoading(tr("Loading the plans …"));
}

void PlanPage::refreshList()
{
    m_isFilling = true;
    const QList<api::PlanHistory> &plans = m_viewModel.plans();
    m_plans->setRowCount(static_cast<int>(plans.size()));
    for (int row = 0; row < m_plans->rowCount(); ++row) {
        const api::PlanHistory &each = plans.at(row);
        if (!m_plans->item(row))
            m_plans->setItem(row, new QStandardItem);
        QStandardItem *item = m_plans->item(row);
        const QString name = words::inForce(each, now()).plan.name;
        const QString standing
            = m_viewModel.isChanged(each.id) ? tr("changed, not saved yet") : words::summary(each, now());
        item->setText(name + QChar::LineSeparator + standing);
        item->setAccessibleText(name + u", "_s + standing);
        item->setToolTip(words::summary(each, now()));
        item->setData(each.id.toString(), planRole);
        if (m_viewModel.plan() && each.id == m_viewModel.plan()->id && m_list->currentIndex().row() != row)
            m_list->setCurrentIndex(m_plans->index(row, 0));
    }
    if (!m_viewModel.plan())
        m_list->setCurrentIndex({});
    m_isFilling = false;
}

void PlanPage::refreshFoot()
{
    const api::PlanHistory *plan = m_viewModel.plan();
    m_withdraw->setVisible(plan && plan->isOnSale);
    m_title->setText(plan ? words::inForce(*plan, now()).plan.name : tr("A new plan"));
    using enum SaveBar::State;
    QString standing = tr("Not on sale yet");
    if (plan) {
        const api::PlanVersion &last = plan->versions.last();
        standing = last.madeBy ? tr("Version %1, saved %2 by %3")
                                     .arg(plan->version)
                                     .arg(relativeTime(last.madeAt), last.madeByName)
                               : tr("Version %1, as it was installed").arg(plan->version);
    }
    m_foot->setState(m_viewModel.isSaving() ? saving : m_viewModel.isChanged() ? changed : clean, standing);
    const std::optional<api::PlanHistory> &theirs = m_viewModel.conflict();
    if (!theirs || !plan)
        return m_conflict->clear();
    const api::PlanVersion &last = theirs->versions.last();
    const QStringList what = words::differences(plan->versions.last().plan, last.plan);
    m_conflict->say(tr("%1 saved this plan %2, while you were changing it: %3.")
                        .arg(
                            last.madeByName,
                            relativeTime(last.madeAt),
                            what.isEmpty() ? tr("the same terms once more") : what.join(u", "_s)
                        ));
}

void PlanPage::fill()
{
    const api::PlanHistory *plan = m_viewModel.plan();
    m_form->setContent(m_viewModel.content(), m_viewModel.categories(), !plan);
    m_preview->setOthers(m_viewModel.plans(), plan ? std::optional(plan->id) : std::nullopt);
    m_banner->clear();
    wantPreview();
}

void PlanPage::showHistory()
{
    m_versions->clear();
    m_versions->setHorizontalHeaderLabels(
        { tr("Version"), tr("In force from"), tr("Price"), tr("Made by"), tr("What it changed") }
    );
    const api::PlanHistory *plan = m_viewModel.plan();
    m_history->setVisible(plan != nullptr);
    if (!plan)
        return;
    for (qsizetype i = plan->versions.size() - 1; i >= 0; --i) {
        const api::PlanVersion &each = plan->versions.at(i);
        const QString what = i == 0
            ? tr("the first terms")
            : words::differences(plan->versions.at(i - 1).plan, each.plan).join(u", "_s);
        auto *changes = new QStandardItem(what.isEmpty() ? tr("nothing") : what);
        changes->setToolTip(changes->text());
        m_versions->appendRow({
            new QStandardItem(QString::number(each.plan.version)),
            new QStandardItem(each.madeBy ? words::date(each.from) : tr("the beginning")),
            new QStandardItem(words::money(each.plan.price)),
            new QStandardItem(each.madeBy ? each.madeByName : tr("nobody")),
            changes,
        });
    }
    m_history->fit();
}

void PlanPage::wantPreview()
{
    m_typing.stop();
    if (!m_viewModel.isLoaded())
        return;
    const PlanDraft draft = m_viewModel.content();
    if (draft.plan.terms.name.toString().isEmpty())
        return m_preview->say(tr("Give the plan a name to see what it would cost."));
    m_viewModel.preview(m_preview->customer());
}

void PlanPage::askToSave()
{
    if (m_viewModel.conflict())
        return m_conflict->setFocus();
    const PlanDraft draft = m_viewModel.content();
    const QString name = draft.plan.terms.name.toString();
    const Money price { draft.plan.terms.priceMinor.value, Money().currency };
    const api::PlanHistory *plan = m_viewModel.plan();
    QMessageBox *box = question(
        this,
        tr("Save the plan"),
        plan ? tr("Give the plan “%1” new terms?").arg(name) : tr("Put the plan “%1” on sale?").arg(name),
        tr("Save")
    );
    const QString begin = draft.from ? tr("from %1 on").arg(words::date(*draft.from)) : tr("at once");
    box->setInformativeText(
        plan ? tr("They are in force %1, for %2 (now %3). Held by %L4: what is paid for stays as it is, and "
                  "the "
                  "first bill after that day takes the new terms.")
                   .arg(begin, words::money(price), words::money(words::inForce(*plan, now()).plan.price))
                   .arg(plan->subscribers)
             : tr("Everybody can buy it from then on, for %1.").arg(words::money(price))
    );
    connect(box, &QDialog::accepted, &m_viewModel, &PlanViewModel::save);
    box->open();
}

void PlanPage::askToWithdraw()
{
    const api::PlanHistory *plan = m_viewModel.plan();
    if (!plan)
        return;
    QMessageBox *box = question(
        this,
        tr("Sell a plan no longer"),
        tr("Sell the plan “%1” no longer?").arg(words::inForce(*plan, now()).plan.name),
        tr("Sell no longer")
    );
    box->setInformativeText(
        tr("Nobody can buy it or change to it any more, and it cannot be put on sale again. "
           "Held by %L1: they keep it, and it goes on renewing until they end it.")
            .arg(plan->subscribers)
    );
    connect(box, &QDialog::accepted, &m_viewModel, &PlanViewModel::withdraw);
    box->open();
}

void PlanPage::onRefused(const Problem &problem)
{
    if (m_viewModel.conflict())
        return; // its notice says more
    if (problem.fields.isEmpty())
        return m_banner->say(problem);
    const QList<FieldError> others = m_form->mark(problem.fields);
    if (QWidget *marked = m_form->focusWidget())
        m_scroll->ensureWidgetVisible(marked);
    if (others.isEmpty())
        return m_banner->say(Tone::danger, tr("Nothing is saved: what is marked below cannot be used."));
    m_banner->say(problem);
}

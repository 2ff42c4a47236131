#include "admin-client/features/calendar/calendar_page.h"

#include "admin-client/features/calendar/calendar_words.h"
#include "admin-client/features/calendar/holiday_list.h"
#include "admin-client/features/calendar/week_editor.h"
#include "shared/ui/banner.h"
#include "shared/ui/card.h"
#include "shared/ui/conflict_notice.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/save_bar.h"
#include "shared/ui/scaling.h"
#include "shared/ui/state_pane.h"
#include "shared/ui/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QScrollArea>
#include <QSplitter>
#include <QStandardItemModel>
#include <QStyle>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

constexpr int regionRole = Qt::UserRole;

QListView *makeList(QStandardItemModel &model)
{
    auto *list = new QListView;
    list->setModel(&model);
    list->setAccessibleName(CalendarPage::tr("Regions"));
    list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setProperty("kind", u"entries"_s);
    return list;
}

// Any of the world's can be typed; the server knows which there are.
QComboBox *makeTimeZones()
{
    auto *box = new QComboBox;
    box->setEditable(true);
    box->setInsertPolicy(QComboBox::NoInsert);
    box->setAccessibleName(CalendarPage::tr("Time zone"));
    box->lineEdit()->setAccessibleName(CalendarPage::tr("Time zone"));
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds()) {
        if (id.contains('/') && !id.startsWith("Etc/"))
            box->addItem(QString::fromLatin1(id));
    }
    box->completer()->setFilterMode(Qt::MatchContains);
    box->completer()->setCompletionMode(QCompleter::PopupCompletion);
    return box;
}

void setInvalid(QWidget *field, bool isInvalid)
{
    field->setProperty("invalid", isInvalid);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

} // namespace

CalendarPage::CalendarPage(CalendarViewModel &viewModel, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_model(std::make_unique<QStandardItemModel>())
    , m_list(makeList(*m_model))
    , m_title(label({}, Words::title))
    , m_timeZone(makeTimeZones())
    , m_timeZoneNote(label({}))
    , m_alwaysOpen(new QCheckBox(tr("Work goes on around the clock, every day")))
    , m_week(new WeekEditor)
    , m_holidays(new HolidayList)
    , m_banner(new Banner)
    , m_conflict(new ConflictNotice)
    , m_foot(new SaveBar)
{
    auto *side = new QFrame;
    side->setProperty("ground", u"side"_s);
    side->setMinimumWidth(200);
    Column { m_list }.attachTo(side);
    auto *splitter = new QSplitter;
    splitter->addWidget(side);
    splitter->addWidget(makeWork());
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({ 280, 800 });
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    m_pane = new StatePane(splitter);
    Column { m_pane }.attachTo(this);
    wire();
    fill();
    refresh();
}

CalendarPage::~CalendarPage()
{
    m_list->selectionModel()->disconnect(this);
}

QWidget *CalendarPage::makeContent()
{
    m_timeZoneNote->setProperty("words", u"error"_s);
    m_timeZoneNote->hide();
    auto *zone = new QWidget;
    keepScaled(m_timeZone, [this] { m_timeZone->setMaximumWidth(scaled(320)); });
    Column {
        m_timeZone,
        m_timeZoneNote,
        label(tr("Hours and days are meant in it, daylight saving included."), Words::caption),
    }
        .spacing(tight)
        .attachTo(zone);
    auto *week = new QWidget;
    Column { m_alwaysOpen, m_week }.spacing(medium).attachTo(week);
    m_weekCard = new Card(u"clock"_s, tr("Working hours"), week);
    m_holidayCard = new Card(u"flag"_s, tr("Holidays"), m_holidays);
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Column {
        m_title, new Card(u"pin"_s, tr("Time zone"), zone), m_weekCard, m_holidayCard, Stretch(),
    }
        .spacing(medium)
        .margins(wide, large, wide, wide)
        .attachTo(content);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(tr("Calendar"));
    return scroll;
}

QWidget *CalendarPage::makeWork()
{
    auto *notices = new QWidget;
    Column { m_banner, m_conflict }.margins(wide, 0, wide, 0).attachTo(notices);
    auto *work = new QWidget;
    Column { notices, growing(makeContent()), m_foot }.spacing(0).attachTo(work);
    work->setMinimumWidth(360);
    return work;
}

void CalendarPage::wire()
{
    connect(
        m_list->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex &current) {
            if (current.isValid() && !m_isFilling)
                m_viewModel.open(current.data(regionRole).toString());
        }
    );
    connect(m_pane, &StatePane::retry, &m_viewModel, &CalendarViewModel::reload);
    connect(&m_viewModel, &CalendarViewModel::changed, this, &CalendarPage::refresh);
    connect(&m_viewModel, &CalendarViewModel::opened, this, &CalendarPage::fill);
    connect(&m_viewModel, &CalendarViewModel::counted, this, &CalendarPage::askToSave);
    connect(&m_viewModel, &CalendarViewModel::refused, this, &CalendarPage::onRefused);
    connect(&m_viewModel, &CalendarViewModel::saved, this, [this](const api::Calendar &calendar) {
        emit said(tr("The calendar of %1 is saved. Deadlines follow.").arg(words::slug(calendar.region)));
    });
    connect(m_timeZone, &QComboBox::currentTextChanged, this, [this] {
        setInvalid(m_timeZone, false);
        m_timeZoneNote->hide();
        onEdited();
    });
    connect(m_alwaysOpen, &QCheckBox::toggled, this, &CalendarPage::onEdited);
    connect(m_week, &WeekEditor::edited, this, &CalendarPage::onEdited);
    connect(m_holidays, &HolidayList::removed, this, [this](const QString &name) {
        m_beforeRemoval = m_viewModel.content();
        m_foot->offerUndo(name);
    });
    connect(m_holidays, &HolidayList::edited, this, &CalendarPage::onEdited);
    connect(m_foot, &SaveBar::saveWanted, &m_viewModel, &CalendarViewModel::countTickets);
    connect(m_foot, &SaveBar::discardWanted, &m_viewModel, &CalendarViewModel::discard);
    connect(m_foot, &SaveBar::undoWanted, this, [this] {
        m_viewModel.edit(*m_beforeRemoval);
        fill();
    });
    connect(m_conflict, &ConflictNotice::theirsWanted, &m_viewModel, &CalendarViewModel::takeTheirs);
    connect(m_conflict, &ConflictNotice::mineWanted, this, [this] {
        m_viewModel.keepMine();
        m_viewModel.countTickets();
    });
}

void CalendarPage::refresh()
{
    if (m_viewModel.calendar()) {
        refreshList();
        refreshFoot();
        return m_pane->showContent();
    }
    if (m_viewModel.problem())
        return m_pane->showProblem(*m_viewModel.problem());
    if (m_viewModel.isLoading())
        return m_pane->showLoading(tr("Loading the calendars …"));
    m_pane->showEmpty({ u"clock"_s,
                        tr("There is no region yet"),
                        tr("“sysops-server seed” brings the regions and their calendars.") });
}

void CalendarPage::refreshList()
{
    m_isFilling = true;
    const QList<api::Calendar> &calendars = m_viewModel.calendars();
    m_model->setRowCount(static_cast<int>(calendars.size()));
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const api::Calendar &each = calendars.at(row);
        if (!m_model->item(row))
            m_model->setItem(row, new QStandardItem);
        QStandardItem *item = m_model->item(row);
        const QString standing = m_viewModel.isChanged(each.region) ? tr("changed, not saved yet")
                                                                    : words::summary(each.content);
        item->setText(words::slug(each.region) + QChar::LineSeparator + standing);
        item->setAccessibleText(words::slug(each.region) + u", "_s + standing);
        item->setToolTip(each.content.timeZone.toString());
        item->setData(each.region, regionRole);
        if (each.region == m_viewModel.calendar()->region && m_list->currentIndex().row() != row)
            m_list->setCurrentIndex(m_model->index(row, 0));
    }
    m_isFilling = false;
}

void CalendarPage::refreshFoot()
{
    const api::Calendar &calendar = *m_viewModel.calendar();
    using enum SaveBar::State;
    m_foot->setState(
        m_viewModel.isSaving()                       ? saving
            : m_viewModel.isChanged(calendar.region) ? changed
                                                     : clean,
        tr("Version %1, saved %2 by %3")
            .arg(calendar.version)
            .arg(relativeTime(calendar.updatedAt), calendar.updatedBy)
    );
    if (const std::optional<api::Calendar> &theirs = m_viewModel.conflict())
        m_conflict->say(tr("%1 saved this calendar %2, while you were changing it: %3, time zone %4.")
                            .arg(
                                theirs->updatedBy,
                                relativeTime(theirs->updatedAt),
                                words::summary(theirs->content),
                                theirs->content.timeZone.toString()
                            ));
    else
        m_conflict->clear();
}

void CalendarPage::fill()
{
    if (!m_viewModel.calendar())
        return;
    m_isFilling = true;
    const api::CalendarContent content = m_viewModel.content();
    m_title->setText(words::slug(m_viewModel.calendar()->region));
    m_timeZone->setCurrentText(content.timeZone.toString());
    m_alwaysOpen->setChecked(content.alwaysOpen);
    m_week->setHours(content.hours);
    m_holidays->setHolidays(content.holidays);
    setInvalid(m_timeZone, false);
    m_timeZoneNote->hide();
    m_banner->clear();
    m_beforeRemoval.reset();
    m_foot->offerUndo({});
    m_isFilling = false;
    adaptToHours();
}

void CalendarPage::adaptToHours()
{
    m_week->setVisible(!m_alwaysOpen->isChecked());
    m_holidayCard->setVisible(!m_alwaysOpen->isChecked());
}

api::CalendarContent CalendarPage::entered() const
{
    api::CalendarContent content;
    // An empty one goes to the server as it is, which says what is wrong with it.
    content.timeZone = Text<1, 60>::parse(m_timeZone->currentText()).value_or(Text<1, 60>());
    content.alwaysOpen = m_alwaysOpen->isChecked();
    content.hours = m_week->hours();
    content.holidays = m_holidays->holidays();
    return content;
}

void CalendarPage::onEdited()
{
    if (m_isFilling)
        return;
    m_banner->clear();
    const api::CalendarContent content = entered();
    // Undoing a removal must not undo what was done after it.
    if (m_beforeRemoval && m_beforeRemoval->holidays.size() != content.holidays.size() + 1) {
        m_beforeRemoval.reset();
        m_foot->offerUndo({});
    } else if (m_beforeRemoval) {
        m_beforeRemoval->timeZone = content.timeZone;
        m_beforeRemoval->alwaysOpen = content.alwaysOpen;
        m_beforeRemoval->hours = content.hours;
    }
    adaptToHours();
    m_viewModel.edit(content);
}

// What is saved here moves what customers were promised: it is said in numbers first.
void CalendarPage::askToSave(const std::optional<qint64> &tickets)
{
    if (m_viewModel.conflict())
        return m_conflict->setFocus();
    const QString region = words::slug(m_viewModel.calendar()->region);
    auto *question = new QMessageBox(
        QMessageBox::NoIcon,
        tr("Save the calendar"),
        tr("Save the calendar of %1?").arg(region),
        QMessageBox::Cancel,
        this
    );
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(
        !tickets            ? tr("The deadlines of its open tickets are worked out anew.")
            : *tickets == 0 ? tr("It has no open ticket whose deadlines would change.")
                            : tr(
                                "The deadlines of its %n open tickets are worked out anew.",
                                nullptr,
                                static_cast<int>(*tickets)
                            )
    );
    question->addButton(tr("Save"), QMessageBox::AcceptRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(question, &QDialog::accepted, &m_viewModel, &CalendarViewModel::save);
    question->open();
}

void CalendarPage::onRefused(const Problem &problem)
{
    if (m_viewModel.conflict())
        return; // its notice says more
    if (problem.fields.isEmpty())
        return m_banner->say(problem);
    m_banner->say(Tone::danger, tr("Nothing is saved: what is marked below cannot be used."));
    m_holidays->mark(problem.fields);
    m_week->mark(problem.fields);
    for (const FieldError &error : problem.fields) {
        if (error.pointer != "/timeZone"_L1)
            continue;
        setInvalid(m_timeZone, true);
        m_timeZoneNote->setText(tr("The time zone %1").arg(error.detail));
        m_timeZone->setAccessibleDescription(m_timeZoneNote->text());
        m_timeZoneNote->show();
        m_timeZone->setFocus();
    }
}

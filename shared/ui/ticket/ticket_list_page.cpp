#include "shared/ui/ticket/ticket_list_page.h"

#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/state_pane.h"
#include "shared/ui/ticket/ticket_detail.h"
#include "shared/ui/ticket/ticket_table.h"
#include "shared/ui/words.h"

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QScrollBar>
#include <QSplitter>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace layout;

namespace {

using Filter = TicketListViewModel::Filter;

QComboBox *makeScope()
{
    auto *scope = new QComboBox;
    scope->setAccessibleName(TicketListPage::tr("Which tickets"));
    scope->addItem(TicketListPage::tr("Active"), QVariant::fromValue(-1));
    scope->addItem(TicketListPage::tr("All"), QVariant::fromValue(-2));
    scope->insertSeparator(scope->count());
    for (const QString &name : enumNames<api::TicketState>()) {
        const api::TicketState each = *enumFromName<api::TicketState>(name);
        const ChipWords chip = words::of(each);
        scope->addItem(icon(chip.icon, chip.tone), chip.label, QVariant::fromValue(static_cast<int>(each)));
    }
    return scope;
}

} // namespace

TicketListPage::TicketListPage(TicketListViewModel &list, TicketViewModel &ticket, QWidget *parent)
    : QWidget(parent)
    , m_list(list)
    , m_ticket(ticket)
    , m_search(new QLineEdit)
    , m_scope(makeScope())
    , m_count(label({}, Words::muted))
    , m_table(new TicketTable(list.model()))
    , m_listPane(new StatePane(m_table))
    , m_detail(new TicketDetail(ticket, DecisionView::For::staff))
    , m_detailPane(new StatePane(m_detail))
{
    m_search->setAccessibleName(tr("Search tickets"));
    m_search->setPlaceholderText(tr("Number, or words of the ticket"));
    m_search->addAction(icon(u"search"_s, &Tokens::muted), QLineEdit::LeadingPosition);
    m_search->setClearButtonEnabled(true);
    m_search->setMaxLength(100);
    m_count->setWordWrap(false);
    auto *splitter = new QSplitter;
    splitter->addWidget(makeList());
    splitter->addWidget(m_detailPane);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    m_detailPane->setMinimumWidth(320);
    Column { splitter }.attachTo(this);
    wire();
    refresh();
    refreshDetail();
}

QWidget *TicketListPage::makeList()
{
    auto *list = new QWidget;
    list->setMinimumWidth(320);
    m_search->setMinimumWidth(scaled(160));
    Column {
        Row { growing(m_search), m_scope, m_count }.spacing(medium).margins(medium, medium, large, medium),
        separator(),
        growing(m_listPane),
    }
        .spacing(0)
        .attachTo(list);
    return list;
}

void TicketListPage::wire()
{
    m_typing.setSingleShot(true);
    m_typing.setInterval(250ms);
    connect(&m_typing, &QTimer::timeout, this, &TicketListPage::applyFilter);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, &TicketListPage::applyFilter);
    connect(m_scope, &QComboBox::currentIndexChanged, this, &TicketListPage::applyFilter);
    connect(
        m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TicketListPage::onCurrent
    );
    m_settling.setSingleShot(true);
    m_settling.setInterval(40ms);
    connect(&m_settling, &QTimer::timeout, this, &TicketListPage::lookAround);
    const auto settle = [this] {
        if (!m_settling.isActive())
            m_settling.start();
    };
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, settle);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, settle);
    connect(m_listPane, &StatePane::retry, &m_list, &TicketListViewModel::reload);
    connect(m_listPane, &StatePane::emptyAction, this, [this] { search({}); });
    connect(m_detailPane, &StatePane::retry, &m_ticket, &TicketViewModel::reload);
    connect(m_detail, &TicketDetail::customerWanted, this, &TicketListPage::customerWanted);
    connect(&m_list, &TicketListViewModel::changed, this, &TicketListPage::refresh);
    connect(&m_ticket, &TicketViewModel::changed, this, &TicketListPage::refreshDetail);
}

void TicketListPage::offerCustomer()
{
    m_detail->offerCustomer();
}

void TicketListPage::search(const QString &text)
{
    m_search->setText(text);
    m_scope->setCurrentIndex(1);
    applyFilter();
    m_table->setFocus();
}

void TicketListPage::find()
{
    m_search->setFocus();
    m_search->selectAll();
}

void TicketListPage::applyFilter()
{
    m_typing.stop();
    Filter filter;
    const int choice = m_scope->currentData().toInt();
    filter.scope = choice == -1 ? Filter::Scope::active
        : choice == -2          ? Filter::Scope::all
                                : Filter::Scope::one;
    if (filter.scope == Filter::Scope::one)
        filter.state = static_cast<api::TicketState>(choice);
    filter.text = m_search->text().trimmed();
    m_list.setFilter(filter);
}

void TicketListPage::refresh()
{
    const int rows = m_list.model().rowCount();
    // Until they are counted, those that are here are no number to go by.
    m_count->setText(m_list.total() ? tr("%Ln tickets", nullptr, *m_list.total()) : tr("Counting …"));
    m_count->setVisible(rows > 0);
    if (rows > 0) {
        m_listPane->showContent();
        return selectOpened();
    }
    if (m_list.problem())
        return m_listPane->showProblem(*m_list.problem());
    if (m_list.isLoading())
        return m_listPane->showLoading(tr("Loading tickets …"));
    const bool isFiltered = m_list.filter() != Filter();
    m_listPane->showEmpty({
        u"inbox"_s,
        isFiltered ? tr("No ticket matches") : tr("No active ticket"),
        isFiltered ? tr("Look for other words, or in all tickets.")
                   : tr("New tickets appear here by themselves as soon as they are filed."),
        m_list.filter().scope == Filter::Scope::all && m_list.filter().text.isEmpty()
            ? QString()
            : tr("Show all tickets"),
    });
}

void TicketListPage::refreshDetail()
{
    if (m_ticket.ticket())
        return m_detailPane->showContent();
    if (m_ticket.problem())
        return m_detailPane->showProblem(*m_ticket.problem());
    if (m_ticket.id())
        return m_detailPane->showLoading(tr("Loading the ticket …"));
    m_detailPane->showEmpty({
        u"tickets"_s,
        tr("No ticket selected"),
        tr("Select a ticket to see its customer, its history and why it went to its expert."),
    });
}

void TicketListPage::onCurrent(const QModelIndex &current)
{
    const api::TicketSummary *ticket = m_list.model().at(current.row());
    m_isGoingTo = current.isValid() && !ticket;
    if (ticket)
        m_ticket.open(ticket->id);
}

void TicketListPage::lookAround()
{
    const int rows = m_list.model().rowCount();
    const int height = m_table->viewport()->height();
    const int last = m_table->rowAt(height - 1);
    m_list.show(std::max(m_table->rowAt(0), 0), last < 0 ? rows - 1 : last);
}

// The first ticket is opened for who has chosen none; one that left the list stays open on the right.
void TicketListPage::selectOpened()
{
    if (m_isGoingTo)
        return onCurrent(m_table->currentIndex());
    if (!m_ticket.id())
        return m_table->selectRow(0);
    const std::optional<int> row = m_list.model().rowOf(*m_ticket.id());
    if (row && m_table->currentIndex().row() != *row)
        m_table->selectRow(*row);
}

#include "manager-client/features/customer/customer_page.h"

#include "manager-client/features/customer/customer_detail.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/state_pane.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QSplitter>
#include <QTableView>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace layout;

namespace {

QTableView *makeTable(QAbstractItemModel &model)
{
    auto *table = new QTableView;
    table->setModel(&model);
    table->setAccessibleName(CustomerPage::tr("Customers"));
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false); // Tab leaves the list; the arrow keys walk it
    table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    for (int column = 2; column < model.columnCount(); ++column)
        table->setColumnHidden(column, true); // in the tool tip, and beside in full
    keepScaled(table, [table] { table->verticalHeader()->setDefaultSectionSize(scaled(38)); });
    return table;
}

} // namespace

CustomerPage::CustomerPage(
    CustomerListViewModel &list, CustomerViewModel &customer, api::Role role, QWidget *parent
)
    : QWidget(parent)
    , m_list(list)
    , m_customer(customer)
    , m_search(new QLineEdit)
    , m_table(makeTable(list.model()))
    , m_listPane(new StatePane(m_table))
    , m_detailPane(new StatePane(new CustomerDetail(customer, role)))
{
    m_search->setAccessibleName(tr("Search customers"));
    m_search->setPlaceholderText(tr("Name, e-mail, telephone or serial number"));
    m_search->addAction(icon(u"search"_s, &Tokens::muted), QLineEdit::LeadingPosition);
    m_search->setClearButtonEnabled(true);
    m_search->setMaxLength(100);
    auto *splitter = new QSplitter;
    splitter->addWidget(makeList());
    splitter->addWidget(m_detailPane);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setHandleWidth(1);
    splitter->setChildrenCollapsible(false);
    m_detailPane->setMinimumWidth(360);
    Column { splitter }.attachTo(this);
    wire();
    refreshList();
    refreshDetail();
}

QWidget *CustomerPage::makeList()
{
    auto *list = new QWidget;
    list->setMinimumWidth(280);
    Column { Row { growing(m_search) }.margins(medium), separator(), growing(m_listPane) }
        .spacing(0)
        .attachTo(list);
    return list;
}

void CustomerPage::wire()
{
    m_typing.setSingleShot(true);
    m_typing.setInterval(250ms);
    connect(&m_typing, &QTimer::timeout, this, &CustomerPage::search);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, &CustomerPage::search);
    connect(
        m_table->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex &current) {
            if (current.isValid() && m_customer.id() != m_list.model().at(current.row()).id)
                m_customer.open(m_list.model().at(current.row()).id);
        }
    );
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar *bar = m_table->verticalScrollBar();
        if (bar->maximum() - value < bar->pageStep())
            m_list.loadMore();
    });
    connect(m_listPane, &StatePane::retry, &m_list, &CustomerListViewModel::reload);
    connect(m_listPane, &StatePane::emptyAction, m_search, &QLineEdit::clear);
    connect(m_detailPane, &StatePane::retry, &m_customer, &CustomerViewModel::reload);
    connect(&m_list, &CustomerListViewModel::changed, this, &CustomerPage::refreshList);
    connect(&m_customer, &CustomerViewModel::changed, this, &CustomerPage::refreshDetail);
}

void CustomerPage::lookFor(const QString &text)
{
    m_search->setText(text);
    find();
}

void CustomerPage::find()
{
    m_search->setFocus();
    m_search->selectAll();
}

void CustomerPage::open(const api::AccountId &id)
{
    m_customer.open(id);
    followSelection();
}

void CustomerPage::search()
{
    m_typing.stop();
    m_list.search(m_search->text().trimmed());
}

void CustomerPage::refreshList()
{
    if (m_list.problem())
        return m_listPane->showProblem(*m_list.problem());
    if (m_list.model().rowCount() > 0) {
        m_listPane->showContent();
        return followSelection();
    }
    if (m_list.isLoading())
        return m_listPane->showLoading(tr("Looking for customers …"));
    if (m_list.text().isEmpty())
        return m_listPane->showEmpty(
            { u"people"_s, tr("No customer yet"), tr("Customers register in the portal.") }
        );
    m_listPane->showEmpty({
        u"people"_s,
        tr("No customer matches"),
        tr("Look for the beginning of a name, an e-mail or a telephone number."),
        tr("Show everybody"),
    });
}

void CustomerPage::refreshDetail()
{
    if (m_customer.account())
        return m_detailPane->showContent();
    if (m_customer.problem())
        return m_detailPane->showProblem(*m_customer.problem());
    if (m_customer.id())
        return m_detailPane->showLoading(tr("Loading the account …"));
    m_detailPane->showEmpty({
        u"person"_s,
        tr("No customer selected"),
        tr("Select a customer to see their plans, invoices and refunds."),
    });
}

// Who was opened from a ticket need not be in the list.
void CustomerPage::followSelection()
{
    const std::optional<int> row
        = m_customer.id() ? m_list.model().rowOf(*m_customer.id()) : std::optional<int>();
    if (!row)
        m_table->clearSelection();
    else if (m_table->currentIndex().row() != *row || m_table->selectionModel()->selectedRows().isEmpty())
        m_table->selectRow(*row);
}

#include "admin-client/features/product/product_page.h"

#include "admin-client/features/product/product_dialog.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/scaling.h"
#include "shared/ui/state_pane.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace layout;

namespace {

QTableView *makeTable(QAbstractItemModel &model)
{
    auto *table = new QTableView;
    table->setModel(&model);
    table->setAccessibleName(ProductPage::tr("Products"));
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false); // Tab leaves the list; the arrow keys walk it
    table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    keepScaled(table, [table] { table->verticalHeader()->setDefaultSectionSize(scaled(38)); });
    return table;
}

} // namespace

ProductPage::ProductPage(ProductViewModel &viewModel, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_search(new QLineEdit)
    , m_shelf(new QComboBox)
    , m_count(label({}, Words::muted))
    , m_table(makeTable(viewModel.model()))
    , m_add(button(tr("&Add a product …")))
    , m_change(button(tr("&Change …")))
    , m_shelve(button(tr("Withdraw")))
    , m_pane(new StatePane(m_table))
{
    m_search->setAccessibleName(tr("Search products"));
    m_search->setPlaceholderText(tr("Name, maker or category"));
    m_search->addAction(icon(u"search"_s, &Tokens::muted), QLineEdit::LeadingPosition);
    m_search->setClearButtonEnabled(true);
    m_search->setMaxLength(100);
    m_shelf->setAccessibleName(tr("Which products"));
    m_shelf->addItem(tr("Offered"), QVariant::fromValue(int(api::ProductShelf::offered)));
    m_shelf->addItem(tr("Withdrawn"), QVariant::fromValue(int(api::ProductShelf::withdrawn)));
    m_shelf->addItem(tr("All"), QVariant::fromValue(int(api::ProductShelf::all)));
    Column {
        Row { growing(m_search), m_shelf, m_count }.spacing(medium).margins(large, medium, large, medium),
        separator(),
        growing(m_pane),
        separator(),
        Row { m_add, m_change, m_shelve, Stretch() }.spacing(medium).margins(large, medium, large, medium),
    }
        .spacing(0)
        .attachTo(this);
    wire();
    refresh();
}

ProductPage::~ProductPage()
{
    m_table->selectionModel()->disconnect(this);
}

void ProductPage::wire()
{
    m_typing.setSingleShot(true);
    m_typing.setInterval(250ms);
    connect(&m_typing, &QTimer::timeout, this, &ProductPage::search);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, &ProductPage::search);
    connect(m_shelf, &QComboBox::currentIndexChanged, this, &ProductPage::search);
    connect(m_add, &QPushButton::clicked, this, [this] { ask({}); });
    connect(m_change, &QPushButton::clicked, this, &ProductPage::changeCurrent);
    connect(m_shelve, &QPushButton::clicked, this, &ProductPage::shelveCurrent);
    connect(m_table, &QTableView::activated, this, &ProductPage::changeCurrent);
    connect(
        m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ProductPage::refreshActions
    );
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        const QScrollBar *bar = m_table->verticalScrollBar();
        if (bar->maximum() - value < bar->pageStep())
            m_viewModel.loadMore();
    });
    connect(m_pane, &StatePane::retry, &m_viewModel, &ProductViewModel::reload);
    connect(m_pane, &StatePane::emptyAction, this, &ProductPage::showAll);
    connect(&m_viewModel, &ProductViewModel::changed, this, &ProductPage::refresh);
    connect(&m_viewModel, &ProductViewModel::saved, this, &ProductPage::onSaved);
    connect(&m_viewModel, &ProductViewModel::overtaken, this, [this](const api::Product &product) {
        if (m_dialog)
            m_dialog->overtake(product);
        else
            emit said(tr("Somebody else has changed “%1” meanwhile. Please look again.").arg(product.name));
    });
    connect(&m_viewModel, &ProductViewModel::refused, this, [this](const Problem &problem) {
        if (m_dialog)
            m_dialog->say(problem);
        else
            emit said(sentence(problem));
    });
}

void ProductPage::search()
{
    m_typing.stop();
    m_viewModel.search(
        m_search->text().trimmed(), static_cast<api::ProductShelf>(m_shelf->currentData().toInt())
    );
}

void ProductPage::showAll()
{
    m_shelf->setCurrentIndex(m_shelf->count() - 1);
    m_search->clear();
    search();
}

void ProductPage::refresh()
{
    refreshActions();
    const int rows = m_viewModel.model().rowCount();
    m_count->setText(rows > 0 ? tr("%n products", nullptr, int(m_viewModel.total())) : QString());
    if (m_viewModel.problem())
        return m_pane->showProblem(*m_viewModel.problem());
    if (rows > 0) {
        m_pane->showContent();
        if (!m_table->currentIndex().isValid())
            m_table->selectRow(0);
        return;
    }
    if (m_viewModel.isLoading())
        return m_pane->showLoading(tr("Looking for products …"));
    if (!m_viewModel.isFiltered())
        return m_pane->showEmpty({ u"device"_s,
                                   tr("No product yet"),
                                   tr("Customers choose from the products when they file a ticket.") });
    m_pane->showEmpty({ u"device"_s,
                        tr("No product matches"),
                        tr("Look for words of the name, the maker or the category."),
                        tr("Show all products") });
}

void ProductPage::refreshActions()
{
    const auto product = current();
    m_change->setEnabled(product.has_value());
    m_shelve->setEnabled(product.has_value());
    m_shelve->setText(product && product->isWithdrawn ? tr("Offer again") : tr("Withdraw"));
}

std::optional<api::Product> ProductPage::current() const
{
    const QModelIndex index = m_table->currentIndex();
    if (!index.isValid())
        return {};
    return m_viewModel.model().at(index.row());
}

void ProductPage::ask(const std::optional<api::Product> &product)
{
    m_dialog = new ProductDialog(m_viewModel.categories(), product, this);
    connect(m_dialog, &ProductDialog::added, &m_viewModel, &ProductViewModel::add);
    connect(m_dialog, &ProductDialog::edited, &m_viewModel, &ProductViewModel::change);
    m_dialog->open();
}

void ProductPage::changeCurrent()
{
    if (const auto product = current())
        ask(product);
}

// Without a question: what it does is said, and the same button takes it back.
void ProductPage::shelveCurrent()
{
    if (const auto product = current())
        m_viewModel.change(*product, { {}, {}, {}, !product->isWithdrawn });
}

void ProductPage::onSaved(const api::Product &product)
{
    if (m_dialog) {
        m_dialog->accept();
        emit said(tr("“%1” is saved.").arg(product.name));
    } else if (product.isWithdrawn) {
        emit said(tr("“%1” is not offered any more. Tickets and devices of it go on.").arg(product.name));
    } else {
        emit said(tr("“%1” is offered again.").arg(product.name));
    }
    if (const auto row = m_viewModel.model().rowOf(product.id))
        m_table->selectRow(*row);
}

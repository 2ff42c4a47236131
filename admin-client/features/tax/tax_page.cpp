#include "admin-client/features/tax/tax_page.h"

#include "admin-client/features/tax/tax_dialog.h"
#include "shared/ui/card.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/short_table.h"
#include "shared/ui/state_pane.h"

#include <QLocale>
#include <QPushButton>
#include <QScrollArea>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString percent(int basisPoints)
{
    return TaxPage::tr("%1 %").arg(QLocale().toString(basisPoints / 100.0, 'f', 2));
}

QString next(const api::TaxRate &rate)
{
    if (!rate.nextBasisPoints || !rate.nextFrom)
        return {};
    return TaxPage::tr("%1 from %2")
        .arg(
            percent(*rate.nextBasisPoints),
            QLocale().toString(toDateTime(*rate.nextFrom).toLocalTime().date(), QLocale::ShortFormat)
        );
}

} // namespace

TaxPage::TaxPage(TaxViewModel &viewModel, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_table(new ShortTable(m_model, tr("Taxes")))
    , m_add(button(tr("Add a state …"), ButtonKind::plain))
    , m_change(button(tr("Change …")))
    , m_pane(new StatePane(makeContent()))
{
    m_change->setAccessibleName(tr("Change the tax"));
    Column { m_pane }.attachTo(this);
    connect(&m_viewModel, &TaxViewModel::changed, this, &TaxPage::refresh);
    connect(m_pane, &StatePane::retry, &m_viewModel, &TaxViewModel::reload);
    connect(m_pane, &StatePane::emptyAction, this, [this] { ask({}); });
    connect(m_add, &QPushButton::clicked, this, [this] { ask({}); });
    connect(m_change, &QPushButton::clicked, this, &TaxPage::change);
    connect(m_table, &QTableView::activated, this, &TaxPage::change);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        m_change->setEnabled(current().has_value());
    });
    connect(&m_viewModel, &TaxViewModel::refused, this, [this](const Problem &problem) {
        if (m_dialog)
            m_dialog->say(problem);
    });
    connect(&m_viewModel, &TaxViewModel::saved, this, [this](const api::TaxRate &rate) {
        if (m_dialog)
            m_dialog->accept();
        emit said(tr("The tax of %1 is saved.").arg(rate.usState));
    });
    m_pane->showLoading(tr("Loading the taxes …"));
    refresh();
}

TaxPage::~TaxPage()
{
    m_table->disconnect(this);
    m_table->selectionModel()->disconnect(this);
}

QWidget *TaxPage::makeContent()
{
    auto *note = label(
        tr("What is taken of a bill goes by the state in which the customer lives. A state that is not "
           "listed "
           "takes nothing."),
        Words::muted
    );
    note->setWordWrap(true);
    auto *body = new QWidget;
    Column { note, m_table, Row { m_add, m_change, Stretch() }.spacing(medium) }.spacing(medium).attachTo(body
    );
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Column { new Card(u"text"_s, tr("Taxes by state"), body), Stretch() }
        .margins(wide, large, wide, wide)
        .attachTo(content);
    auto *scroll = new QScrollArea;
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Taxes"));
    return scroll;
}

void TaxPage::refresh()
{
    if (!m_viewModel.rates()) {
        if (m_viewModel.problem())
            m_pane->showProblem(*m_viewModel.problem());
        return;
    }
    if (m_viewModel.rates()->isEmpty()) {
        m_pane->showEmpty({ u"text"_s,
                            tr("No tax is set"),
                            tr("Bills are written without tax until you say what the states take."),
                            tr("Add a state …") });
        return;
    }
    const int row = std::max(0, m_table->currentIndex().row());
    m_model.clear();
    m_model.setHorizontalHeaderLabels({ tr("State"), tr("Takes"), tr("Since"), tr("Set by"), tr("Planned") });
    for (const api::TaxRate &each : *m_viewModel.rates()) {
        const bool isOld = !each.since || each.madeByName.isEmpty();
        m_model.appendRow({ new QStandardItem(each.usState),
                            new QStandardItem(percent(each.basisPoints)),
                            new QStandardItem(isOld ? QString() : relativeTime(*each.since)),
                            new QStandardItem(each.madeByName),
                            new QStandardItem(next(each)) });
    }
    m_table->selectRow(std::min(row, m_model.rowCount() - 1));
    m_table->fit();
    m_change->setEnabled(current().has_value());
    m_pane->showContent();
}

std::optional<api::TaxRate> TaxPage::current() const
{
    const int row = m_table->currentIndex().row();
    if (!m_viewModel.rates() || row < 0 || row >= m_viewModel.rates()->size())
        return {};
    return m_viewModel.rates()->at(row);
}

void TaxPage::change()
{
    if (const auto rate = current())
        ask(rate);
}

void TaxPage::ask(const std::optional<api::TaxRate> &rate)
{
    m_dialog = new TaxDialog(rate, this);
    connect(m_dialog, &TaxDialog::submitted, &m_viewModel, &TaxViewModel::change);
    m_dialog->open();
}

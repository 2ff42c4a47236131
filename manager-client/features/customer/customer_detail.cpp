#include "manager-client/features/customer/customer_detail.h"

#include "manager-client/features/customer/invoice_columns.h"
#include "manager-client/features/customer/refund_dialog.h"
#include "shared/ui/banner.h"
#include "shared/ui/card.h"
#include "shared/ui/chip.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/short_table.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/standing_notice.h"
#include "shared/ui/words.h"

#include <QScrollArea>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QString priceText(const api::Plan &plan)
{
    return (plan.period == api::Period::year ? CustomerDetail::tr("%1 a year")
                                             : CustomerDetail::tr("%1 a month"))
        .arg(words::money(plan.price));
}

QStandardItem *withIcon(const ChipWords &chip)
{
    return new QStandardItem(icon(chip.icon, chip.tone), chip.label);
}

QString joined(const QList<Money> &sums)
{
    QStringList texts;
    for (const Money &each : sums)
        texts += words::money(each);
    return texts.join(u", "_s);
}

} // namespace

CustomerDetail::CustomerDetail(CustomerViewModel &viewModel, api::Role role, QWidget *parent)
    : QWidget(parent)
    , m_viewModel(viewModel)
    , m_role(role)
    , m_banner(new Banner)
    , m_outcome(new Banner)
    , m_name(label({}, Words::title))
    , m_standing(new Chip)
    , m_notice(new StandingNotice)
    , m_profile(new Facts)
    , m_noPlans(label(tr("This customer never held a plan."), Words::muted))
    , m_plans(new ShortTable(m_planRows, tr("Plans held")))
    , m_open(label({}, Words::strong))
    , m_noInvoices(label(tr("Nothing was billed yet."), Words::muted))
    , m_invoices(new ShortTable(viewModel.invoices(), tr("Invoices")))
    , m_refund(button(tr("Refund …")))
    , m_more(button(tr("Show more"), ButtonKind::quiet))
    , m_refundHint(label({}, Words::muted))
    , m_refunds(new ShortTable(m_refundRows, tr("Refunds")))
    , m_refundCard(nullptr)
{
    auto *scroll = new QScrollArea;
    scroll->setWidget(makeContent());
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Customer's account"));
    Column { scroll }.attachTo(this);
    wire();
    refresh();
}

QWidget *CustomerDetail::makeContent()
{
    auto *plans = new QWidget;
    Column { m_noPlans, m_plans }.attachTo(plans);
    auto *refunds = new QWidget;
    Column { m_refundHint, m_refunds }.attachTo(refunds);
    m_refundCard = new Card(u"repeat"_s, tr("Refunds"), refunds);
    m_name->setWordWrap(true);
    auto *content = new QWidget;
    content->setProperty("ground", u"scroll"_s);
    Column {
        m_banner,
        m_outcome,
        Row { growing(m_name), m_standing }.spacing(medium),
        m_notice,
        new Card(u"person"_s, tr("Profile"), m_profile),
        new Card(u"shield"_s, tr("Plans held"), plans),
        new Card(u"text"_s, tr("Invoices"), makeInvoices()),
        m_refundCard,
        Stretch(),
    }
        .spacing(medium)
        .margins(wide, large, wide, wide)
        .attachTo(content);
    return content;
}

QWidget *CustomerDetail::makeInvoices()
{
    auto *invoices = new QWidget;
    m_refundHint->setWordWrap(true);
    Column { m_open, m_noInvoices, m_invoices, Row { m_refund, m_more, Stretch() }.spacing(medium) }
        .spacing(medium)
        .attachTo(invoices);
    return invoices;
}

void CustomerDetail::wire()
{
    connect(&m_viewModel, &CustomerViewModel::changed, this, &CustomerDetail::refresh);
    connect(&m_viewModel, &CustomerViewModel::refundDecided, this, &CustomerDetail::onDecided);
    connect(m_more, &QPushButton::clicked, &m_viewModel, &CustomerViewModel::loadMore);
    connect(m_refund, &QPushButton::clicked, this, &CustomerDetail::askForRefund);
    connect(
        m_invoices->selectionModel(),
        &QItemSelectionModel::currentRowChanged,
        this,
        [this](const QModelIndex &current) {
            if (current.isValid())
                m_viewModel.select(m_viewModel.invoices().at(current.row()).id);
        }
    );
}

void CustomerDetail::refresh()
{
    const std::optional<api::Account> &account = m_viewModel.account();
    if (!account) {
        m_outcome->clear();
        return;
    }
    if (m_viewModel.problem())
        m_banner->say(*m_viewModel.problem());
    else
        m_banner->clear();
    m_name->setText(account->name.toString());
    m_profile->setFacts({
        { tr("E-mail"), account->email.toString() },
        { tr("Telephone"), account->phone ? words::phone(account->phone->toString()) : QString() },
        { tr("Address"), account->address ? words::address(*account->address) : QString() },
        { tr("Customer since"), relativeTime(account->createdAt) },
    });
    showStanding();
    showPlans();
    showInvoices();
    showRefunds();
}

void CustomerDetail::showStanding()
{
    const std::optional<api::CustomerStanding> &now = m_viewModel.standing();
    m_standing->setWords(now ? words::of(now->standing) : ChipWords());
    m_open->setVisible(now.has_value());
    m_notice->setVisible(false);
    if (!now)
        return;
    m_open->setText(now->open.isEmpty() ? tr("Nothing is open.") : tr("%1 is open.").arg(joined(now->open)));
    if (now->standing == api::Standing::good)
        return;
    QStringList more;
    if (now->trouble)
        more += *now->trouble;
    if (now->next && now->nextAt)
        more += *now->next == now->standing
            ? tr("If nothing is paid, a reminder follows %1.").arg(relativeTime(*now->nextAt))
            : tr("If nothing is paid: %1 %2.")
                  .arg(words::of(*now->next).label.toLower(), relativeTime(*now->nextAt));
    m_notice->say(now->standing, now->mayDo, more.join(u' '));
}

void CustomerDetail::showPlans()
{
    const QList<api::Subscription> plans = m_viewModel.plans().value_or(QList<api::Subscription>());
    m_noPlans->setVisible(m_viewModel.plans() && plans.isEmpty());
    m_plans->setVisible(!plans.isEmpty());
    m_planRows.clear();
    m_planRows.setHorizontalHeaderLabels({ tr("Plan"), tr("State"), tr("Price"), tr("Since") });
    for (const api::Subscription &each : plans) {
        auto *since = new QStandardItem(relativeTime(each.startedAt));
        since->setToolTip(absoluteTime(each.startedAt));
        m_planRows.appendRow({
            new QStandardItem(each.plan.name),
            new QStandardItem(words::slug(enumName(each.state))),
            new QStandardItem(priceText(each.plan)),
            since,
        });
    }
    m_plans->fit();
}

void CustomerDetail::showInvoices()
{
    const bool isEmpty = m_viewModel.invoices().rowCount() == 0;
    m_noInvoices->setVisible(m_viewModel.hasInvoices() && isEmpty);
    m_invoices->setVisible(!isEmpty);
    m_more->setVisible(m_viewModel.hasMore());
    m_refund->setVisible(!isEmpty);
    m_invoices->fit();
    selectInvoice();
    const std::optional<api::Invoice> invoice = m_viewModel.invoice();
    m_refund->setEnabled(invoice && RefundDialog::mostOf(*invoice, m_role).minor > 0);
    m_refund->setAccessibleName(invoice ? tr("Refund of %1 …").arg(invoice->number) : tr("Refund …"));
}

// The newest is selected for who has chosen none.
void CustomerDetail::selectInvoice()
{
    CustomerViewModel::Invoices &invoices = m_viewModel.invoices();
    if (invoices.rowCount() == 0)
        return;
    const std::optional<int> row
        = m_viewModel.selected() ? invoices.rowOf(*m_viewModel.selected()) : std::nullopt;
    if (!row || m_invoices->currentIndex().row() != *row)
        m_invoices->selectRow(row.value_or(0));
}

void CustomerDetail::showRefunds()
{
    const std::optional<api::Invoice> invoice = m_viewModel.invoice();
    m_refundCard->setVisible(invoice.has_value());
    if (!invoice)
        return;
    m_refundCard->setTitle(tr("Refunds of %1").arg(invoice->number));
    const QList<api::Refund> &refunds = m_viewModel.refunds();
    const Money left = leftOf(*invoice);
    m_refundHint->setText(
        invoice->state != api::InvoiceState::paid ? tr("Only what was paid can be given back.")
            : left.minor == 0                     ? tr("All of it was given back.")
            : RefundDialog::mostOf(*invoice, m_role).minor == 0
            ? tr("You have given back as much of it as a manager may; more takes an administrator.")
            : refunds.isEmpty() ? tr("Nothing of it was given back. Up to %1 can be.").arg(words::money(left))
                                : tr("%1 is left.").arg(words::money(left))
    );
    m_refunds->setVisible(!refunds.isEmpty());
    m_refundRows.clear();
    m_refundRows.setHorizontalHeaderLabels({ tr("Amount"), tr("State"), tr("Asked"), tr("Reason") });
    for (const api::Refund &each : refunds) {
        auto *reason
            = new QStandardItem(each.trouble ? u"%1 (%2)"_s.arg(each.reason, *each.trouble) : each.reason);
        reason->setToolTip(reason->text());
        m_refundRows.appendRow({
            new QStandardItem(words::money(each.amount)),
            withIcon(wordsOf(each.state)),
            new QStandardItem(relativeTime(each.askedAt)),
            reason,
        });
    }
    m_refunds->fit();
}

void CustomerDetail::askForRefund()
{
    const std::optional<api::Invoice> invoice = m_viewModel.invoice();
    if (!invoice)
        return;
    auto *dialog = new RefundDialog(*invoice, m_role, this);
    connect(
        dialog,
        &RefundDialog::submitted,
        this,
        [this, id = invoice->id](const api::NewRefund &refund, const QByteArray &key) {
            m_outcome->clear();
            m_viewModel.giveBack(id, refund, key);
        }
    );
    connect(&m_viewModel, &CustomerViewModel::refundAsked, dialog, &QDialog::accept);
    connect(&m_viewModel, &CustomerViewModel::refundNotAsked, dialog, &RefundDialog::say);
    dialog->open();
}

void CustomerDetail::onDecided(const api::Refund &refund)
{
    if (refund.state == api::RefundState::done)
        return m_outcome->say(Tone::success, tr("%1 was given back.").arg(words::money(refund.amount)));
    m_outcome->say(
        Tone::danger,
        tr("%1 could not be given back: %2")
            .arg(words::money(refund.amount), refund.trouble.value_or(QString()))
    );
}

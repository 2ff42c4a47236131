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

#include <QFileDialog>
#include <QSaveFile>
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

QString visitsText(const QList<api::PlanUsage> &usage, const api::SubscriptionId &plan)
{
    const auto found = std::ranges::find(usage, plan, &api::PlanUsage::subscriptionId);
    if (found == usage.end())
        return {};
    return found->visitsPerYear == 0
        ? CustomerDetail::tr("%n used", nullptr, found->used)
        : CustomerDetail::tr("%1 of %2 used").arg(found->used).arg(found->visitsPerYear);
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
    , m_noDevices(label(tr("This customer has not registered a device."), Words::muted))
    , m_devices(new ShortTable(m_deviceRows, tr("Devices")))
    , m_open(label({}, Words::strong))
    , m_noInvoices(label(tr("Nothing was billed yet."), Words::muted))
    , m_invoices(new ShortTable(viewModel.invoices(), tr("Invoices")))
    , m_refund(button(tr("Refund …")))
    , m_save(button(tr("Save as PDF …"), ButtonKind::quiet))
    , m_more(button(tr("Show more"), ButtonKind::quiet))
    , m_thisYear(button({}, ButtonKind::quiet))
    , m_lastYear(button({}, ButtonKind::quiet))
    , m_refundHint(label({}, Words::muted))
    , m_refunds(new ShortTable(m_refundRows, tr("Refunds")))
    , m_saveCredit(button(tr("Save credit note …"), ButtonKind::quiet))
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
    auto *devices = new QWidget;
    Column { m_noDevices, m_devices }.attachTo(devices);
    auto *refunds = new QWidget;
    Column { m_refundHint, m_refunds, Row { m_saveCredit, Stretch() } }.spacing(medium).attachTo(refunds);
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
        new Card(u"device"_s, tr("Devices"), devices),
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
    Column {
        m_open,
        m_noInvoices,
        m_invoices,
        Row { m_refund, m_save, m_more, Stretch() }.spacing(medium),
        Row { m_thisYear, m_lastYear, Stretch() }.spacing(medium),
    }
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
    connect(m_save, &QPushButton::clicked, this, &CustomerDetail::saveInvoice);
    connect(m_saveCredit, &QPushButton::clicked, this, &CustomerDetail::saveCreditNote);
    const int year = QDate::currentDate().year();
    for (const auto &[statement, of] : { std::pair(m_thisYear, year), std::pair(m_lastYear, year - 1) }) {
        statement->setText(tr("Save statement of %1 …").arg(of));
        connect(statement, &QPushButton::clicked, this, [this, of = of] { saveStatement(of); });
    }
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
    showDevices();
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
    m_planRows.setHorizontalHeaderLabels({ tr("Plan"), tr("State"), tr("Price"), tr("Visits"), tr("Since") });
    for (const api::Subscription &each : plans) {
        auto *since = new QStandardItem(relativeTime(each.startedAt));
        since->setToolTip(absoluteTime(each.startedAt));
        auto *visits = new QStandardItem(visitsText(m_viewModel.usage(), each.id));
        visits->setToolTip(tr("Of the last twelve months"));
        m_planRows.appendRow({
            new QStandardItem(each.plan.name),
            new QStandardItem(words::slug(enumName(each.state))),
            new QStandardItem(priceText(each.plan)),
            visits,
            since,
        });
    }
    m_plans->fit();
}

void CustomerDetail::showDevices()
{
    const QList<api::Device> devices = m_viewModel.devices().value_or(QList<api::Device>());
    m_noDevices->setVisible(m_viewModel.devices() && devices.isEmpty());
    m_devices->setVisible(!devices.isEmpty());
    m_deviceRows.clear();
    m_deviceRows.setHorizontalHeaderLabels({ tr("Device"), tr("Called"), tr("Serial number"), tr("Since") });
    for (const api::Device &each : devices) {
        auto *since = new QStandardItem(relativeTime(each.registeredAt));
        since->setToolTip(absoluteTime(each.registeredAt));
        m_deviceRows.appendRow({ new QStandardItem(each.productName),
                                 new QStandardItem(each.nickname),
                                 new QStandardItem(each.serialNumber),
                                 since });
    }
    m_devices->fit();
}

void CustomerDetail::showInvoices()
{
    const bool isEmpty = m_viewModel.invoices().rowCount() == 0;
    m_noInvoices->setVisible(m_viewModel.hasInvoices() && isEmpty);
    m_invoices->setVisible(!isEmpty);
    m_more->setVisible(m_viewModel.hasMore());
    m_refund->setVisible(!isEmpty);
    m_save->setVisible(!isEmpty);
    m_invoices->fit();
    selectInvoice();
    const std::optional<api::Invoice> invoice = m_viewModel.invoice();
    m_refund->setEnabled(invoice && RefundDialog::mostOf(*invoice, m_role).minor > 0);
    m_save->setEnabled(invoice.has_value());
    m_save->setAccessibleName(invoice ? tr("Save %1 as PDF …").arg(invoice->number) : tr("Save as PDF …"));
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
    m_refundRows.setHorizontalHeaderLabels(
        { tr("Amount"), tr("State"), tr("Asked"), tr("Reason"), tr("Credit note") }
    );
    for (const api::Refund &each : refunds) {
        auto *reason
            = new QStandardItem(each.trouble ? u"%1 (%2)"_s.arg(each.reason, *each.trouble) : each.reason);
        reason->setToolTip(reason->text());
        m_refundRows.appendRow({
            new QStandardItem(words::money(each.amount)),
            withIcon(wordsOf(each.state)),
            new QStandardItem(relativeTime(each.askedAt)),
            reason,
            new QStandardItem(each.creditNote.value_or(QString())),
        });
    }
    m_saveCredit->setVisible(std::ranges::any_of(refunds, [](const api::Refund &each) {
        return each.creditNote.has_value();
    }));
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

void CustomerDetail::saveInvoice()
{
    if (const std::optional<api::Invoice> invoice = m_viewModel.invoice())
        save(invoice->number, [id = invoice->id](CustomerViewModel &account) { return account.print(id); });
}

// Of the refund that is selected; of the latest that has one otherwise.
void CustomerDetail::saveCreditNote()
{
    const QList<api::Refund> &refunds = m_viewModel.refunds();
    const auto hasNote = [](const api::Refund &each) { return each.creditNote.has_value(); };
    const int row = m_refunds->currentIndex().row();
    const auto latest = std::find_if(refunds.crbegin(), refunds.crend(), hasNote);
    if (latest == refunds.crend())
        return;
    const api::Refund &refund
        = row >= 0 && row < refunds.size() && hasNote(refunds.at(row)) ? refunds.at(row) : *latest;
    save(*refund.creditNote, [id = refund.id](CustomerViewModel &account) { return account.print(id); });
}

void CustomerDetail::saveStatement(int year)
{
    if (const std::optional<api::AccountId> &customer = m_viewModel.id())
        save(tr("Statement %1").arg(year), [id = *customer, year](CustomerViewModel &account) {
            return account.print(id, year);
        });
}

void CustomerDetail::save(const QString &name, const Print &print)
{
    auto *dialog = new QFileDialog(this, tr("Save %1").arg(name));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("PDF (*.pdf)"));
    dialog->setDefaultSuffix(u"pdf"_s);
    dialog->selectFile(name + u".pdf"_s);
    connect(dialog, &QFileDialog::fileSelected, this, [this, print, name](const QString &path) {
        m_outcome->clear();
        print(m_viewModel).then(this, [this, path, name](const Result<api::File> &paper) {
            if (!paper)
                return m_outcome->say(Tone::danger, paper.error().detail);
            QSaveFile file(path);
            const bool isKept
                = file.open(QIODevice::WriteOnly) && file.write(paper->content) == paper->content.size();
            if (isKept && file.commit())
                return m_outcome->say(Tone::success, tr("%1 was saved as %2.").arg(name, path));
            m_outcome->say(
                Tone::danger, tr("%1 could not be saved as %2: %3").arg(name, path, file.errorString())
            );
        });
    });
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

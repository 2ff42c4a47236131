#include "admin-client/features/plan/price_preview_card.h"

#include "admin-client/features/plan/plan_words.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/short_table.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/words.h"

#include <QComboBox>
#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>
#include <QStandardItemModel>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

constexpr QLatin1String states { "AK AL AR AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN "
                                 "MO MS MT NC ND NE NH NJ NM NV NY "
                                 "OH OK OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY" };

QString monthText(const QString &month)
{
    return QLocale().toString(QDate::fromString(month + u"-01"_s, Qt::ISODate), u"MMMM yyyy"_s);
}

} // namespace

PricePreviewCard::PricePreviewCard(QWidget *parent)
    : QWidget(parent)
    , m_state(new QComboBox)
    , m_zip(new QLineEdit)
    , m_before(new QComboBox)
    , m_days(new QSpinBox)
    , m_purchase(freeText())
    , m_change(freeText())
    , m_renewal(label({}, Words::muted))
    , m_model(std::make_unique<QStandardItemModel>())
    , m_table(new ShortTable(*m_model, tr("Renewals by month")))
{
    m_state->addItems(QString(states).split(u' '));
    m_state->setCurrentText(u"NY"_s);
    m_zip->setMaxLength(ZipCode::maxLength);
    m_zip->setPlaceholderText(tr("any"));
    m_days->setRange(0, decltype(api::PlanPreviewQuery::usedDays)::max);
    m_days->setValue(10);
    m_days->setSuffix(tr(" days ago"));
    m_days->setButtonSymbols(QAbstractSpinBox::NoButtons);
    auto *place = new QWidget;
    Row { Form { tr("State"), m_state }, growing(Form { tr("ZIP code"), m_zip }) }.spacing(medium).attachTo(
        place
    );
    auto *past = new QWidget;
    Row { growing(Form { tr("Comes from"), m_before }), Form { tr("Bought"), m_days } }
        .spacing(medium)
        .attachTo(past);
    auto *parts = new SideBySide(place, past, 620);
    Column {
        parts, m_purchase, m_change, separator(), m_renewal, m_table,
    }
        .spacing(medium)
        .attachTo(this);
    for (QComboBox *each : { m_state, m_before })
        connect(each, &QComboBox::currentIndexChanged, this, &PricePreviewCard::wanted);
    connect(m_zip, &QLineEdit::textChanged, this, &PricePreviewCard::wanted);
    connect(m_days, &QSpinBox::valueChanged, this, &PricePreviewCard::wanted);
    say({});
}

PricePreviewCard::~PricePreviewCard()
{
    m_table->selectionModel()->disconnect(this);
}

void PricePreviewCard::setOthers(const QList<api::PlanHistory> &plans, const std::optional<api::PlanId> &open)
{
    const QSignalBlocker quiet(m_before);
    const QString chosen = m_before->currentData().toString();
    m_before->clear();
    m_before->addItem(tr("no plan"));
    for (const api::PlanHistory &each : plans) {
        if (each.id != open)
            m_before->addItem(each.versions.last().plan.name, each.id.toString());
    }
    m_before->setCurrentIndex(std::max(0, m_before->findData(chosen)));
}

PreviewedCustomer PricePreviewCard::customer() const
{
    PreviewedCustomer customer { m_state->currentText(), m_zip->text(), {}, m_days->value() };
    if (const auto before = api::PlanId::parse(m_before->currentData().toString()))
        customer.before = *before;
    return customer;
}

void PricePreviewCard::say(const QString &text)
{
    m_purchase->setText(text);
    m_change->hide();
    m_renewal->hide();
    m_table->hide();
}

void PricePreviewCard::setPreview(const api::PlanPreview &preview)
{
    const api::BillPreview &first = preview.purchase;
    m_purchase->setText(tr("Who buys it on %1 pays %2, until %3.")
                            .arg(words::date(first.from), words::sum(first), words::date(first.until)));
    m_change->setVisible(preview.change.has_value());
    if (preview.change) {
        const api::BillPreview &bill = *preview.change;
        QStringList lines;
        for (const api::InvoiceLine &each : bill.lines)
            lines += u"%1: %2"_s.arg(each.text, words::money(each.net));
        m_change->setText((preview.isAtOnce
                               ? tr("Who changes to it from %1 gets it at once and pays %2: %3.")
                               : tr("Who changes to it from %1 gets it when the paid period ends, on "
                                    "%4, and then pays %2: %3."))
                              .arg(m_before->currentText(), words::sum(bill), lines.join(u"; "_s))
                              .replace(u"%4"_s, words::date(bill.from)));
    }
    showRenewals(preview.renewals);
}

void PricePreviewCard::showRenewals(const QList<api::RenewalMonth> &renewals)
{
    m_renewal->setText(
        renewals.isEmpty() ? tr("No running subscription renews to this plan.")
                           : tr("Running subscriptions and what the next bill of each says:")
    );
    m_renewal->show();
    m_model->clear();
    m_model->setHorizontalHeaderLabels({ tr("Renews in"),
                                         tr("Subscriptions"),
                                         tr("Terms"),
                                         tr("Price"),
                                         tr("With tax of %1").arg(m_state->currentText()) });
    for (const api::RenewalMonth &each : renewals) {
        m_model->appendRow({
            new QStandardItem(monthText(each.month)),
            new QStandardItem(QLocale().toString(each.count)),
            new QStandardItem(each.isNew ? tr("the new ones") : tr("version %1").arg(each.version)),
            new QStandardItem(words::money(each.net)),
            new QStandardItem(words::money(each.total)),
        });
    }
    m_table->setVisible(!renewals.isEmpty());
    m_table->fit();
}

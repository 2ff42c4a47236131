#include "admin-client/features/tax/tax_dialog.h"

#include "shared/core/instant.h"
#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"

#include <QDateEdit>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QRadioButton>
#include <QRegularExpressionValidator>

using namespace Qt::StringLiterals;
using namespace layout;

TaxDialog::TaxDialog(const std::optional<api::TaxRate> &rate, QWidget *parent)
    : QDialog(parent)
    , m_banner(new Banner)
    , m_state(new QLineEdit)
    , m_percent(new QDoubleSpinBox)
    , m_atOnce(new QRadioButton(tr("At once")))
    , m_later(new QRadioButton(tr("From a day on")))
    , m_day(new QDateEdit(QDate::currentDate().addMonths(1)))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(rate ? tr("Change the tax of %1").arg(rate->usState) : tr("Add a state"));
    m_state->setMaxLength(2);
    m_state->setPlaceholderText(u"NY"_s);
    m_state->setValidator(new QRegularExpressionValidator(QRegularExpression(u"[A-Za-z]{0,2}"_s), m_state));
    m_percent->setRange(0, 100);
    m_percent->setDecimals(2);
    m_percent->setSuffix(tr(" %"));
    m_percent->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_percent->setAccessibleName(tr("Tax in percent"));
    m_day->setCalendarPopup(true);
    m_day->setDisplayFormat(u"d MMMM yyyy"_s);
    m_day->setMinimumDate(QDate::currentDate().addDays(1));
    m_day->setAccessibleName(tr("The first day"));
    m_day->setEnabled(false);
    m_atOnce->setChecked(true);
    if (rate) {
        m_state->setText(rate->usState);
        m_state->setReadOnly(true);
        m_percent->setValue(rate->basisPoints / 100.0);
    }
    auto *save = button(tr("Save"), ButtonKind::primary);
    auto *cancel = button(tr("Cancel"));
    auto *fields = new QWidget;
    Form { tr("State"), m_state, tr("It takes"), m_percent }.attachTo(fields);
    auto *note = label(tr("Bills that were written keep the rate they have."), Words::muted);
    note->setWordWrap(true);
    Column {
        m_banner, fields,
        m_atOnce, Row { m_later, growing(m_day) }.spacing(medium),
        note,     Row { Stretch(), cancel, save }.spacing(medium),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(380));
    save->setDefault(true);
    connect(save, &QPushButton::clicked, this, &TaxDialog::submit);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_later, &QRadioButton::toggled, m_day, &QWidget::setEnabled);
    connect(m_state, &QLineEdit::textEdited, m_banner, &Banner::clear);
    if (rate)
        m_percent->setFocus();
    else
        m_state->setFocus();
}

void TaxDialog::say(const Problem &problem)
{
    m_banner->say(problem);
}

void TaxDialog::submit()
{
    if (m_state->text().size() != 2) {
        m_state->setFocus();
        return m_banner->say(Tone::danger, tr("Please enter the two letters of the state, such as NY."));
    }
    api::TaxRateChange wanted { { qRound(m_percent->value() * 100) }, {} };
    if (m_later->isChecked())
        wanted.from = toInstant(m_day->date().startOfDay());
    emit submitted(m_state->text().toUpper(), wanted);
}

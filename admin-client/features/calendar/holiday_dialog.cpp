#include "admin-client/features/calendar/holiday_dialog.h"

#include "admin-client/features/calendar/calendar_words.h"
#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateEdit>
#include <QLineEdit>
#include <QLocale>
#include <QSpinBox>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QComboBox *choice(int count, const std::function<QString(int)> &text)
{
    auto *box = new QComboBox;
    for (int value = 1; value <= count; ++value)
        box->addItem(text(value), value);
    return box;
}

QComboBox *ruleChoice()
{
    auto *box = new QComboBox;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::HolidayRule>>([&](auto rule) {
        box->addItem(words::of(rule.value), static_cast<int>(rule.value));
    });
    return box;
}

QSpinBox *number(int from, int to)
{
    auto *box = new QSpinBox;
    box->setRange(from, to);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    return box;
}

} // namespace

HolidayDialog::HolidayDialog(const api::Holiday &holiday, const QString &refusal, QWidget *parent)
    : QDialog(parent)
    , m_banner(new Banner)
    , m_name(new QLineEdit)
    , m_rule(ruleChoice())
    , m_nth(choice(5, words::ordinal))
    , m_weekday(choice(7, words::weekday))
    , m_month(choice(12, [](int month) { return QLocale().standaloneMonthName(month, QLocale::LongFormat); }))
    , m_day(number(1, 31))
    , m_date(new QDateEdit)
    , m_offset(number(-60, 60))
    , m_observed(new QCheckBox(tr("On a weekend it is kept on the nearest working day")))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(holiday.name.toString().isEmpty() ? tr("Add a holiday") : tr("Change a holiday"));
    m_name->setMaxLength(decltype(holiday.name)::maxLength);
    m_date->setCalendarPopup(true);
    m_date->setDisplayFormat(u"d MMMM yyyy"_s);
    auto *save = button(tr("Take it over"), ButtonKind::primary);
    auto *cancel = button(tr("Cancel"));
    const auto slot = [this](const QString &title, QWidget *field) {
        auto *holder = new QWidget;
        Form { title, field }.attachTo(holder);
        m_slots.insert(field, holder);
        return holder;
    };
    Column {
        m_banner,
        slot(tr("Name"), m_name),
        slot(tr("It falls on"), m_rule),
        Row {
            growing(slot(tr("Which one"), m_nth)),
            growing(slot(tr("Weekday"), m_weekday)),
            growing(slot(tr("Month"), m_month)),
            growing(slot(tr("Day"), m_day)),
        }
            .spacing(medium),
        slot(tr("Date"), m_date),
        slot(tr("Days later; negative: earlier"), m_offset),
        m_observed,
        Row { Stretch(), cancel, save }.spacing(medium),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(440));
    save->setDefault(true);
    connect(save, &QPushButton::clicked, this, &HolidayDialog::submit);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_rule, &QComboBox::currentIndexChanged, this, &HolidayDialog::adaptToRule);
    connect(m_name, &QLineEdit::textEdited, m_banner, &Banner::clear);
    connect(m_day, &QSpinBox::valueChanged, m_banner, &Banner::clear);
    fill(holiday);
    adaptToRule();
    if (!refusal.isEmpty())
        m_banner->say(Tone::danger, refusal);
    m_name->setFocus();
}

void HolidayDialog::fill(const api::Holiday &holiday)
{
    const QDate date = QDate::fromString(holiday.date ? holiday.date->toString() : QString(), Qt::ISODate);
    m_name->setText(holiday.name.toString());
    m_rule->setCurrentIndex(m_rule->findData(static_cast<int>(holiday.rule)));
    m_nth->setCurrentIndex(holiday.nth ? holiday.nth->value - 1 : 0);
    m_weekday->setCurrentIndex(holiday.weekday ? holiday.weekday->value - 1 : 0);
    m_month->setCurrentIndex(holiday.month ? holiday.month->value - 1 : 0);
    m_day->setValue(holiday.day ? holiday.day->value : 1);
    m_date->setDate(date.isValid() ? date : QDate::currentDate());
    m_offset->setValue(holiday.offset ? holiday.offset->value : 0);
    m_observed->setChecked(holiday.observed.value_or(false));
}

api::HolidayRule HolidayDialog::rule() const
{
    return static_cast<api::HolidayRule>(m_rule->currentData().toInt());
}

void HolidayDialog::adaptToRule()
{
    using enum api::HolidayRule;
    const api::HolidayRule now = rule();
    m_slots.value(m_nth)->setVisible(now == nthWeekday);
    m_slots.value(m_weekday)->setVisible(now == nthWeekday || now == lastWeekday);
    m_slots.value(m_month)->setVisible(now == nthWeekday || now == lastWeekday || now == fixedDate);
    m_slots.value(m_day)->setVisible(now == fixedDate);
    m_slots.value(m_date)->setVisible(now == date);
    m_slots.value(m_offset)->setVisible(now == nthWeekday || now == lastWeekday || now == easter);
    m_observed->setVisible(now == fixedDate);
    layout()->activate();
    adjustSize();
}

// Only what the rule asks for: the rest would lie there and be taken for true.
api::Holiday HolidayDialog::holiday() const
{
    api::Holiday holiday;
    holiday.rule = rule();
    const auto isAsked = [this](QWidget *field) { return !m_slots.value(field)->isHidden(); };
    if (isAsked(m_nth))
        holiday.nth = { m_nth->currentData().toInt() };
    if (isAsked(m_weekday))
        holiday.weekday = { m_weekday->currentData().toInt() };
    if (isAsked(m_month))
        holiday.month = { m_month->currentData().toInt() };
    if (isAsked(m_day))
        holiday.day = { m_day->value() };
    if (isAsked(m_date))
        holiday.date = *Text<10, 10>::parse(m_date->date().toString(Qt::ISODate));
    if (isAsked(m_offset) && m_offset->value() != 0)
        holiday.offset = { m_offset->value() };
    if (!m_observed->isHidden() && m_observed->isChecked())
        holiday.observed = true;
    return holiday;
}

void HolidayDialog::submit()
{
    const auto name = decltype(api::Holiday::name)::parse(m_name->text());
    if (!name) {
        m_name->setFocus();
        return m_banner->say(Tone::danger, tr("Please give it a name."));
    }
    api::Holiday entered = holiday();
    entered.name = *name;
    if (entered.rule == api::HolidayRule::fixedDate
        && !QDate::isValid(2024, entered.month->value, entered.day->value)) { // a leap year
        m_day->setFocus();
        return m_banner->say(Tone::danger, tr("%1 has no such day.").arg(m_month->currentText()));
    }
    emit submitted(entered);
    accept();
}

#include "admin-client/features/escalation/rule_dialog.h"

#include "admin-client/features/escalation/escalation_words.h"
#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/ticket/sla_words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

using Minutes = decltype(api::EscalationRule::minutes);
using Level = decltype(api::EscalationRule::level);

enum Side { before, at, after }; // the deadline; in the order of the choice

QSpinBox *number(int from, int to)
{
    auto *box = new QSpinBox;
    box->setRange(from, to);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    return box;
}

QComboBox *clockChoice()
{
    auto *box = new QComboBox;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::SlaClockKind>>([&](auto kind) {
        box->addItem(words::of(kind.value), static_cast<int>(kind.value));
    });
    return box;
}

} // namespace

RuleDialog::RuleDialog(
    const std::optional<api::EscalationRule> &rule, const QList<api::EscalationRule> &others, QWidget *parent
)
    : QDialog(parent)
    , m_others(others)
    , m_banner(new Banner)
    , m_clock(clockChoice())
    , m_level(number(Level::min, Level::max))
    , m_amount(number(1, Minutes::max))
    , m_unit(new QComboBox)
    , m_side(new QComboBox)
    , m_text(new QLineEdit)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(rule ? tr("Change a rule") : tr("Add a rule"));
    m_unit->addItem(tr("minutes"), 1);
    m_unit->addItem(tr("hours"), 60);
    m_side->addItems({ tr("before it is due"), tr("when it is due"), tr("after it was due") });
    m_text->setMaxLength(decltype(api::EscalationRule::text)::maxLength);
    m_text->setPlaceholderText(tr("The expert is late"));
    auto *save = button(tr("Take it over"), ButtonKind::primary);
    auto *cancel = button(tr("Cancel"));
    save->setDefault(true);
    Column { m_banner, makeForm(), Row { Stretch(), cancel, save }.spacing(medium) }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(440));
    connect(save, &QPushButton::clicked, this, &RuleDialog::submit);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_side, &QComboBox::currentIndexChanged, this, &RuleDialog::adaptToMoment);
    connect(m_unit, &QComboBox::currentIndexChanged, this, &RuleDialog::adaptToMoment);
    connect(m_text, &QLineEdit::textEdited, m_banner, &Banner::clear);
    connect(m_level, &QSpinBox::valueChanged, m_banner, &Banner::clear);
    api::EscalationRule fresh;
    fresh.tell = { api::Told::manager };
    fill(rule.value_or(fresh));
    adaptToMoment();
    m_clock->setFocus();
}

QWidget *RuleDialog::makeForm()
{
    auto *people = new QWidget;
    Row {}.spacing(medium).attachTo(people);
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::Told>>([&](auto told) {
        m_tell.append(new QCheckBox(words::of(told.value)));
        people->layout()->addWidget(m_tell.last());
        connect(m_tell.last(), &QCheckBox::toggled, m_banner, &Banner::clear);
    });
    m_amount->setAccessibleName(tr("How long"));
    m_unit->setAccessibleName(tr("Minutes or hours"));
    m_side->setAccessibleName(tr("Before or after"));
    auto *form = new QWidget;
    Column {
        Row { growing(Form { tr("What is promised"), m_clock }), Form { tr("Level"), m_level } }.spacing(
            medium
        ),
        label(tr("When"), Words::strong),
        Row { m_amount, m_unit, growing(m_side) },
        label(tr("Who is told"), Words::strong),
        people,
        Form { tr("What is said"), m_text },
    }
        .spacing(medium)
        .attachTo(form);
    return form;
}

void RuleDialog::fill(const api::EscalationRule &rule)
{
    const int length = std::abs(rule.minutes.value);
    const bool isHours = length > 0 && length % 60 == 0;
    m_clock->setCurrentIndex(m_clock->findData(static_cast<int>(rule.clock)));
    m_level->setValue(rule.level.value);
    m_side->setCurrentIndex(rule.minutes.value < 0 ? before : length == 0 ? at : after);
    m_unit->setCurrentIndex(isHours ? 1 : 0);
    m_amount->setValue(length == 0 ? 30 : isHours ? length / 60 : length);
    for (qsizetype i = 0; i < m_tell.size(); ++i)
        m_tell.at(i)->setChecked(rule.tell.contains(static_cast<api::Told>(i)));
    m_text->setText(rule.text.toString());
}

void RuleDialog::adaptToMoment()
{
    const bool isAt = m_side->currentIndex() == at;
    m_amount->setVisible(!isAt);
    m_unit->setVisible(!isAt);
    m_amount->setMaximum(Minutes::max / m_unit->currentData().toInt());
}

int RuleDialog::minutes() const
{
    const int length = m_amount->value() * m_unit->currentData().toInt();
    switch (m_side->currentIndex()) {
    case before:
        return -length;
    case after:
        return length;
    default:
        return 0;
    }
}

QList<api::Told> RuleDialog::told() const
{
    QList<api::Told> people;
    for (qsizetype i = 0; i < m_tell.size(); ++i) {
        if (m_tell.at(i)->isChecked())
            people.append(static_cast<api::Told>(i));
    }
    return people;
}

void RuleDialog::refuse(QWidget *field, const QString &why)
{
    m_banner->say(Tone::danger, why);
    field->setFocus();
}

void RuleDialog::submit()
{
    const auto clock = static_cast<api::SlaClockKind>(m_clock->currentData().toInt());
    const auto isSame = [&](const api::EscalationRule &each) {
        return each.clock == clock && each.level.value == m_level->value();
    };
    if (std::ranges::any_of(m_others, isSame))
        return refuse(
            m_level,
            tr("%1 has a rule for level %2 already.").arg(m_clock->currentText()).arg(m_level->value())
        );
    if (told().isEmpty())
        return refuse(m_tell.constFirst(), tr("Please choose who is told."));
    const auto text = decltype(api::EscalationRule::text)::parse(m_text->text());
    if (!text)
        return refuse(m_text, tr("Please write what is said."));
    emit submitted({ clock, { minutes() }, { m_level->value() }, told(), *text });
    accept();
}

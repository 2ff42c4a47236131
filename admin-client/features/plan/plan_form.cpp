#include "admin-client/features/plan/plan_form.h"

#include "shared/ui/card.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/side_by_side.h"
#include "shared/ui/words.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDateEdit>
#include <QDoubleSpinBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QStyle>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

using Terms = api::PlanTermsDraft;

QSpinBox *number(int from, int to, const QString &suffix)
{
    auto *box = new QSpinBox;
    box->setRange(from, to);
    box->setSuffix(suffix);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    return box;
}

void setInvalid(QWidget *field, bool isInvalid)
{
    field->setProperty("invalid", isInvalid);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

SideBySide *pair(QWidget *first, QWidget *second)
{
    return new SideBySide(first, second, 620);
}

QWidget *emptyColumn()
{
    auto *column = new QWidget;
    Column {}.attachTo(column);
    return column;
}

template <class Limited>
Limited parsed(const QString &text)
{
    // An empty one goes to the server as it is, which says what is wrong with it.
    return Limited::parse(text).value_or(Limited());
}

} // namespace

PlanForm::PlanForm(QWidget *parent)
    : QWidget(parent)
    , m_name(new QLineEdit)
    , m_slug(new QLineEdit)
    , m_description(new QPlainTextEdit)
    , m_price(new QDoubleSpinBox)
    , m_period(new QComboBox)
    , m_priority(new QComboBox)
    , m_coverColumns { emptyColumn(), emptyColumn() }
    , m_cover(pair(m_coverColumns[0], m_coverColumns[1]))
    , m_visits(number(0, decltype(Terms::visitsPerYear)::max, {}))
    , m_counting(new QComboBox)
    , m_later(new QCheckBox(tr("From a later day on")))
    , m_from(new QDateEdit)
    , m_start(label({}, Words::muted))
{
    for (int i = 0; i < 4; ++i)
        m_minutes
            += number(decltype(Terms::assignMinutes)::min, decltype(Terms::assignMinutes)::max, tr(" min"));
    m_name->setMaxLength(decltype(Terms::name)::maxLength);
    m_slug->setMaxLength(api::Slug::maxLength);
    m_description->setTabChangesFocus(true);
    keepScaled(m_description, [this] { m_description->setFixedHeight(scaled(76)); });
    m_price->setRange(0, decltype(Terms::priceMinor)::max / 100.0);
    m_price->setDecimals(2);
    m_price->setPrefix(u"$"_s);
    m_price->setGroupSeparatorShown(true);
    m_price->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_period->addItem(tr("a month"), int(api::Period::month));
    m_period->addItem(tr("a year"), int(api::Period::year));
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::Priority>>([this](auto each) {
        m_priority->addItem(words::of(each.value).label, int(each.value));
    });
    m_counting->addItem(tr("in the region's working time"), int(api::SlaCounting::workingTime));
    m_counting->addItem(tr("around the clock"), int(api::SlaCounting::always));
    m_visits->setSpecialValueText(tr("no limit"));
    m_from->setCalendarPopup(true);
    keepScaled(m_from, [this] { m_from->setFixedWidth(scaled(170)); });
    Column {
        new Card(u"text"_s, tr("Terms"), makeTerms()),
        new Card(u"device"_s, tr("What it covers"), makeCover()),
        new Card(u"clock"_s, tr("What it promises"), makePromises()),
        new Card(u"flag"_s, tr("When these terms begin"), makeStart()),
    }
        .spacing(medium)
        .attachTo(this);
    wire();
}

QWidget *PlanForm::field(const QString &key, const QString &title, QWidget *widget)
{
    auto *note = label({});
    note->setProperty("words", u"error"_s);
    note->setWordWrap(true);
    note->hide();
    m_fields.insert(key, { widget, note });
    auto *whole = new QWidget;
    if (title.isEmpty())
        Column { widget, note }.spacing(tight).attachTo(whole);
    else
        Column { Form { title, widget }, note }.spacing(tight).attachTo(whole);
    return whole;
}

QWidget *PlanForm::makeTerms()
{
    auto *terms = new QWidget;
    Column {
        pair(field(u"name"_s, tr("Name"), m_name), field(u"slug"_s, tr("Short name"), m_slug)),
        field(u"description"_s, tr("Description"), m_description),
        pair(
            field(u"priceMinor"_s, tr("Price in US dollars"), m_price),
            field(u"period"_s, tr("Paid by"), m_period)
        ),
        pair(field(u"priority"_s, tr("Priority"), m_priority), new QWidget),
    }
        .spacing(medium)
        .attachTo(terms);
    return terms;
}

QWidget *PlanForm::makeCover()
{
    auto *cover = new QWidget;
    Column {
        field(u"categories"_s, {}, m_cover),
        pair(field(u"visitsPerYear"_s, tr("Visits a year"), m_visits), new QWidget),
    }
        .spacing(medium)
        .attachTo(cover);
    return cover;
}

QWidget *PlanForm::makePromises()
{
    auto *promises = new QWidget;
    Column {
        pair(
            field(u"assignMinutes"_s, tr("An expert is found in"), m_minutes[0]),
            field(u"acceptMinutes"_s, tr("The job is accepted in"), m_minutes[1])
        ),
        pair(
            field(u"arriveMinutes"_s, tr("The expert arrives in"), m_minutes[2]),
            field(u"resolveMinutes"_s, tr("It is repaired in"), m_minutes[3])
        ),
        field(u"counting"_s, tr("Minutes are counted"), m_counting),
    }
        .spacing(medium)
        .attachTo(promises);
    return promises;
}

QWidget *PlanForm::makeStart()
{
    m_from->setAccessibleName(tr("First day of these terms"));
    auto *day = field(u"from"_s, {}, m_from);
    auto *start = new QWidget;
    Column { m_start, Row { m_later, day, Stretch() }.spacing(medium) }.spacing(small).attachTo(start);
    return start;
}

void PlanForm::wire()
{
    connect(m_name, &QLineEdit::textChanged, this, &PlanForm::onEdited);
    connect(m_slug, &QLineEdit::textChanged, this, &PlanForm::onEdited);
    connect(m_description, &QPlainTextEdit::textChanged, this, &PlanForm::onEdited);
    connect(m_price, &QDoubleSpinBox::valueChanged, this, &PlanForm::onEdited);
    for (QComboBox *each : { m_period, m_priority, m_counting })
        connect(each, &QComboBox::currentIndexChanged, this, &PlanForm::onEdited);
    for (QSpinBox *each : m_minutes + QList<QSpinBox *> { m_visits })
        connect(each, &QSpinBox::valueChanged, this, &PlanForm::onEdited);
    connect(m_later, &QCheckBox::toggled, m_from, &QWidget::setEnabled);
    connect(m_later, &QCheckBox::toggled, this, &PlanForm::onEdited);
    connect(m_from, &QDateEdit::dateChanged, this, &PlanForm::onEdited);
}

void PlanForm::setCategories(const QList<api::Category> &categories, const QList<api::Slug> &covered)
{
    QStringList ids;
    for (const api::Category &each : categories)
        ids += each.id;
    if (ids != m_categoryIds) {
        qDeleteAll(std::exchange(m_categories, {}));
        m_categoryIds = ids;
        for (const api::Category &each : categories) {
            auto *box = new QCheckBox(QString(each.name).replace(u'&', u"&&"_s)); // no mnemonic
            box->setAccessibleName(each.name);
            box->setToolTip(tr("Needs the skill “%1”").arg(words::slug(each.skill)));
            connect(box, &QCheckBox::toggled, this, &PlanForm::onEdited);
            const bool isFirstHalf = 2 * m_categories.size() < categories.size();
            m_coverColumns[isFirstHalf ? 0 : 1]->layout()->addWidget(box);
            m_categories += box;
        }
    }
    for (qsizetype i = 0; i < m_categories.size(); ++i) {
        const QString id = m_categoryIds.at(i);
        m_categories.at(i)->setChecked(std::ranges::any_of(covered, [&](const api::Slug &each) {
            return each.toString() == id;
        }));
    }
}

void PlanForm::setContent(const PlanDraft &content, const QList<api::Category> &categories, bool isNew)
{
    m_isFilling = true;
    const Terms &terms = content.plan.terms;
    m_name->setText(terms.name.toString());
    m_slug->setText(content.plan.slug.toString());
    m_slug->setEnabled(isNew);
    m_description->setPlainText(terms.description.toString());
    m_price->setValue(terms.priceMinor.value / 100.0);
    m_period->setCurrentIndex(m_period->findData(int(content.plan.period)));
    m_period->setEnabled(isNew);
    m_priority->setCurrentIndex(m_priority->findData(int(terms.priority)));
    setCategories(categories, terms.categories);
    m_visits->setValue(terms.visitsPerYear.value);
    m_minutes[0]->setValue(terms.assignMinutes.value);
    m_minutes[1]->setValue(terms.acceptMinutes.value);
    m_minutes[2]->setValue(terms.arriveMinutes.value);
    m_minutes[3]->setValue(terms.resolveMinutes.value);
    m_counting->setCurrentIndex(m_counting->findData(int(terms.counting)));
    const QDate tomorrow = QDate::currentDate().addDays(1);
    m_from->setMinimumDate(tomorrow);
    m_from->setDate(content.from ? toDateTime(*content.from).toLocalTime().date() : tomorrow);
    m_later->setChecked(content.from.has_value());
    m_later->setVisible(!isNew);
    m_from->setVisible(!isNew);
    m_from->setEnabled(content.from.has_value());
    m_start->setText(
        isNew
            ? tr("A new plan is on sale as soon as it is saved.")
            : tr("At once, unless you choose a day. Who holds the plan keeps the terms that are paid for and "
                 "takes these with the first bill after they began.")
    );
    m_isFilling = false;
    clearMarks();
}

PlanDraft PlanForm::content() const
{
    PlanDraft draft;
    Terms &terms = draft.plan.terms;
    draft.plan.slug = parsed<api::Slug>(m_slug->text());
    draft.plan.period = static_cast<api::Period>(m_period->currentData().toInt());
    terms.name = parsed<decltype(terms.name)>(m_name->text());
    terms.description = parsed<decltype(terms.description)>(m_description->toPlainText());
    terms.priceMinor = { qRound(m_price->value() * 100) };
    for (qsizetype i = 0; i < m_categories.size(); ++i) {
        if (m_categories.at(i)->isChecked())
            terms.categories += parsed<api::Slug>(m_categoryIds.at(i));
    }
    terms.visitsPerYear = { m_visits->value() };
    terms.assignMinutes = { m_minutes[0]->value() };
    terms.acceptMinutes = { m_minutes[1]->value() };
    terms.arriveMinutes = { m_minutes[2]->value() };
    terms.resolveMinutes = { m_minutes[3]->value() };
    terms.counting = static_cast<api::SlaCounting>(m_counting->currentData().toInt());
    terms.priority = static_cast<api::Priority>(m_priority->currentData().toInt());
    if (m_later->isChecked())
        draft.from = toInstant(m_from->date().startOfDay());
    return draft;
}

void PlanForm::onEdited()
{
    if (m_isFilling)
        return;
    clearMarks();
    emit edited();
}

void PlanForm::clearMarks()
{
    for (const Field &each : std::as_const(m_fields)) {
        each.note->hide();
        each.widget->setAccessibleDescription({});
        setInvalid(each.widget, false);
    }
}

QList<FieldError> PlanForm::mark(const QList<FieldError> &errors)
{
    QList<FieldError> others;
    clearMarks();
    bool isFirst = true;
    for (const FieldError &error : errors) {
        const QString path = error.pointer.startsWith("/terms/"_L1) ? error.pointer.mid(6) : error.pointer;
        const auto found = m_fields.constFind(path.section(u'/', 1, 1));
        if (found == m_fields.cend()) {
            others += error;
            continue;
        }
        found->note->setText(tr("This %1").arg(error.detail));
        found->note->show();
        found->widget->setAccessibleDescription(found->note->text());
        setInvalid(found->widget, true);
        if (std::exchange(isFirst, false))
            (found->widget == m_cover && !m_categories.isEmpty() ? m_categories.first() : found->widget)
                ->setFocus();
    }
    return others;
}

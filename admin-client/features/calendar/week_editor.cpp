#include "admin-client/features/calendar/week_editor.h"

#include "admin-client/features/calendar/minute_box.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/scaling.h"
#include "shared/ui/words.h"

#include <QLineEdit>
#include <QStyle>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

constexpr int daysOfWeek = 7;

QString hoursPointer(qsizetype index)
{
    return u"/hours/%1"_s.arg(index);
}

QString breakPointer(qsizetype index, qsizetype breakIndex)
{
    return u"%1/breaks/%2"_s.arg(hoursPointer(index)).arg(breakIndex);
}

void setInvalid(QWidget *field, const QString &why)
{
    field->setProperty("invalid", !why.isEmpty());
    field->setToolTip(why);
    field->setAccessibleDescription(why);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

QPushButton *removal(const QString &what)
{
    auto *remove = button({}, ButtonKind::quiet, u"cross"_s);
    remove->setAccessibleName(what);
    remove->setToolTip(what);
    return remove;
}

} // namespace

WeekEditor::WeekEditor(QWidget *parent)
    : QWidget(parent)
    , m_days(new QVBoxLayout(this))
{
    m_days->setContentsMargins(0, 0, 0, 0);
    m_days->setSpacing(small);
    rebuild();
}

void WeekEditor::setHours(const QList<api::OpenHours> &hours)
{
    m_hours = hours;
    rebuild();
}

void WeekEditor::rebuild()
{
    m_fields.clear();
    m_notes.clear();
    while (const std::unique_ptr<QLayoutItem> item { m_days->takeAt(0) }) {
        item->widget()->hide();
        item->widget()->deleteLater(); // one of its buttons may be what asked for this
    }
    for (int day = 1; day <= daysOfWeek; ++day) {
        QWidget *row = makeDay(day);
        m_days->addWidget(row);
        row->show(); // now, and not when the layout gets to it: one of its fields may be to have the focus
    }
    m_days->addWidget(makeNote(u"/hours"_s));
}

QWidget *WeekEditor::makeDay(int weekday)
{
    auto *day = new QWidget;
    const QString name = words::weekday(weekday);
    QLabel *title = label(name, Words::strong);
    keepScaled(title, [title] { title->setMinimumSize(scaled(104), scaled(34)); });
    auto *add = button(tr("Add hours"), ButtonKind::quiet);
    add->setAccessibleName(tr("Add hours on %1").arg(name));
    connect(add, &QPushButton::clicked, this, [this, weekday] { addHours(weekday); });
    auto rows = Column {}.spacing(small);
    QBoxLayout *column = rows.release();
    int count = 0;
    for (qsizetype i = 0; i < m_hours.size(); ++i) {
        if (m_hours.at(i).weekday.value == weekday)
            column->addWidget(makeHours(i, ++count == 1 ? name : tr("%1 (%2)").arg(name).arg(count)));
    }
    if (count == 0)
        column->addWidget(label(tr("Closed"), Words::muted));
    auto line = Row { title, growing(column), add }.spacing(medium);
    QBoxLayout *layout = line.release();
    layout->setAlignment(title, Qt::AlignTop);
    layout->setAlignment(add, Qt::AlignTop);
    day->setLayout(layout);
    return day;
}

QWidget *WeekEditor::makeHours(qsizetype index, const QString &name)
{
    const api::OpenHours &hours = m_hours.at(index);
    const QString pointer = hoursPointer(index);
    auto *addBreakHere = button(tr("Add break"), ButtonKind::quiet);
    addBreakHere->setAccessibleName(tr("Add break on %1").arg(name));
    connect(addBreakHere, &QPushButton::clicked, this, [this, index] { addBreak(index); });
    auto *remove = removal(tr("Remove the hours of %1").arg(name));
    connect(remove, &QPushButton::clicked, this, [this, index] {
        m_hours.removeAt(index);
        restructure({});
    });
    auto *row = new QWidget;
    auto rows = Column {
        Row {
            makeTime(pointer + u"/fromMinute"_s, tr("%1 opens").arg(name), hours.fromMinute.value),
            label(u"–"_s, Words::strong),
            makeTime(pointer + u"/toMinute"_s, tr("%1 closes").arg(name), hours.toMinute.value),
            addBreakHere,
            remove,
            Stretch(),
        },
    }
                    .spacing(tight);
    QBoxLayout *column = rows.release();
    for (qsizetype i = 0; i < hours.breaks.size(); ++i)
        column->addWidget(makeBreak(index, i, name));
    column->addWidget(makeNote(pointer));
    row->setLayout(column);
    return row;
}

QWidget *WeekEditor::makeBreak(qsizetype index, qsizetype breakIndex, const QString &day)
{
    const api::DayBreak &pause = m_hours.at(index).breaks.at(breakIndex);
    const QString pointer = breakPointer(index, breakIndex);
    auto *name = new QLineEdit(pause.name.toString());
    name->setMaxLength(decltype(pause.name)::maxLength);
    name->setAccessibleName(tr("Name of the break on %1").arg(day));
    keepScaled(name, [name] { name->setFixedWidth(scaled(130)); });
    m_fields.insert(pointer + u"/name"_s, name);
    connect(name, &QLineEdit::textEdited, this, [this, index, breakIndex, pointer](const QString &text) {
        // An empty one goes to the server as it is, which says what is wrong with it.
        m_hours[index].breaks[breakIndex].name
            = decltype(pause.name)::parse(text).value_or(decltype(pause.name)());
        unmark(pointer + u"/name"_s);
        emit edited();
    });
    auto *remove = removal(tr("Remove the break on %1").arg(day));
    connect(remove, &QPushButton::clicked, this, [this, index, breakIndex] {
        m_hours[index].breaks.removeAt(breakIndex);
        restructure(hoursPointer(index) + u"/toMinute"_s);
    });
    auto *row = new QWidget;
    Row {
        label(tr("Break"), Words::muted),
        name,
        makeTime(pointer + u"/fromMinute"_s, tr("Break on %1 begins").arg(day), pause.fromMinute.value),
        label(u"–"_s, Words::strong),
        makeTime(pointer + u"/toMinute"_s, tr("Break on %1 ends").arg(day), pause.toMinute.value),
        remove,
        Stretch(),
    }
        .margins(large, 0, 0, 0)
        .attachTo(row);
    return row;
}

// The pointer says which minute of the hours it is.
MinuteBox *WeekEditor::makeTime(const QString &pointer, const QString &name, int minute)
{
    auto *box = new MinuteBox(minute, name);
    m_fields.insert(pointer, box);
    connect(box, &QSpinBox::valueChanged, this, [this, pointer](int value) {
        const QStringList parts = pointer.split(u'/'); // "", hours, 3, [breaks, 0,] toMinute
        api::OpenHours &hours = m_hours[parts.at(2).toInt()];
        const bool isBegin = parts.last() == "fromMinute"_L1;
        if (parts.size() > 4) {
            api::DayBreak &pause = hours.breaks[parts.at(4).toInt()];
            (isBegin ? pause.fromMinute : pause.toMinute).value = value;
        } else {
            (isBegin ? hours.fromMinute : hours.toMinute).value = value;
        }
        unmark(pointer);
        emit edited();
    });
    return box;
}

QLabel *WeekEditor::makeNote(const QString &pointer)
{
    QLabel *note = label({});
    note->setProperty("words", u"error"_s);
    note->hide();
    m_notes.insert(pointer, note);
    return note;
}

void WeekEditor::addHours(int weekday)
{
    const auto before = std::ranges::find_if(m_hours, [&](const api::OpenHours &each) {
        return each.weekday.value == weekday && each.toMinute.value < 22 * 60;
    });
    const int from = before == m_hours.end() ? 8 * 60 : before->toMinute.value + 60;
    const int to = before == m_hours.end() ? 17 * 60 : std::min(from + 4 * 60, api::MinuteOfDay::max);
    m_hours.append(api::OpenHours { { weekday }, { from }, { to }, {} });
    restructure(hoursPointer(m_hours.size() - 1) + u"/fromMinute"_s);
}

void WeekEditor::addBreak(qsizetype index)
{
    api::OpenHours &hours = m_hours[index];
    const int middle = (hours.fromMinute.value + hours.toMinute.value) / 2 / 30 * 30;
    hours.breaks.append(api::DayBreak {
        *Text<1, 60>::parse(tr("Lunch")), { middle }, { std::min(middle + 30, 1440) } });
    restructure(breakPointer(index, hours.breaks.size() - 1) + u"/name"_s);
}

void WeekEditor::restructure(const QString &focus)
{
    rebuild();
    if (QWidget *field = m_fields.value(focus))
        field->setFocus(Qt::OtherFocusReason);
    emit edited();
}

void WeekEditor::mark(const QList<FieldError> &errors)
{
    QWidget *first = nullptr;
    QHash<QLabel *, QStringList> texts;
    for (const FieldError &error : errors) {
        const QString pointer = error.pointer;
        if (!pointer.startsWith("/hours"_L1))
            continue;
        for (auto field = m_fields.cbegin(); field != m_fields.cend(); ++field) {
            // "/hours/3/breaks/0" means all of that break.
            if (field.key() != pointer && !field.key().startsWith(pointer + u'/'))
                continue;
            setInvalid(field.value(), error.detail);
            first = first ? first : field.value();
        }
        QLabel *note = m_notes.value(u'/' + pointer.section(u'/', 1, 2));
        if (!note)
            note = m_notes.value(u"/hours"_s);
        const QWidget *named = m_fields.value(pointer);
        texts[note] += named                  ? tr("“%1” %2").arg(named->accessibleName(), error.detail)
            : pointer.contains("/breaks/"_L1) ? tr("The break %1").arg(error.detail)
                                              : tr("The hours %1").arg(error.detail);
    }
    for (auto text = texts.cbegin(); text != texts.cend(); ++text) {
        text.key()->setText(text.value().join(u'\n'));
        text.key()->show();
    }
    if (first)
        first->setFocus(Qt::OtherFocusReason);
}

void WeekEditor::unmark(const QString &pointer)
{
    const QString hours = u'/' + pointer.section(u'/', 1, 2);
    for (auto field = m_fields.cbegin(); field != m_fields.cend(); ++field) {
        if (field.key().startsWith(hours + u'/') && field.value()->property("invalid").toBool())
            setInvalid(field.value(), {});
    }
    for (const QString &note : { hours, u"/hours"_s }) {
        if (QLabel *shown = m_notes.value(note))
            shown->hide();
    }
}

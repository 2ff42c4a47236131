#include "admin-client/features/calendar/holiday_list.h"

#include "admin-client/features/calendar/calendar_words.h"
#include "admin-client/features/calendar/holiday_dialog.h"
#include "shared/ui/icon.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/short_table.h"

#include <QStandardItemModel>

using namespace Qt::StringLiterals;
using namespace layout;

HolidayList::HolidayList(QWidget *parent)
    : QWidget(parent)
    , m_model(std::make_unique<QStandardItemModel>())
    , m_table(new ShortTable(*m_model, tr("Holidays")))
    , m_note(label({}))
    , m_change(button(tr("Change …")))
    , m_remove(button(tr("Remove"), ButtonKind::danger))
{
    m_note->setProperty("words", u"error"_s);
    m_change->setAccessibleName(tr("Change the holiday"));
    m_remove->setAccessibleName(tr("Remove the holiday"));
    auto *addOne = button(tr("Add a holiday …"), ButtonKind::plain);
    connect(addOne, &QPushButton::clicked, this, &HolidayList::add);
    connect(m_change, &QPushButton::clicked, this, &HolidayList::change);
    connect(m_remove, &QPushButton::clicked, this, &HolidayList::remove);
    connect(m_table, &QTableView::activated, this, &HolidayList::change);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        m_change->setEnabled(current() >= 0);
        m_remove->setEnabled(current() >= 0);
    });
    Column { m_table, m_note, Row { addOne, m_change, m_remove, Stretch() }.spacing(medium) }
        .spacing(medium)
        .attachTo(this);
    refresh();
}

HolidayList::~HolidayList()
{
    m_table->disconnect(this);
    m_table->selectionModel()->disconnect(this);
}

void HolidayList::setHolidays(const QList<api::Holiday> &holidays)
{
    m_holidays = holidays;
    m_refusals.clear();
    refresh();
}

void HolidayList::refresh()
{
    const qsizetype selected = current();
    m_model->clear();
    m_model->setHorizontalHeaderLabels({ tr("Holiday"), tr("It falls on"), tr("On a weekend") });
    for (qsizetype i = 0; i < m_holidays.size(); ++i) {
        const api::Holiday &each = m_holidays.at(i);
        auto *name = new QStandardItem(each.name.toString());
        if (m_refusals.contains(i)) {
            name->setIcon(icon(u"warning"_s, Tone::danger));
            name->setToolTip(m_refusals.value(i));
            name->setAccessibleText(u"%1: %2"_s.arg(name->text(), m_refusals.value(i)));
        }
        const bool isKept = each.observed.value_or(false);
        m_model->appendRow({ name,
                             new QStandardItem(words::dayOf(each)),
                             new QStandardItem(isKept ? tr("nearest working day") : QString()) });
    }
    QStringList refusals;
    for (const QString &each : std::as_const(m_refusals))
        refusals += each;
    m_note->setText(refusals.join(u'\n'));
    m_note->setVisible(!refusals.isEmpty());
    if (!m_holidays.isEmpty())
        m_table->setCurrentIndex(
            m_model->index(int(std::clamp<qsizetype>(selected, 0, m_holidays.size() - 1)), 0)
        );
    m_change->setEnabled(current() >= 0);
    m_remove->setEnabled(current() >= 0);
    m_table->fit();
}

qsizetype HolidayList::current() const
{
    return m_table->currentIndex().row();
}

void HolidayList::add()
{
    ask({}, m_holidays.size());
}

void HolidayList::change()
{
    if (current() >= 0)
        ask(m_holidays.at(current()), current());
}

void HolidayList::ask(const api::Holiday &holiday, qsizetype index)
{
    auto *dialog = new HolidayDialog(holiday, m_refusals.value(index), this);
    connect(dialog, &HolidayDialog::submitted, this, [this, index](const api::Holiday &entered) {
        if (index < m_holidays.size())
            m_holidays[index] = entered;
        else
            m_holidays.append(entered);
        m_refusals.remove(index);
        refresh();
        m_table->setCurrentIndex(m_model->index(int(index), 0));
        emit edited();
    });
    dialog->open();
}

void HolidayList::remove()
{
    const qsizetype index = current();
    if (index < 0)
        return;
    const QString name = m_holidays.takeAt(index).name.toString();
    m_refusals.clear(); // they would stand at other rows now
    refresh();
    m_table->setFocus();
    emit removed(name);
    emit edited();
}

void HolidayList::mark(const QList<FieldError> &errors)
{
    m_refusals.clear();
    for (const FieldError &error : errors) {
        if (!error.pointer.startsWith("/holidays/"_L1))
            continue;
        const qsizetype index = error.pointer.section(u'/', 2, 2).toInt();
        const QString name = index < m_holidays.size() ? m_holidays.at(index).name.toString() : QString();
        m_refusals[index] = tr("%1: the %2 %3").arg(name, error.pointer.section(u'/', 3, 3), error.detail);
    }
    refresh();
}

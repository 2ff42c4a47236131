#pragma once

#include "shared/api/sla.h"

#include <QHash>
#include <QWidget>

class QLabel;
class QPushButton;
class QStandardItemModel;
class ShortTable;

// The holidays of a calendar, to add, change and remove.
class HolidayList : public QWidget
{
    Q_OBJECT
public:
    explicit HolidayList(QWidget *parent = nullptr);
    ~HolidayList() override;

    void setHolidays(const QList<api::Holiday> &holidays);
    [[nodiscard]] const QList<api::Holiday> &holidays() const { return m_holidays; }
    void mark(const QList<FieldError> &errors);

signals:
    void edited();
    void removed(const QString &name);

private:
    void refresh();
    void add();
    void change();
    void remove();
    void ask(const api::Holiday &holiday, qsizetype index);
    [[nodiscard]] qsizetype current() const;

    QList<api::Holiday> m_holidays;
    QHash<qsizetype, QString> m_refusals; // by index
    std::unique_ptr<QStandardItemModel> m_model;
    ShortTable *m_table;
    QLabel *m_note;
    QPushButton *m_change;
    QPushButton *m_remove;
};

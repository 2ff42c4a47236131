#pragma once

#include "shared/api/sla.h"

#include <QHash>
#include <QVBoxLayout>
#include <QWidget>

class MinuteBox;
class QLabel;

// The seven days with their hours and breaks, to edit.
class WeekEditor : public QWidget
{
    Q_OBJECT
public:
    explicit WeekEditor(QWidget *parent = nullptr);

    void setHours(const QList<api::OpenHours> &hours);
    [[nodiscard]] const QList<api::OpenHours> &hours() const { return m_hours; }
    // Shows each at its field; the pointers are those of a calendar's content.
    void mark(const QList<FieldError> &errors);

signals:
    void edited();

private:
    void rebuild();
    QWidget *makeDay(int weekday);
    QWidget *makeHours(qsizetype index, const QString &name);
    QWidget *makeBreak(qsizetype index, qsizetype breakIndex, const QString &day);
    MinuteBox *makeTime(const QString &pointer, const QString &name, int minute);
    QLabel *makeNote(const QString &pointer);
    void addHours(int weekday);
    void addBreak(qsizetype index);
    void restructure(const QString &focus); // after rows came or went; `focus` is a field's pointer
    void unmark(const QString &pointer);

    QList<api::OpenHours> m_hours;
    QVBoxLayout *m_days;
    QHash<QString, QWidget *> m_fields; // by JSON pointer
    QHash<QString, QLabel *> m_notes; // below the field whose pointer begins so
};

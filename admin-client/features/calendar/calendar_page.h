#pragma once

#include "admin-client/features/calendar/calendar_view_model.h"

#include <QWidget>

class Banner;
class Card;
class ConflictNotice;
class HolidayList;
class QCheckBox;
class QComboBox;
class QLabel;
class QListView;
class QStandardItemModel;
class SaveBar;
class StatePane;
class WeekEditor;

// The working calendars of all regions, and one of them to edit: time zone, weekly hours, holidays.
class CalendarPage : public QWidget
{
    Q_OBJECT
public:
    explicit CalendarPage(CalendarViewModel &viewModel, QWidget *parent = nullptr);
    ~CalendarPage() override;

signals:
    void said(const QString &text); // for a toast

private:
    QWidget *makeContent();
    QWidget *makeWork();
    void wire();
    void refresh();
    void refreshList();
    void refreshFoot();
    void fill();
    void adaptToHours();
    void onEdited();
    void askToSave(const std::optional<qint64> &tickets);
    void onRefused(const Problem &problem);
    [[nodiscard]] api::CalendarContent entered() const;

    CalendarViewModel &m_viewModel;
    std::unique_ptr<QStandardItemModel> m_model;
    QListView *m_list;
    QLabel *m_title;
    QComboBox *m_timeZone;
    QLabel *m_timeZoneNote;
    QCheckBox *m_alwaysOpen;
    WeekEditor *m_week;
    HolidayList *m_holidays;
    Card *m_weekCard = nullptr;
    Card *m_holidayCard = nullptr;
    Banner *m_banner;
    ConflictNotice *m_conflict;
    SaveBar *m_foot;
    StatePane *m_pane;
    std::optional<api::CalendarContent> m_beforeRemoval;
    bool m_isFilling = false;
};

#pragma once

#include "admin-client/features/calendar/calendar_view_model.h"
#include "shared/ui/staff_desk.h"

class CalendarPage;

// What a signed-in administrator works with. Lives until the sign-out.
class AdminApp : public QObject
{
    Q_OBJECT
public:
    explicit AdminApp(Desktop &desktop);

    static AppIdentity identity();

private:
    CalendarViewModel m_calendars;
    CalendarPage *m_calendarPage; // the shell's
    StaffDesk m_desk;
};

#pragma once

#include "admin-client/features/calendar/calendar_view_model.h"
#include "admin-client/features/escalation/escalation_view_model.h"
#include "shared/ui/staff_desk.h"

class CalendarPage;
class EscalationPage;

// What a signed-in administrator works with. Lives until the sign-out.
class AdminApp : public QObject
{
    Q_OBJECT
public:
    explicit AdminApp(Desktop &desktop);

    static AppIdentity identity();

private:
    CalendarViewModel m_calendars;
    EscalationViewModel m_escalation;
    CalendarPage *m_calendarPage; // the shell's, as is the other one
    EscalationPage *m_escalationPage;
    StaffDesk m_desk;
};

#include "admin-client/admin_app.h"

#include "admin-client/features/calendar/calendar_page.h"
#include "admin-client/features/escalation/escalation_page.h"

using namespace Qt::StringLiterals;

AppIdentity AdminApp::identity()
{
    return { u"sysops-admin"_s, u"Sysops Squad Admin"_s, api::Role::admin, tr("administrators") };
}

AdminApp::AdminApp(Desktop &desktop)
    : m_calendars(desktop.api)
    , m_escalation(desktop.api)
    , m_calendarPage(new CalendarPage(m_calendars))
    , m_escalationPage(new EscalationPage(m_escalation))
    , m_desk(
          desktop,
          { { u"clock"_s, tr("Working calendars"), m_calendarPage },
            { u"arrow-up"_s, tr("Escalation rules"), m_escalationPage } }
      )
{
    connect(m_calendarPage, &CalendarPage::said, &desktop.shell, &AppShell::say);
    connect(m_escalationPage, &EscalationPage::said, &desktop.shell, &AppShell::say);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_calendars, &CalendarViewModel::reload);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_escalation, &EscalationViewModel::reload);
}

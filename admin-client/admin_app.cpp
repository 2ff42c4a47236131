#include "admin-client/admin_app.h"

#include "admin-client/features/calendar/calendar_page.h"
#include "admin-client/features/escalation/escalation_page.h"
#include "admin-client/features/plan/plan_page.h"
#include "admin-client/features/product/product_page.h"
#include "admin-client/features/tax/tax_page.h"

using namespace Qt::StringLiterals;

AppIdentity AdminApp::identity()
{
    return { u"sysops-admin"_s, u"Sysops Squad Admin"_s, api::Role::admin, tr("administrators") };
}

AdminApp::AdminApp(Desktop &desktop)
    : m_calendars(desktop.api)
    , m_escalation(desktop.api)
    , m_plans(desktop.api)
    , m_taxes(desktop.api)
    , m_products(desktop.api)
    , m_calendarPage(new CalendarPage(m_calendars))
    , m_escalationPage(new EscalationPage(m_escalation))
    , m_planPage(new PlanPage(m_plans))
    , m_taxPage(new TaxPage(m_taxes))
    , m_productPage(new ProductPage(m_products))
    , m_desk(
          desktop,
          { { u"clock"_s, tr("Working calendars"), m_calendarPage },
            { u"arrow-up"_s, tr("Escalation rules"), m_escalationPage },
            { u"briefcase"_s, tr("Plans"), m_planPage },
            { u"scales"_s, tr("Taxes"), m_taxPage },
            { u"device"_s, tr("Products"), m_productPage } }
      )
{
    connect(m_calendarPage, &CalendarPage::said, &desktop.shell, &AppShell::say);
    connect(m_escalationPage, &EscalationPage::said, &desktop.shell, &AppShell::say);
    connect(m_planPage, &PlanPage::said, &desktop.shell, &AppShell::say);
    connect(m_taxPage, &TaxPage::said, &desktop.shell, &AppShell::say);
    connect(m_productPage, &ProductPage::said, &desktop.shell, &AppShell::say);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_products, &ProductViewModel::reload);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_taxes, &TaxViewModel::reload);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_plans, &PlanViewModel::reload);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_calendars, &CalendarViewModel::reload);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_escalation, &EscalationViewModel::reload);
}

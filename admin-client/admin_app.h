#pragma once

#include "admin-client/features/calendar/calendar_view_model.h"
#include "admin-client/features/escalation/escalation_view_model.h"
#include "admin-client/features/plan/plan_view_model.h"
#include "admin-client/features/product/product_view_model.h"
#include "admin-client/features/tax/tax_view_model.h"
#include "shared/ui/staff_desk.h"

class CalendarPage;
class EscalationPage;
class PlanPage;
class ProductPage;
class TaxPage;

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
    PlanViewModel m_plans;
    TaxViewModel m_taxes;
    ProductViewModel m_products;
    CalendarPage *m_calendarPage; // the shell's, as are the others
    EscalationPage *m_escalationPage;
    PlanPage *m_planPage;
    TaxPage *m_taxPage;
    ProductPage *m_productPage;
    StaffDesk m_desk;
};

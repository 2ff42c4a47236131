#pragma once

#include "manager-client/features/accounting/accounting_view_model.h"
#include "shared/ui/staff_desk.h"

class AccountingPage;

// What a signed-in manager works with. Lives until the sign-out.
class ManagerApp : public QObject
{
    Q_OBJECT
public:
    explicit ManagerApp(Desktop &desktop);

    static AppIdentity identity();

private:
    AccountingViewModel m_accounting;
    AccountingPage *m_accountingPage; // the shell's
    StaffDesk m_desk;
};

#pragma once

#include "manager-client/features/accounting/accounting_view_model.h"
#include "manager-client/features/customer/customer_list_view_model.h"
#include "manager-client/features/customer/customer_view_model.h"
#include "shared/ui/staff_desk.h"

class AccountingPage;
class CustomerPage;

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
    CustomerListViewModel m_customers;
    CustomerViewModel m_customer;
    CustomerPage *m_customerPage; // the shell's
    StaffDesk m_desk;
};

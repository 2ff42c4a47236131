#include "manager-client/manager_app.h"

#include "manager-client/features/accounting/accounting_page.h"
#include "manager-client/features/customer/customer_page.h"

using namespace Qt::StringLiterals;

namespace {

constexpr int accountingPlace = 1; // after the tickets
constexpr int customerPlace = 2;

} // namespace

AppIdentity ManagerApp::identity()
{
    return { u"sysops-manager"_s, u"Sysops Squad Manager"_s, api::staff, tr("managers") };
}

ManagerApp::ManagerApp(Desktop &desktop)
    : m_accounting(desktop.api, desktop.push)
    , m_accountingPage(new AccountingPage(m_accounting))
    , m_customers(desktop.api, desktop.push)
    , m_customer(desktop.api, desktop.push)
    , m_customerPage(new CustomerPage(m_customers, m_customer, desktop.session.account().role))
    , m_desk(
          desktop,
          { { u"scales"_s, tr("Accounting"), m_accountingPage },
            { u"people"_s, tr("Customers"), m_customerPage } }
      )
{
    m_desk.offerCustomer();
    connect(&m_desk, &StaffDesk::customerWanted, this, [this, &desktop](const api::AccountId &id) {
        desktop.shell.showPage(customerPlace);
        m_customerPage->open(id);
    });
    desktop.shell.addSearch({ u"people"_s, tr("Find customer “%1”"), [this, &desktop](const QString &text) {
                                 desktop.shell.showPage(customerPlace);
                                 m_customerPage->lookFor(text);
                             } });
    connect(&desktop.shell, &AppShell::findRequested, this, [this, &desktop] {
        if (desktop.shell.currentPage() == customerPlace)
            m_customerPage->find();
    });
    connect(&desktop.shell, &AppShell::refreshRequested, this, [this] {
        m_customers.reload();
        m_customer.reload();
    });
    connect(m_accountingPage, &AccountingPage::ticketWanted, &m_desk, &StaffDesk::openTicket);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_accounting, &AccountingViewModel::reload);
    connect(&m_accounting, &AccountingViewModel::changed, this, [this, &desktop] {
        desktop.shell.setAlert(accountingPlace, m_accounting.concerns());
    });
}

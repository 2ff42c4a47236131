#include "manager-client/manager_app.h"

#include "manager-client/features/accounting/accounting_page.h"

using namespace Qt::StringLiterals;

namespace {

constexpr int accountingPlace = 1; // after the tickets

} // namespace

AppIdentity ManagerApp::identity()
{
    return { u"sysops-manager"_s, u"Sysops Squad Manager"_s, api::staff, tr("managers") };
}

ManagerApp::ManagerApp(Desktop &desktop)
    : m_accounting(desktop.api, desktop.push)
    , m_accountingPage(new AccountingPage(m_accounting))
    , m_desk(desktop, { { u"scales"_s, tr("Accounting"), m_accountingPage } })
{
    connect(m_accountingPage, &AccountingPage::ticketWanted, &m_desk, &StaffDesk::openTicket);
    connect(&desktop.shell, &AppShell::refreshRequested, &m_accounting, &AccountingViewModel::reload);
    connect(&m_accounting, &AccountingViewModel::changed, this, [this, &desktop] {
        desktop.shell.setAlert(accountingPlace, m_accounting.concerns());
    });
}

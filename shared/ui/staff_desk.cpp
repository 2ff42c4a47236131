#include "shared/ui/staff_desk.h"

#include "shared/ui/account/account_page.h"
#include "shared/ui/ticket/ticket_list_page.h"

StaffDesk::StaffDesk(Desktop &desktop)
    : m_desktop(desktop)
    , m_list(desktop.api, desktop.push)
    , m_ticket(desktop.api, desktop.push)
    , m_account(desktop.api, desktop.session)
{
    auto *tickets = new TicketListPage(m_list, m_ticket);
    desktop.shell.setPages({
        { QStringLiteral("tickets"), tr("Tickets"), tickets },
        { QStringLiteral("person"), tr("Account"), new AccountPage(m_account, desktop.theme, desktop.vault) },
    });
    connect(&desktop.shell, &AppShell::findRequested, tickets, &TicketListPage::find);
    connect(&desktop.shell, &AppShell::refreshRequested, this, [this] {
        m_list.reload();
        m_ticket.reload();
        m_account.reload();
    });
}

StaffDesk::~StaffDesk()
{
    m_desktop.shell.setPages({}); // the pages look at the view-models, which go next
}

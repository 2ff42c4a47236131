#include "shared/ui/staff_desk.h"

#include "shared/ui/account/account_page.h"
#include "shared/ui/ticket/ticket_list_page.h"

StaffDesk::StaffDesk(Desktop &desktop, const QList<AppShell::Page> &own)
    : m_desktop(desktop)
    , m_list(desktop.api, desktop.push)
    , m_ticket(desktop.api, desktop.push)
    , m_account(desktop.api, desktop.session)
{
    m_tickets = new TicketListPage(m_list, m_ticket);
    QList<AppShell::Page> pages { { QStringLiteral("tickets"), tr("Tickets"), m_tickets } };
    pages += own;
    pages.append(
        { QStringLiteral("person"), tr("Account"), new AccountPage(m_account, desktop.theme, desktop.vault) }
    );
    desktop.shell.setPages(pages);
    desktop.shell.addSearch({ QStringLiteral("tickets"),
                              tr("Search all tickets for “%1”"),
                              [this](const QString &text) {
                                  m_desktop.shell.showPage(0);
                                  m_tickets->search(text);
                              } });
    connect(m_tickets, &TicketListPage::customerWanted, this, &StaffDesk::customerWanted);
    connect(&desktop.shell, &AppShell::findRequested, this, [this] {
        if (m_desktop.shell.currentPage() == 0)
            m_tickets->find();
    });
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

void StaffDesk::offerCustomer()
{
    m_tickets->offerCustomer();
}

void StaffDesk::openTicket(const api::TicketId &id)
{
    m_ticket.open(id);
    m_desktop.shell.showPage(0);
}

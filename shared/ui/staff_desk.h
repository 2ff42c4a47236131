#pragma once

#include "shared/ui/account/account_view_model.h"
#include "shared/ui/desktop.h"
#include "shared/ui/ticket/ticket_list_view_model.h"
#include "shared/ui/ticket/ticket_view_model.h"

class TicketListPage;

// What managers and administrators both have: the page of all tickets and their own account.
class StaffDesk : public QObject
{
    Q_OBJECT
public:
    // `own` are the app's own pages, which stand between the tickets and the account.
    explicit StaffDesk(Desktop &desktop, const QList<AppShell::Page> &own = {});
    ~StaffDesk() override;

    void openTicket(const api::TicketId &id); // on the page of all tickets
    void offerCustomer(); // from a ticket, where the app has a page of them

signals:
    void customerWanted(const api::AccountId &id);

private:
    Desktop &m_desktop;
    TicketListPage *m_tickets = nullptr;
    TicketListViewModel m_list;
    TicketViewModel m_ticket;
    AccountViewModel m_account;
};

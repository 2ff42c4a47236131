#pragma once

#include "shared/ui/account/account_view_model.h"
#include "shared/ui/desktop.h"
#include "shared/ui/ticket/ticket_list_view_model.h"
#include "shared/ui/ticket/ticket_view_model.h"

// What managers and administrators both have: the page of all tickets and their own account.
class StaffDesk : public QObject
{
    Q_OBJECT
public:
    // `own` are the app's own pages, which stand between the tickets and the account.
    explicit StaffDesk(Desktop &desktop, const QList<AppShell::Page> &own = {});
    ~StaffDesk() override;

    void openTicket(const api::TicketId &id); // on the page of all tickets

private:
    Desktop &m_desktop;
    TicketListViewModel m_list;
    TicketViewModel m_ticket;
    AccountViewModel m_account;
};

#pragma once

#include "server/push/push_hub.h"
#include "server/services/accounting/accounting_service.h"
#include "tests/server/matching/dispatch_probe.h"

// A working server without HTTP: tickets, matching, the feeds and the accounts, with a bus that carries their
// events. Tests look at the accounts by hand, so that each look is the test's.
class AccountingProbe
{
public:
    explicit AccountingProbe(AccountingService::Options options = quick());
    ~AccountingProbe();

    static AccountingService::Options quick();

    [[nodiscard]] DispatchProbe &world() { return m_world; }
    [[nodiscard]] Auditor::Sources sources();
    [[nodiscard]] AccountingService &accounting() { return *m_accounting; }

    // Lets all news arrive and looks until whatever is wrong has been seen often enough to be confirmed.
    void look(int times = 4);
    // Looks until every repair has shown whether it helped.
    void lookItThrough() { look(16); }

    [[nodiscard]] api::Accounting accounts();
    // "lost, altered": what is confirmed, each kind once, sorted; nothing for tickets that are in order.
    [[nodiscard]] QString differences();
    [[nodiscard]] QString repairs(); // the kinds that were mended and helped
    // Staff's messages of this type in the feed.
    [[nodiscard]] int toldStaff(const QString &type);
    [[nodiscard]] int told(api::AccountId account, api::TicketId ticket);

    // Behind the back of every service, and of the database's own rules.
    void corrupt(const QString &sql);

private:
    DispatchProbe m_world;
    std::unique_ptr<PushHub> m_hub;
    std::unique_ptr<TimerService> m_timers; // keeps them, and never fires: nothing happens by itself here
    std::unique_ptr<AccountingService> m_accounting;
};

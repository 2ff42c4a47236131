#include "manager-client/features/accounting/accounting_view_model.h"

using namespace std::chrono_literals;

namespace {

constexpr auto afterChange = 3s;
constexpr auto inQuiet = 30s;

} // namespace

AccountingViewModel::AccountingViewModel(ApiClient &api, PushChannel &push, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(afterChange);
    connect(&m_soon, &QTimer::timeout, this, &AccountingViewModel::reload);
    push.on<api::AccountingChanged>(this, [this](const api::AccountingChanged &) { reload(); });
    push.on<api::TicketChanged>(this, [this](const api::TicketChanged &) {
        if (!m_soon.isActive())
            m_soon.start();
    });
    connect(&push, &PushChannel::gap, this, &AccountingViewModel::reload);
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
    connect(&m_watch, &QTimer::timeout, this, &AccountingViewModel::reload);
    m_watch.start(inQuiet);
    reload();
}

void AccountingViewModel::reload()
{
    m_soon.stop();
    m_isStale = m_isLoading;
    if (m_isLoading)
        return;
    m_isLoading = true;
    m_api.call<api::accounting::Fetch>().then(this, [this](const Result<api::Accounting> &accounts) {
        m_isLoading = false;
        m_problem = accounts ? std::nullopt : std::optional(accounts.error());
        if (accounts)
            m_accounts = *accounts;
        if (std::exchange(m_isStale, false))
            reload();
        emit changed();
    });
}

int AccountingViewModel::concerns() const
{
    if (!m_accounts)
        return 0;
    return static_cast<int>(m_accounts->differenceCount + m_accounts->alarms.size());
}

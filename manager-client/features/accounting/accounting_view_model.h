#pragma once

#include "shared/api/accounting.h"
#include "shared/client/push_channel.h"

#include <QTimer>

// The accounts as they are: loaded when they come out of balance or back, and when tickets have moved, at
// most every few seconds. Somebody who watches a quiet system also wants to see that it is still being
// checked.
class AccountingViewModel : public QObject
{
    Q_OBJECT
public:
    AccountingViewModel(ApiClient &api, PushChannel &push, QObject *parent = nullptr);

    void reload();

    [[nodiscard]] const std::optional<api::Accounting> &accounts() const { return m_accounts; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }
    // How many things somebody should look at: differences and alarms.
    [[nodiscard]] int concerns() const;

signals:
    void changed();

private:
    ApiClient &m_api;
    std::optional<api::Accounting> m_accounts;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    bool m_isStale = false; // something happened while loading
    QTimer m_soon;
    QTimer m_watch;
};

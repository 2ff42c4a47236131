#pragma once

#include "shared/api/expert.h"
#include "shared/client/api_client.h"

// Whether the expert is on duty: asks the server, and changes it when the server has said yes.
class AvailabilityViewModel : public QObject
{
    Q_OBJECT
public:
    AvailabilityViewModel(ApiClient &api, const api::AccountId &me, QObject *parent = nullptr);

    void reload();
    void set(api::Availability availability);

    [[nodiscard]] const std::optional<api::Expert> &expert() const { return m_expert; }
    [[nodiscard]] bool isOnDuty() const
    {
        return m_expert && m_expert->availability == api::Availability::available;
    }
    [[nodiscard]] bool isBusy() const { return m_isBusy; }

signals:
    void changed();
    void refused(const Problem &problem);

private:
    void adopt(const Result<api::Expert> &expert);

    ApiClient &m_api;
    const api::AccountId m_me;
    std::optional<api::Expert> m_expert;
    bool m_isBusy = false;
};

#include "expert-client/features/availability/availability_view_model.h"

AvailabilityViewModel::AvailabilityViewModel(ApiClient &api, const api::AccountId &me, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_me(me)
{
    reload();
}

void AvailabilityViewModel::reload()
{
    m_api.call<api::expert::Fetch>(api::AccountRef { m_me })
        .then(this, [this](const Result<api::Expert> &expert) { adopt(expert); });
}

void AvailabilityViewModel::set(api::Availability availability)
{
    if (m_isBusy)
        return;
    m_isBusy = true;
    emit changed();
    m_api.call<api::expert::SetAvailability>(api::AvailabilityChange { availability })
        .then(this, [this](const Result<api::Expert> &expert) {
            m_isBusy = false;
            adopt(expert);
        });
}

void AvailabilityViewModel::adopt(const Result<api::Expert> &expert)
{
    if (expert)
        m_expert = *expert;
    emit changed();
    if (!expert)
        emit refused(expert.error());
}

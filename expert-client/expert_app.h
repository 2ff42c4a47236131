#pragma once

#include "expert-client/features/availability/availability_view_model.h"
#include "expert-client/features/job/job_list_view_model.h"
#include "expert-client/features/job/job_view_model.h"
#include "shared/ui/account/account_view_model.h"
#include "shared/ui/desktop.h"
#include "shared/ui/ticket/ticket_view_model.h"

class AvailabilitySwitch;
class ExpertProfile;
class JobPage;
class OfferBanner;

// What a signed-in expert works with: puts the features together and lets them meet. Lives until the
// sign-out.
class ExpertApp : public QObject
{
    Q_OBJECT
public:
    explicit ExpertApp(Desktop &desktop);
    ~ExpertApp() override;

    static AppIdentity identity();

private:
    void wireOffers();
    void wireAvailability();
    void onJobsChanged();
    void refreshOfferDetails();

    Desktop &m_desktop;
    JobListViewModel m_jobs;
    TicketViewModel m_ticket;
    JobViewModel m_job;
    AvailabilityViewModel m_availability;
    AccountViewModel m_account;
    JobPage *m_jobPage;
    ExpertProfile *m_profile;
    std::unique_ptr<AvailabilitySwitch> m_switch;
    std::unique_ptr<OfferBanner> m_offer;
};

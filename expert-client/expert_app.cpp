#include "expert-client/expert_app.h"

#include "expert-client/features/account/expert_profile.h"
#include "expert-client/features/availability/availability_switch.h"
#include "expert-client/features/job/job_page.h"
#include "expert-client/features/job/offer_banner.h"
#include "shared/ui/account/account_page.h"
#include "shared/ui/app_options.h"
#include "shared/ui/card.h"
#include "shared/ui/problem_words.h"

#include <QCheckBox>

using namespace Qt::StringLiterals;

namespace {

constexpr int jobsPage = 0;

QWidget *makeNotifyChoice(QSettings &settings)
{
    auto *choice
        = new QCheckBox(ExpertApp::tr("Show a new job on the desktop when another window is in front"));
    choice->setChecked(option::notify.in(settings));
    QObject::connect(choice, &QCheckBox::toggled, choice, [&settings](bool notify) {
        option::notify.set(settings, notify);
    });
    return choice;
}

} // namespace

AppIdentity ExpertApp::identity()
{
    return { u"sysops-expert"_s, u"Sysops Squad Expert"_s, api::Role::expert, tr("experts") };
}

ExpertApp::ExpertApp(Desktop &desktop)
    : m_desktop(desktop)
    , m_jobs(desktop.api, desktop.push, desktop.session.account().id)
    , m_ticket(desktop.api, desktop.push)
    , m_job(desktop.api)
    , m_availability(desktop.api, desktop.session.account().id)
    , m_account(desktop.api, desktop.session)
    , m_jobPage(new JobPage(m_jobs, m_ticket, m_job, desktop.session.account().id))
    , m_profile(new ExpertProfile)
    , m_switch(std::make_unique<AvailabilitySwitch>(m_availability))
    , m_offer(std::make_unique<OfferBanner>())
{
    auto *accountPage = new AccountPage(m_account, desktop.theme, desktop.vault);
    accountPage->addCard(new Card(u"bell"_s, tr("Notifications"), makeNotifyChoice(desktop.settings)));
    accountPage->addCard(new Card(u"wrench"_s, tr("Work"), m_profile));
    desktop.shell.setPages({
        { u"briefcase"_s, tr("Jobs"), m_jobPage },
        { u"person"_s, tr("Account"), accountPage },
    });
    desktop.shell.setHeaderWidget(m_switch.get());
    desktop.shell.setNotice(m_offer.get());
    connect(&desktop.shell, &AppShell::refreshRequested, this, [this] {
        m_jobs.reload();
        m_ticket.reload();
        m_availability.reload();
        m_account.reload();
    });
    connect(m_jobPage, &JobPage::said, &desktop.shell, &AppShell::say);
    connect(&m_jobs, &JobListViewModel::changed, this, &ExpertApp::onJobsChanged);
    wireOffers();
    wireAvailability();
}

ExpertApp::~ExpertApp()
{
    m_desktop.shell.setPages({}); // the pages look at the view-models, which go next
}

void ExpertApp::wireOffers()
{
    connect(&m_jobs, &JobListViewModel::offered, this, [this](const api::TicketSummary &job) {
        m_offer->offer(job);
        m_jobPage->setOffer(job.id);
        refreshOfferDetails();
        if (option::notify.in(m_desktop.settings)) {
            m_desktop.notifier.notify(
                tr("New job: %1").arg(job.subject), u"%1, %2 %3"_s.arg(job.contactName, job.city, job.zip)
            );
        }
    });
    connect(m_offer.get(), &OfferBanner::accepted, this, [this](const api::TicketId &id) {
        m_desktop.shell.showPage(jobsPage);
        m_jobPage->open(id);
        m_job.accept(id);
    });
    connect(m_offer.get(), &OfferBanner::rejected, m_jobPage, &JobPage::askToReject);
    connect(m_offer.get(), &OfferBanner::opened, this, [this](const api::TicketId &id) {
        m_desktop.shell.showPage(jobsPage);
        m_jobPage->open(id);
    });
    connect(&m_ticket, &TicketViewModel::changed, this, &ExpertApp::refreshOfferDetails);
    connect(&m_desktop.shell, &AppShell::pageChanged, this, &ExpertApp::refreshOfferDetails);
    connect(&m_job, &JobViewModel::busyChanged, this, [this] {
        m_offer->setBusy(m_job.busyWith().has_value());
    });
}

void ExpertApp::wireAvailability()
{
    connect(&m_desktop.push, &PushChannel::opened, this, [this] {
        if (!m_availability.expert())
            m_availability.reload();
    });
    connect(&m_availability, &AvailabilityViewModel::changed, this, [this] {
        m_jobPage->setOnDuty(m_availability.isOnDuty());
        if (m_availability.expert())
            m_profile->setExpert(*m_availability.expert());
    });
    connect(&m_availability, &AvailabilityViewModel::refused, this, [this](const Problem &problem) {
        m_desktop.shell.warn(sentence(problem));
    });
    connect(m_jobPage, &JobPage::onDutyWanted, this, [this] {
        m_availability.set(api::Availability::available);
    });
}

// An offer that is no longer one, whoever decided it, needs no answer.
void ExpertApp::onJobsChanged()
{
    m_desktop.shell.setCount(jobsPage, m_jobs.currentCount());
    const std::optional<api::TicketSummary> offered = m_offer->offered();
    if (!offered)
        return;
    const std::optional<int> row = m_jobs.model().rowOf(offered->id);
    const bool isOpen = row && m_jobs.isMine(m_jobs.model().at(*row))
        && m_jobs.model().at(*row).state == api::TicketState::assigned;
    if (isOpen)
        return;
    m_offer->withdraw(offered->id);
    m_jobPage->setOffer({});
}

void ExpertApp::refreshOfferDetails()
{
    const std::optional<api::TicketSummary> offered = m_offer->offered();
    m_offer->setDetailsShown(
        offered && m_ticket.id() == offered->id && m_desktop.shell.currentPage() == jobsPage
    );
}

#include "expert-client/features/job/job_list_view_model.h"

#include "shared/ui/words.h"

using namespace Qt::StringLiterals;

namespace {

using Summary = api::TicketSummary;

bool isOver(api::TicketState state)
{
    return state == api::TicketState::completed || state == api::TicketState::closed
        || state == api::TicketState::cancelled;
}

// Only the expert who has a job can turn it down or ask for another visit: perhaps on another device.
bool isOwnDoing(const QString &action)
{
    return action.startsWith("reject"_L1) || action.startsWith("revisit"_L1);
}

Summary summaryOf(const api::Ticket &ticket)
{
    return {
        .id = ticket.id,
        .number = ticket.number,
        .customerId = ticket.customerId,
        .contactName = ticket.contactName,
        .subject = ticket.subject,
        .productName = ticket.productName,
        .skill = ticket.skill,
        .priority = ticket.priority,
        .state = ticket.state,
        .city = ticket.address.city.toString(),
        .zip = ticket.address.zip.toString(),
        .region = ticket.region,
        .expert = ticket.expert,
        .waitingFor = ticket.waitingFor,
        .paused = ticket.paused,
        .escalation = ticket.escalation > 0 ? std::optional(ticket.escalation) : std::nullopt,
        .createdAt = ticket.createdAt,
        .updatedAt = ticket.updatedAt,
        .version = ticket.version,
    };
}

QList<JobListViewModel::Model::Column> columns()
{
    // One column: the delegate draws a card. The text is what a screen reader says.
    return { { JobListViewModel::tr("Job"), [](const Summary &job) {
                  return u"%1, %2, %3, %4"_s.arg(
                      job.number, words::standing(job).label, job.subject, job.contactName + u' ' + job.city
                  );
              } } };
}

} // namespace

JobListViewModel::JobListViewModel(
    ApiClient &api, PushChannel &push, const api::AccountId &me, QObject *parent
)
    : QObject(parent)
    , m_api(api)
    , m_me(me)
    , m_model(std::make_unique<Model>(&Summary::id, columns()))
{
    push.on<api::TicketChanged>(this, [this](const api::TicketChanged &change) { onChange(change); });
    connect(&push, &PushChannel::gap, this, &JobListViewModel::reload);
    connect(&push, &PushChannel::opened, this, [this] {
        if (m_problem)
            reload();
    });
    reload();
}

JobListViewModel::~JobListViewModel() = default;

bool JobListViewModel::isCurrent(const Summary &job) const
{
    return isMine(job) && !isOver(job.state);
}

int JobListViewModel::currentCount() const
{
    const auto &rows = m_model->rows();
    return static_cast<int>(std::ranges::count_if(rows, [this](const Summary &job) { return isCurrent(job); })
    );
}

void JobListViewModel::reload()
{
    ++m_generation;
    load(std::nullopt);
}

void JobListViewModel::loadMore()
{
    if (!m_isLoading && m_nextCursor)
        load(m_nextCursor);
}

void JobListViewModel::load(const std::optional<QString> &cursor)
{
    api::TicketQuery query;
    if (cursor)
        query.cursor = api::Cursor::parse(*cursor).value_or(api::Cursor());
    m_isLoading = true;
    m_api.call<api::ticket::List>(query).then(
        this,
        [this, generation = m_generation, isFirst = !cursor](const Result<api::Page<Summary>> &page) {
            if (generation == m_generation)
                onPage(page, isFirst);
        }
    );
    emit changed();
}

void JobListViewModel::onPage(const Result<api::Page<Summary>> &page, bool isFirst)
{
    m_isLoading = false;
    m_problem = page ? std::nullopt : std::optional(page.error());
    if (!page)
        return emit changed();
    m_nextCursor = page->nextCursor;
    const QList<Summary> before = m_model->rows();
    QList<Summary> jobs = isFirst ? QList<Summary>() : before;
    for (const Summary &job : page->items) {
        if (job.version >= m_newest.value(job.id))
            jobs += job;
        else if (const auto known = std::ranges::find(before, job.id, &Summary::id);
                 isFirst && known != before.end())
            jobs += *known; // the feed was quicker than this page
    }
    // An offer that arrived while the page was under way is in the list but not on the page.
    for (const Summary &job : before) {
        const bool isListed = std::ranges::find(jobs, job.id, &Summary::id) != jobs.end();
        if (!isListed && isCurrent(job) && m_announced.contains(job.id))
            jobs += job;
    }
    show(jobs);
    for (const Summary &job : page->items)
        announce(job);
}

void JobListViewModel::onChange(const api::TicketChanged &change)
{
    const Summary &job = change.ticket;
    const std::optional<int> row = m_model->rowOf(job.id);
    const bool wasCurrent = row && isCurrent(m_model->at(*row));
    if (!take(job))
        return;
    const bool isLost = !isMine(job) || job.state == api::TicketState::cancelled;
    if (wasCurrent && isLost && !isOwnDoing(change.action))
        emit taken(job, change.actor);
    announce(job);
}

void JobListViewModel::adopt(const api::Ticket &ticket)
{
    take(summaryOf(ticket));
}

bool JobListViewModel::take(const Summary &job)
{
    if (job.version <= m_newest.value(job.id))
        return false;
    m_newest.insert(job.id, job.version);
    const std::optional<int> row = m_model->rowOf(job.id);
    // What I worked on stays among the earlier ones; what I never began is no business of mine any more.
    const bool hasWorked
        = row && (m_model->at(*row).state == api::TicketState::inProgress || !isCurrent(m_model->at(*row)));
    if (isMine(job) || hasWorked)
        put(job);
    else if (row)
        remove(*row);
    return true;
}

void JobListViewModel::remove(int row)
{
    QList<Summary> jobs = m_model->rows();
    jobs.removeAt(row);
    show(jobs);
}

void JobListViewModel::put(const Summary &job)
{
    QList<Summary> jobs = m_model->rows();
    const auto known = std::ranges::find(jobs, job.id, &Summary::id);
    if (known == jobs.end())
        jobs += job;
    else
        *known = job;
    show(jobs);
}

void JobListViewModel::announce(const Summary &job)
{
    const bool isOffer = isMine(job) && job.state == api::TicketState::assigned;
    if (!isOffer || m_announced.value(job.id) >= job.version)
        return;
    m_announced.insert(job.id, job.version);
    emit offered(job);
}

void JobListViewModel::show(QList<Summary> jobs)
{
    std::ranges::stable_sort(jobs, [this](const Summary &a, const Summary &b) {
        if (isCurrent(a) != isCurrent(b))
            return isCurrent(a);
        return b.id < a.id;
    });
    for (const Summary &job : std::as_const(jobs))
        m_newest.insert(job.id, std::max(job.version, m_newest.value(job.id)));
    m_model->merge(jobs);
    emit changed();
}

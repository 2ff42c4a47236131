#include "server/events/postgres_bus.h"

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcBus, "squad.bus")

namespace {

constexpr int daysAhead = 7;

} // namespace

PostgresBus::PostgresBus(Database &database, Options options)
    : m_database(database)
    , m_options(std::move(options))
{
}

PostgresBus::~PostgresBus()
{
    stop();
}

void PostgresBus::subscribe(std::shared_ptr<const Consumer> consumer)
{
    Q_ASSERT(!m_doorbell);
    m_readers.push_back(std::make_unique<GroupReader>(m_database, std::move(consumer), m_options.policy));
}

void PostgresBus::watch(const QString &type, std::function<void()> action)
{
    Q_ASSERT(!m_doorbell);
    m_lookout.watch(type, std::move(action));
}

void PostgresBus::start()
{
    const auto rebased
        = m_database.transact(EventLog::role, [](Session &session) { return EventLog::rebase(session); });
    if (rebased && *rebased)
        qCWarning(lcBus
        ) << "the event log came from another cluster; what was unread goes through the retries";
    maintain();
    for (const auto &reader : m_readers)
        reader->start();
    m_lookout.start();
    m_line = std::make_unique<NodeLine>(m_options.url, "squad_bus", [this](const QStringList &types) {
        if (types.isEmpty())
            return wake();
        for (const QString &type : types)
            wakeFor(type);
    });
    m_doorbell = std::make_unique<Doorbell>([this](const QString &type) {
        wakeFor(type);
        m_line->tell(type);
    });
    m_stopping = false;
    m_upkeep = std::thread([this] { keepUp(); });
}

void PostgresBus::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_upkeep.joinable())
        m_upkeep.join();
    m_doorbell.reset();
    m_line.reset();
    m_lookout.stop();
    for (const auto &reader : m_readers)
        reader->stop();
}

void PostgresBus::wake()
{
    m_lookout.sawAnything();
    for (const auto &reader : m_readers)
        reader->wake();
}

void PostgresBus::wakeFor(const QString &type)
{
    m_lookout.saw(type);
    for (const auto &reader : m_readers) {
        if (reader->consumer().wants(type))
            reader->wake();
    }
}

Result<QList<GroupHealth>> PostgresBus::health()
{
    const auto standings = TRY(m_database.transact(EventLog::role, [](Session &session) {
        return EventLog::standings(session);
    }));
    QList<GroupHealth> groups;
    for (const GroupStanding &standing : standings) {
        const auto here = std::ranges::find_if(m_readers, [&](const auto &reader) {
            return reader->consumer().group() == standing.group;
        });
        groups += GroupHealth {
            .group = standing.group,
            .waiting = standing.waiting,
            .retrying = standing.retrying,
            .dead = standing.dead,
            .oldestWaiting = standing.oldestWaiting,
            .running = here != m_readers.end() && (*here)->isRunning(),
            .stalled = standing.oldestWaiting
                && std::max(*standing.oldestWaiting, standing.movedAt) + m_options.policy.stallAfter
                    < standing.now,
        };
    }
    return groups;
}

Result<QList<DeadLetter>> PostgresBus::deadLetters(int limit)
{
    return m_database.transact(EventLog::role, [&](Session &session) {
        return EventLog::deadLetters(session, limit);
    });
}

Result<void> PostgresBus::replay(const QString &group, EventId event)
{
    const bool found = TRY(m_database.transact(EventLog::role, [&](Session &session) -> Result<bool> {
        return EventLog::replay(session, group, event);
    }));
    if (!found)
        return fail(Problem::notFound(u"There is no such dead letter."_s));
    wake();
    if (m_line)
        m_line->tell({});
    return {};
}

void PostgresBus::keepUp()
{
    std::unique_lock lock(m_mutex);
    while (!m_changed.wait_for(lock, m_options.upkeep, [this] { return m_stopping; })) {
        lock.unlock();
        maintain();
        reportStalls();
        lock.lock();
    }
}

// What fails here is logged by the database and tried again next time: to publish does not depend on it.
void PostgresBus::maintain()
{
    static_cast<void>(m_database.transact(EventLog::role, [this](Session &session) {
        return EventLog::maintain(session, m_options.keep, daysAhead);
    }));
}

void PostgresBus::reportStalls()
{
    const auto groups = health();
    if (!groups)
        return;
    for (const GroupHealth &group : *groups) {
        if (group.stalled)
            qCCritical(lcBus).noquote() << group.group << "stands still with" << group.waiting
                                        << "events waiting since" << toText(*group.oldestWaiting);
    }
}

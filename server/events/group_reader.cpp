#include "server/events/group_reader.h"

#include <QRandomGenerator>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcGroup, "squad.bus")

namespace {

constexpr auto firstPause = 20ms;
constexpr auto longestTrouble = 5000ms;
constexpr auto longestHeld = 500ms;

std::chrono::milliseconds doubled(std::chrono::milliseconds first, int times, std::chrono::milliseconds limit)
{
    return std::min(limit, first * (1L << std::clamp(times, 0, 30)));
}

// Between three and five quarters of it, so that what failed together does not come back together.
std::chrono::milliseconds jittered(std::chrono::milliseconds time)
{
    return time * 3 / 4
        + std::chrono::milliseconds(QRandomGenerator::global()->bounded(qint64(time.count() / 2 + 1)));
}

// For the dead letter: what kind of failure, its stable code, and what it said.
QString storyOf(const Problem &problem)
{
    QString story = QString(traits(problem.kind).slug);
    if (!problem.code.isEmpty())
        story += u' ' + problem.code;
    story += u": "_s + problem.detail;
    for (const FieldError &field : problem.fields)
        story += u' ' + field.pointer + u' ' + field.detail + u';';
    return story.left(2000);
}

Problem stopping()
{
    return Problem::unavailable(u"The server is stopping."_s);
}

} // namespace

GroupReader::GroupReader(
    Database &database, std::shared_ptr<const Consumer> consumer, const ReadPolicy &policy
)
    : m_database(database)
    , m_consumer(std::move(consumer))
    , m_policy(policy)
    , m_batch(policy.batch)
{
}

GroupReader::~GroupReader()
{
    stop();
}

void GroupReader::start()
{
    m_stopping = false;
    m_lastTurn = Clock::now().time_since_epoch().count();
    m_thread = std::thread([this] { run(); });
}

void GroupReader::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void GroupReader::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_one();
}

bool GroupReader::isRunning() const
{
    const Clock::duration age = Clock::now().time_since_epoch() - Clock::duration(m_lastTurn);
    return m_thread.joinable() && !m_stopping && age < m_policy.stallAfter + m_policy.poll;
}

void GroupReader::run()
{
    while (!m_stopping) {
        const Turn turn = takeTurn();
        m_lastTurn = Clock::now().time_since_epoch().count();
        pause(turn);
    }
}

GroupReader::Turn GroupReader::takeTurn()
{
    if (!m_subscribed) {
        const auto subscribed = m_database.transact(EventLog::role, [&](Session &session) {
            return EventLog::subscribe(session, *m_consumer);
        });
        if (!subscribed)
            return Turn::troubled;
        m_subscribed = true;
    }
    // In turns, so that failures which come back faster than they can be tried do not keep the log waiting.
    m_retried = !m_retried && Clock::now() >= m_retryAt;
    return m_retried ? retryDue() : readBatch();
}

GroupReader::Turn GroupReader::readBatch()
{
    const int limit = nextLimit();
    const Clock::time_point begin = Clock::now();
    Progress progress;
    const auto read = m_database.transact(m_consumer->role(), [&](Session &session) {
        return handleBatch(session, limit, progress);
    });
    if (m_stopping)
        return Turn::idle;
    if (!read)
        return narrow(progress, read.error());
    if (progress.fetched == 0)
        return rest(progress.outlook);
    adapt(std::chrono::duration_cast<Milliseconds>(Clock::now() - begin));
    m_isCaughtUp = progress.fetched < limit;
    return Turn::progress;
}

// May run twice, if the database asks for it: nothing of the first time may be left in `progress`.
Result<void> GroupReader::handleBatch(Session &session, int limit, Progress &progress)
{
    progress = {};
    const QList<Event> events = TRY(EventLog::fetch(session, m_consumer->group(), limit));
    if (events.isEmpty()) {
        progress.outlook = TRY(EventLog::outlook(session, m_consumer->group()));
        return {};
    }
    progress.fetched = events.size();
    progress.current = events.first().id;
    TRY(m_consumer->beginBatch(session));
    for (const Event &event : events) {
        if (m_stopping)
            return fail(stopping());
        progress.current = event.id;
        TRY(m_consumer->handle(session, event));
        ++progress.handled;
    }
    progress.current = {};
    if (events.size() == 1)
        progress.current = events.first().id; // then the end of the batch is its doing as well
    return m_consumer->endBatch(session);
}

GroupReader::Turn GroupReader::rest(const Outlook &outlook)
{
    m_nextLimit = 0;
    m_singles = 0;
    // Another node may have parked something that this one does not know of.
    m_retryAt = Clock::now() + m_policy.poll;
    if (outlook.retryInMs)
        expectRetryIn(Milliseconds(*outlook.retryInMs));
    if (!outlook.held)
        return Turn::heldElsewhere;
    return outlook.behind ? Turn::progress : Turn::idle;
}

// Something in the batch failed: find it with ever smaller batches, and set it aside.
GroupReader::Turn GroupReader::narrow(const Progress &progress, const Problem &problem)
{
    if (progress.fetched == 0)
        return Turn::troubled; // the log itself could not be read
    if (progress.fetched == 1)
        return park(progress.current, problem);
    if (progress.handled < progress.fetched) {
        m_nextLimit = static_cast<int>(progress.handled);
        m_singles = 1;
    } else {
        m_singles = progress.fetched; // the end of the batch or its commit: any of them may be the reason
    }
    return Turn::progress;
}

GroupReader::Turn GroupReader::park(EventId event, const Problem &problem)
{
    const Verdict judged = verdict(problem, 1);
    qCWarning(lcGroup).noquote() << m_consumer->group() << "failed on" << event.toString() << judged.error;
    const auto parked = m_database.transact(m_consumer->role(), [&](Session &session) {
        return EventLog::park(session, m_consumer->group(), event, judged);
    });
    if (!parked)
        return Turn::troubled;
    expectRetryIn(judged.delay);
    return Turn::progress;
}

GroupReader::Turn GroupReader::retryDue()
{
    std::optional<FailedEvent> failed;
    const auto retried = m_database.transact(m_consumer->role(), [&](Session &session) -> Result<void> {
        failed = TRY(EventLog::takeRetry(session, m_consumer->group()));
        if (!failed)
            return {};
        if (m_stopping)
            return fail(stopping());
        TRY(m_consumer->beginBatch(session));
        TRY(m_consumer->handle(session, failed->event));
        return m_consumer->endBatch(session);
    });
    if (m_stopping)
        return Turn::idle;
    if (!retried && !failed)
        return Turn::troubled;
    if (!failed) {
        m_retryAt = Clock::now() + m_policy.poll; // the next look at the log says when exactly
        return Turn::progress;
    }
    if (retried)
        return Turn::progress; // m_retryAt has passed: the next one is due at once if there is one

    const Verdict judged = verdict(retried.error(), failed->attempts + 1);
    const bool dead = failed->attempts + 1 >= judged.maxAttempts;
    qCWarning(lcGroup).noquote() << m_consumer->group() << (dead ? "gave up on" : "failed again on")
                                 << failed->event.id.toString() << judged.error;
    const auto deferred = m_database.transact(m_consumer->role(), [&](Session &session) {
        return EventLog::defer(session, m_consumer->group(), failed->seq, judged);
    });
    return deferred ? Turn::progress : Turn::troubled;
}

int GroupReader::nextLimit()
{
    if (m_nextLimit > 0)
        return std::exchange(m_nextLimit, 0);
    if (m_singles > 0) {
        --m_singles;
        return 1;
    }
    return m_batch;
}

void GroupReader::adapt(Milliseconds took)
{
    if (took > m_policy.batchTime)
        m_batch = std::max(1, m_batch / 2);
    else if (took < m_policy.batchTime / 4)
        m_batch = std::min(m_policy.batch, m_batch * 2);
}

void GroupReader::expectRetryIn(Milliseconds delay)
{
    m_retryAt = std::min(m_retryAt, Clock::now() + delay);
}

void GroupReader::pause(Turn turn)
{
    if (turn == Turn::progress) {
        m_setbacks = 0;
        if (std::exchange(m_isCaughtUp, false)) {
            std::unique_lock lock(m_mutex);
            gather(lock);
        }
        return;
    }
    Clock::time_point until = std::min(m_retryAt, Clock::now() + m_policy.poll);
    const bool mayWake = turn != Turn::troubled; // news are no reason to ask a database in trouble more often
    if (turn == Turn::troubled)
        until = Clock::now() + jittered(doubled(firstPause, m_setbacks++, longestTrouble));
    else if (turn == Turn::heldElsewhere)
        until = Clock::now() + jittered(doubled(firstPause, m_setbacks++, longestHeld));
    else
        m_setbacks = 0;
    std::unique_lock lock(m_mutex);
    m_changed.wait_until(lock, until, [&] { return m_stopping || (mayWake && m_woken); });
    if (m_woken)
        gather(lock);
    m_woken = false;
}

// Lets what comes one by one come together, where nobody waits for it.
void GroupReader::gather(std::unique_lock<std::mutex> &lock)
{
    const auto patience = m_policy.patience.constFind(m_consumer->group());
    if (patience != m_policy.patience.constEnd())
        m_changed.wait_for(lock, *patience, [this] { return m_stopping.load(); });
}

Verdict GroupReader::verdict(const Problem &problem, int attempts) const
{
    const Milliseconds delay = doubled(m_policy.firstRetry, attempts - 1, m_policy.lastRetry);
    return { storyOf(problem), jittered(delay), m_policy.attempts };
}

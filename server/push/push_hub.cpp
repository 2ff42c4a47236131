#include "server/push/push_hub.h"

#include <QThread>
#include <QWebSocket>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcPush, "squad.push")

namespace {

constexpr auto retryPause = 500ms;
constexpr auto trimEvery = 10min;
constexpr int trimAtOnce = 5000;

} // namespace

PushHub::PushHub(Database &database, Options options)
    : m_database(database)
    , m_options(std::move(options))
    , m_backlog(database)
{
}

PushHub::~PushHub()
{
    stop();
}

void PushHub::start()
{
    m_stopping = false;
    catchUp();
    m_thread = std::thread([this] { keepUp(); });
    m_line
        = std::make_unique<NodeLine>(m_options.url, "squad_push", [this](const QStringList &) { refresh(); });
}

void PushHub::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_line.reset();
    if (m_thread.joinable())
        m_thread.join();
    storeAcknowledgements();
}

void PushHub::accept(const Caller &caller, QWebSocket *socket)
{
    const auto refuse = [&](PushClose code, const QString &why) {
        socket->close(static_cast<QWebSocketProtocol::CloseCode>(code), why);
    };
    PushLane *lane = laneOfThisThread();
    if (lane == nullptr)
        return refuse(PushClose::retry, u"The server is starting or stopping."_s);
    if (!enter(caller))
        return refuse(PushClose::refused, u"Too many connections of one account."_s);
    new PushSession(*this, *lane, caller, socket); // the socket's child
}

void PushHub::deliver(const QList<FeedRow> &rows)
{
    if (rows.isEmpty())
        return;
    bool continues = false;
    {
        const std::lock_guard lock(m_mutex);
        continues = m_delivered && rows.first().seq == *m_delivered + 1;
        if (continues)
            post(rows);
    }
    if (!continues)
        refresh();
    if (m_line)
        m_line->tell({});
}

void PushHub::dismissEnded()
{
    const std::lock_guard lock(m_mutex);
    for (const auto &lane : std::as_const(m_lanes))
        QMetaObject::invokeMethod(lane.get(), &PushLane::dismissEnded, Qt::QueuedConnection);
}

int PushHub::sessions() const
{
    const std::lock_guard lock(m_mutex);
    int count = 0;
    for (const int each : m_present)
        count += each;
    return count;
}

void PushHub::acknowledge(api::AccountId account, qint64 seq)
{
    const std::lock_guard lock(m_mutex);
    qint64 &known = m_acknowledged[Audience::of(account).name()];
    known = std::max(known, seq);
}

bool PushHub::enter(const Caller &caller)
{
    const std::lock_guard lock(m_mutex);
    int &present = m_present[caller.account];
    if (present >= m_options.limits.sessionsPerAccount)
        return false;
    ++present;
    return true;
}

void PushHub::leave(const Caller &caller)
{
    const std::lock_guard lock(m_mutex);
    if (--m_present[caller.account] == 0)
        m_present.remove(caller.account);
}

// A new lane starts where the hub is at this moment, and gets everything from there.
PushLane *PushHub::laneOfThisThread()
{
    const std::lock_guard lock(m_mutex);
    if (!m_delivered || m_stopping)
        return nullptr;
    std::shared_ptr<PushLane> &lane = m_lanes[QThread::currentThread()];
    if (!lane
        || lane->thread()
            != QThread::currentThread()) { // a thread that is gone may have had the same address
        lane = std::make_shared<PushLane>();
        lane->skipTo(*m_delivered);
    }
    return lane.get();
}

// Under the lock, so that every lane gets all messages in one order.
void PushHub::post(const QList<FeedRow> &rows)
{
    m_delivered = rows.last().seq;
    for (const auto &lane : std::as_const(m_lanes))
        QMetaObject::invokeMethod(
            lane.get(), [lane = lane.get(), rows] { lane->deliver(rows); }, Qt::QueuedConnection
        );
}

void PushHub::refresh()
{
    {
        const std::lock_guard lock(m_mutex);
        m_refreshWanted = true;
    }
    m_changed.notify_all();
}

void PushHub::keepUp()
{
    auto nextUpkeep = std::chrono::steady_clock::now() + m_options.upkeep;
    auto nextTrim = std::chrono::steady_clock::now();
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        m_changed.wait_until(lock, nextUpkeep, [this] { return m_stopping || m_refreshWanted; });
        m_refreshWanted = false;
        lock.unlock();
        // Also without being told to: a node may have died between its commit and its word to the others.
        const bool isUpToDate = catchUp();
        if (const auto now = std::chrono::steady_clock::now(); now >= nextUpkeep) {
            storeAcknowledgements();
            nextUpkeep = now + m_options.upkeep;
            if (now >= nextTrim) {
                trim();
                nextTrim = now + trimEvery;
            }
        }
        lock.lock();
        if (!isUpToDate) {
            m_changed.wait_for(lock, retryPause, [this] { return m_stopping; });
            m_refreshWanted = true;
        }
    }
}

// Delivers what others have appended. False if the feed could not be read.
bool PushHub::catchUp()
{
    std::optional<qint64> from;
    {
        const std::lock_guard lock(m_mutex);
        from = m_delivered;
    }
    const auto found = m_database.transact(PushFeed::role, [&](Session &session) -> Result<QList<FeedRow>> {
        if (from)
            return PushFeed::after(session, *from, mostAtOnce + 1);
        from = TRY(PushFeed::head(session));
        return QList<FeedRow>();
    });
    if (!found)
        return false;

    const std::lock_guard lock(m_mutex);
    if (!m_delivered) {
        m_delivered = from;
        return true;
    }
    QList<FeedRow> rows = *found;
    const bool isFarBehind = rows.size() > mostAtOnce;
    rows.removeIf([this](const FeedRow &row) { return row.seq <= *m_delivered; }
    ); // delivered from here meanwhile
    if (rows.isEmpty())
        return true;
    if (!isFarBehind) {
        post(rows);
        return true;
    }
    m_delivered = rows.last().seq;
    for (const auto &lane : std::as_const(m_lanes))
        QMetaObject::invokeMethod(
            lane.get(), [lane = lane.get(), head = *m_delivered] { lane->skipTo(head); }, Qt::QueuedConnection
        );
    m_refreshWanted = true; // there may be as many again
    return true;
}

void PushHub::storeAcknowledgements()
{
    QHash<QString, qint64> seen;
    {
        const std::lock_guard lock(m_mutex);
        seen.swap(m_acknowledged);
    }
    if (seen.isEmpty())
        return;
    // Lost if the database is away: then a little more is kept for a little longer.
    static_cast<void>(m_database.transact(PushFeed::role, [&](Session &session) {
        return PushFeed::acknowledge(session, seen);
    }));
}

void PushHub::trim()
{
    for (;;) {
        const auto trimmed = m_database.transact(PushFeed::role, [this](Session &session) {
            return PushFeed::trim(session, m_options.retention, trimAtOnce);
        });
        if (!trimmed || *trimmed < trimAtOnce)
            return;
    }
}

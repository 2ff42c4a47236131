#include "server/services/notification/message_sender.h"

#include "server/services/notification/delivery_rules.h"

using namespace Qt::StringLiterals;
using api::MessageState;
using delivery_store::Settlement;
using notification_store::MessageRow;

Q_LOGGING_CATEGORY(lcNotification, "squad.notification")

namespace {

constexpr const char *role = notification_store::role;
constexpr int mostDoublings = 16;
constexpr auto databaseSlack = std::chrono::minutes(1);

} // namespace

MessageSender::MessageSender(
    Database &database,
    MessageVendor &vendor,
    api::MessageChannel channel,
    Clocks clocks,
    const Options &options
)
    : m_database(database)
    , m_vendor(vendor)
    , m_channel(channel)
    , m_clocks(clocks)
    , m_options(options)
{
}

MessageSender::~MessageSender()
{
    stop();
}

void MessageSender::start()
{
    m_stopping = false;
    m_thread = std::thread([this] { run(); });
}

void MessageSender::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void MessageSender::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_one();
}

MessageSender::Health MessageSender::lastHealth() const
{
    const std::lock_guard lock(m_mutex);
    return m_health;
}

void MessageSender::run()
{
    while (!m_stopping) {
        if (!turn())
            rest();
    }
}

bool MessageSender::turn()
{
    {
        const std::lock_guard lock(m_mutex);
        m_woken = false;
    }
    const auto taken = take();
    if (!taken) {
        qCWarning(lcNotification).noquote() << "messages wait:" << taken.error().detail;
        return false;
    }
    bool isAway = false;
    for (const MessageRow &message : *taken) {
        // What was taken along with it waits for the vendor, or for another node.
        const Settlement settlement = isAway || m_stopping
            ? settlementOf(message, { DeliveryOutcome::away, u"It was not its turn."_s })
            : send(message);
        isAway = isAway || settlement.outcome == DeliveryOutcome::away;
        settle(settlement);
    }
    if (!taken->isEmpty())
        m_absences = isAway ? m_absences + 1 : 0;
    return !isAway && !taken->isEmpty();
}

Result<QList<MessageRow>> MessageSender::take()
{
    const Instant now = m_clocks.clock.now();
    const Instant realNow = m_clocks.real.now();
    // A vendor that was away is tried with one.
    const int limit = m_absences > 0 ? 1 : m_options.batch;
    const delivery_store::Claim wanted {
        m_channel, m_vendor.name(), now, realNow, realNow + limit * m_vendor.patience() + databaseSlack, limit
    };
    Health health;
    const auto taken = m_database.transact(role, [&](Session &session) -> Result<QList<MessageRow>> {
        TRY(delivery_store::expire(session, now));
        TRY(delivery_store::bury(session, realNow));
        health.backlog = TRY(delivery_store::backlog(session, m_channel, now));
        return delivery_store::claim(session, wanted);
    });
    if (taken) {
        const std::lock_guard lock(m_mutex);
        m_health.backlog = health.backlog;
        m_health.isStalled
            = health.backlog.oldest && now - *health.backlog.oldest > m_options.stallAfter && m_absences > 0;
    }
    return taken;
}

Settlement MessageSender::send(const MessageRow &message)
{
    const Mail mail { message.id.toString(),
                      message.name,
                      message.address.value_or(QString()),
                      { message.subject, message.text, message.html },
                      m_clocks.clock.now() };
    const Delivery delivery = m_vendor.deliver(mail);
    {
        const std::lock_guard lock(m_mutex);
        m_health.trouble = delivery.detail;
    }
    return settlementOf(message, delivery);
}

Settlement MessageSender::settlementOf(const MessageRow &message, const Delivery &delivery) const
{
    const Instant now = m_clocks.clock.now();
    Settlement done {
        message.id, MessageState::dead, delivery.outcome, delivery.detail, message.tries, message.nextAt,
        {},         m_clocks.real.now()
    };
    switch (delivery.outcome) {
    case DeliveryOutcome::sent:
        done.state = MessageState::sent;
        done.sentAt = now;
        break;
    case DeliveryOutcome::away:
        done.state = MessageState::waiting;
        break;
    case DeliveryOutcome::later:
        ++done.tries;
        if (const auto next = nextTryAt(now, done.tries, message.expiresAt)) {
            done.state = MessageState::waiting;
            done.nextAt = *next;
        }
        break;
    case DeliveryOutcome::refused:
    case DeliveryOutcome::unknown:
        break;
    }
    if (done.detail.isEmpty() && done.state != MessageState::sent)
        done.detail = u"The vendor gave no reason."_s;
    return done;
}

void MessageSender::settle(const Settlement &settlement)
{
    const auto write = [&] {
        return m_database.transact(role, [&](Session &session) {
            return delivery_store::settle(session, settlement);
        });
    };
    Result<void> written = write();
    // How it ended is not forgotten for a moment's trouble; after that the lease ends, and it is a dead
    // letter.
    if (!written)
        written = write();
    if (!written)
        qCWarning(lcNotification).noquote()
            << settlement.id.toString() << "was" << enumName(settlement.outcome)
            << "and that could not be written down:" << written.error().detail;
}

void MessageSender::rest()
{
    std::unique_lock lock(m_mutex);
    auto span = m_options.look;
    if (m_absences > 0)
        span = std::min(
            m_options.firstPause * (1 << std::min(m_absences - 1, mostDoublings)), m_options.lastPause
        );
    // Whoever has something new to send is no reason to ask a vendor that is away.
    m_changed.wait_for(lock, span, [this] { return m_stopping || (m_woken && m_absences == 0); });
}

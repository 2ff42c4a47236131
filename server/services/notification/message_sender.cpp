#include "server/services/notification/message_sender.h"

#include "server/services/notification/delivery_rules.h"

using namespace Qt::StringLiterals;
using api::MessageState;
using delivery_store::Settlement;
using notification_store::MessageRow;

Q_LOGGING_CATEGORY(lcNotification, "squad.notification")

namespace {

constexpr const char *role = notification_store::role;
constexpr auto databaseSlack = std::chrono::minutes(1);

} // namespace

MessageSender::MessageSender(
    Database &database,
    VendorPool &vendors,
    api::MessageChannel channel,
    Clocks clocks,
    const Options &options
)
    : m_database(database)
    , m_vendors(vendors)
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
    const auto by = m_vendors.next(m_clocks.real.now(), m_options.batch);
    const auto taken = take(by);
    if (!taken) {
        qCWarning(lcNotification).noquote() << "messages wait:" << taken.error().detail;
        return false;
    }
    bool isLost = false; // the vendor: what was taken along waits for it to come back, or for another one
    for (const MessageRow &message : *taken) {
        const Delivery delivery = isLost || m_stopping
            ? Delivery { DeliveryOutcome::away, u"It was not its turn."_s }
            : send(message, *by);
        isLost = isLost || delivery.outcome == DeliveryOutcome::away
            || delivery.outcome == DeliveryOutcome::unknown;
        settle(settlementOf(message, delivery));
    }
    return !taken->isEmpty();
}

Result<QList<MessageRow>> MessageSender::take(const std::optional<VendorPool::Turn> &by)
{
    const Instant now = m_clocks.clock.now();
    const Instant realNow = m_clocks.real.now();
    delivery_store::Backlog backlog;
    const auto taken = m_database.transact(role, [&](Session &session) -> Result<QList<MessageRow>> {
        TRY(delivery_store::expire(session, now));
        TRY(delivery_store::bury(session, realNow));
        backlog = TRY(delivery_store::backlog(session, m_channel, now));
        if (!by)
            return QList<MessageRow>();
        const Instant until = realNow + by->limit * by->vendor->patience() + databaseSlack;
        return delivery_store::claim(
            session, { m_channel, by->vendor->name(), now, realNow, until, by->limit }
        );
    });
    if (taken) {
        if (by)
            m_vendors.take(*by, static_cast<int>(taken->size()));
        const std::lock_guard lock(m_mutex);
        m_health.backlog = backlog;
        m_health.missed = m_vendors.missed();
        m_health.isStalled
            = backlog.oldest && now - *backlog.oldest > m_options.stallAfter && m_vendors.isDeserted();
    }
    return taken;
}

Delivery MessageSender::send(const MessageRow &message, const VendorPool::Turn &by)
{
    const Mail mail { message.id.toString(),
                      message.name,
                      message.address.value_or(QString()),
                      { message.subject, message.text, message.html },
                      m_clocks.clock.now() };
    const Delivery delivery = by.vendor->deliver(mail);
    m_vendors.report(by, delivery.outcome, m_clocks.real.now());
    const std::lock_guard lock(m_mutex);
    m_health.trouble = delivery.detail;
    return delivery;
}

Settlement MessageSender::settlementOf(const MessageRow &message, const Delivery &delivery) const
{
    const Instant now = m_clocks.clock.now();
    Settlement done { message.id,         MessageState::dead, delivery.outcome, delivery.detail,
                      delivery.vendorRef, message.tries,      message.nextAt,   {},
                      m_clocks.real.now() };
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
    const auto pause = m_vendors.pause(m_clocks.real.now());
    const bool isAnybodyThere = pause.count() == 0;
    std::unique_lock lock(m_mutex);
    // Whoever has something new to send is no reason to ask a vendor that is away.
    m_changed.wait_for(lock, isAnybodyThere ? m_options.look : pause, [&] {
        return m_stopping || (m_woken && isAnybodyThere);
    });
}

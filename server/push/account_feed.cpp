#include "server/push/account_feed.h"

#include "server/events/consumer.h"
#include "server/push/push_feed.h"
#include "server/push/push_hub.h"
#include "server/services/billing/billing_events.h"
#include "server/services/catalog/catalog_events.h"
#include "server/services/payment/payment_events.h"

namespace {

// All of them are keyed by the customer.
constexpr std::array types {
    SubscriptionOrdered::type,   SubscriptionActivated::type, SubscriptionPaused::type,
    SubscriptionCancelled::type, InvoiceIssued::type,         InvoicePaid::type,
    StandingChanged::type,       ChargeRefunded::type,        CardChanged::type,
    DeviceRegistered::type,      DeviceRemoved::type,
};

struct Gathered
{
    QMap<api::AccountId, Instant> customers; // and when it was last
};

Result<void> append(Session &session, const Gathered &gathered, PushHub &hub)
{
    QList<PushFeed::News> news;
    for (const auto &[customer, at] : gathered.customers.toStdMap()) {
        const QJsonObject change = json::encode(api::AccountChanged { customer }).toObject();
        const PushFeed::Entry entry { Audience::of(customer), toQString(api::AccountChanged::type), change };
        news += PushFeed::News { { entry }, at };
    }
    const QList<FeedRow> rows = TRY(PushFeed::append(session, news));
    session.afterCommit([&hub, rows] { hub.deliver(rows); });
    return {};
}

} // namespace

void addAccountFeed(Consumer &consumer, PushHub &hub)
{
    for (const std::string_view type : types) {
        consumer.onType(toQString(type), [&hub](Session &session, const Event &event) -> Result<void> {
            const auto customer = api::AccountId::parse(event.key);
            if (!customer)
                return fail(Problem::internal(QStringLiteral("The event is about nobody.")));
            auto &gathered = session.gathered<Gathered>();
            if (gathered.customers.isEmpty())
                session.beforeCommit([&session, &gathered, &hub] { return append(session, gathered, hub); });
            gathered.customers.insert(*customer, event.occurredAt);
            return {};
        });
    }
}

#include "tests/server/billing/billing_probe.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

BillingProbe::BillingProbe(Instant start)
    : m_timers(m_payment.database(), clock())
    , m_billing(clock(), [this](api::AccountId) { return m_place; })
    , m_bus(m_payment.database(), { .url = m_payment.test().url() })
{
    clock().set(start);
    m_payment.start();
    m_timers.watch(m_bus);
    m_bus.subscribe(m_timers.consumer());
    m_bus.subscribe(m_billing.consumer());
    m_bus.start();
    m_timers.start();
}

BillingProbe::~BillingProbe()
{
    m_timers.stop();
    m_bus.stop();
    m_payment.stop();
}

SubscriptionActivated BillingProbe::planOf(const Caller &who, qint64 minor, api::Period period)
{
    return { api::SubscriptionId::make(),
             who.account,
             api::PlanId::make(),
             { u"led-tv"_s },
             api::Priority::normal,
             {},
             PlanTerms { u"Home"_s, { minor, u"USD"_s }, period, clock().now() } };
}

api::SubscriptionId BillingProbe::activate(const Caller &who, qint64 minor, api::Period period)
{
    const SubscriptionActivated plan = planOf(who, minor, period);
    publish("squad_catalog", who, plan);
    settle();
    return plan.subscriptionId;
}

void BillingProbe::cancel(const Caller &who, api::SubscriptionId id)
{
    publish("squad_catalog", who, SubscriptionCancelled { id, who.account });
    settle();
}

void BillingProbe::pass(std::chrono::milliseconds time)
{
    passUntil(clock().now() + time);
}

void BillingProbe::passUntil(Instant instant)
{
    clock().set(instant);
    m_timers.wake();
    settle();
}

bool BillingProbe::isQuiet()
{
    // The clock stands still, so what is due is the timers' to fire.
    const QByteArray now = toText(clock().now()).toLatin1();
    if (number("select count(*) from timer.timer where due_at <= '" + now + '\'') > 0
        || number("select count(*) from payment.transfer where settled_at is null") > 0)
        return false;
    const auto health = m_bus.health();
    return health && std::ranges::all_of(*health, [](const GroupHealth &group) {
               return group.waiting == 0 && group.retrying == 0;
           });
}

void BillingProbe::settle()
{
    // Twice in a row: between two looks at different places something may be on its way from one to the
    // other.
    const bool isSettled = QTest::qWaitFor([this] { return isQuiet() && isQuiet(); }, PaymentProbe::patience);
    if (!isSettled)
        qFatal("it does not come to rest");
}

QList<api::Invoice> BillingProbe::invoicesOf(const Caller &who)
{
    const auto page = as([&](Session &session) { return m_billing.invoices(session, who, {}); });
    if (!page)
        qFatal("%s", why(page));
    QList<api::Invoice> oldestFirst = page->items;
    std::ranges::reverse(oldestFirst);
    return oldestFirst;
}

QStringList BillingProbe::statesOf(const Caller &who)
{
    QStringList states;
    for (const api::Invoice &invoice : invoicesOf(who))
        states += enumName(invoice.state);
    return states;
}

QStringList BillingProbe::told(const QByteArray &type, const QByteArray &field)
{
    const QString all = m_payment.text(
        "select coalesce(string_agg(payload->>'" + field
        + "', ' ' order by seq), '') from bus.event where type = '" + type + '\''
    );
    return all.split(u' ', Qt::SkipEmptyParts);
}

void BillingProbe::administrate(const QByteArray &sql)
{
    const auto connection = Connection::open(m_payment.test().superuserUrl());
    if (!connection || !(*connection)->script(sql))
        qFatal("%s", sql.constData());
}

qint64 BillingProbe::balance(const QByteArray &account)
{
    return number(
        "select coalesce(sum(amount_minor), 0) from billing.entry where account = '" + account + '\''
    );
}

bool BillingProbe::booksBalance()
{
    return number("select coalesce(sum(amount_minor), 0) from billing.entry") == 0
        && balance("receivable")
        == number("select coalesce(sum(net_minor + tax_minor), 0) from billing.invoice where state = 'open'");
}

void BillingProbe::publish(
    const char *role, const QString &type, const QString &key, const QJsonObject &payload
)
{
    const auto published = m_payment.database().transact(role, [&](Session &session) {
        return Outbox::publish(session, type, key, payload, u"trace-1"_s);
    });
    if (!published)
        qFatal("%s", why(published));
}

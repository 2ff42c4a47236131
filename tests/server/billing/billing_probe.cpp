#include "tests/server/billing/billing_probe.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

BillingProbe::BillingProbe(Instant start)
    : m_timers(m_payment.database(), clock())
    , m_catalog(m_payment.database(), clock())
    , m_subscriptions(
          m_payment.database(),
          m_catalog,
          clock(),
          { true, [this](api::AccountId customer) { return placeOf(customer).zone; } }
      )
    , m_billing(
          clock(),
          [this](api::AccountId customer) {
              const Place place = placeOf(customer);
              return Payer {
                  u"Ada Customer"_s, { u"1 Main St"_s, u"Somewhere"_s }, place.usState, place.zone
              };
          },
          { u"Penultimate Electronics"_s }
      )
    , m_bus(m_payment.database(), { .url = m_payment.test().url() })
{
    clock().set(start);
    m_payment.start();
    m_timers.watch(m_bus);
    m_bus.subscribe(m_timers.consumer());
    m_bus.subscribe(m_subscriptions.consumer());
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

void BillingProbe::livesIn(const Caller &who, const QString &zone, const QString &usState)
{
    const std::lock_guard lock(m_mutex);
    m_places.insert(who.account, { zone, usState });
}

BillingProbe::Place BillingProbe::placeOf(api::AccountId customer) const
{
    const std::lock_guard lock(m_mutex);
    return m_places.value(customer, { u"America/New_York"_s, u"NY"_s });
}

api::PlanId BillingProbe::plan(qint64 minor, api::Period period, const QString &name)
{
    const QString slug = u"%1-%2-%3"_s.arg(name, enumName(period)).arg(minor);
    CatalogContent content;
    content.skills = { { u"tv"_s, u"TVs"_s } };
    content.categories = { { u"led-tv"_s, u"LED TVs"_s, u"tv"_s, 60 } };
    content.plans = { { .id = api::PlanId::make(),
                        .slug = slug,
                        .name = name,
                        .description = {},
                        .priceMinor = minor,
                        .currency = u"USD"_s,
                        .period = period,
                        .categories = { u"led-tv"_s },
                        .assignMinutes = 15,
                        .acceptMinutes = 30,
                        .arriveMinutes = 240,
                        .resolveMinutes = 480 } };
    if (const auto loaded = m_catalog.load(content); !loaded)
        qFatal("%s", why(loaded));
    const auto catalog = m_catalog.current();
    return std::ranges::find(catalog->plans(), slug, &SoldPlan::slug)->id;
}

PeriodBegun BillingProbe::period(const Caller &who, qint64 minor)
{
    const Instant now = clock().now();
    return { .subscriptionId = api::SubscriptionId::make(),
             .customerId = who.account,
             .number = 1,
             .at = now,
             .bought = { u"Home"_s, { minor, u"USD"_s }, now, now + std::chrono::days(30) },
             .unused = {},
             .zone = placeOf(who.account).zone,
             .isPurchase = false };
}

api::SubscriptionId BillingProbe::activate(const Caller &who, qint64 minor, api::Period period)
{
    const auto activated = m_subscriptions.activate(who.account, plan(minor, period));
    if (!activated || !*activated)
        qFatal("%s", why(activated));
    settle();
    return held(who).id;
}

Result<api::Subscription> BillingProbe::buy(const Caller &who, api::PlanId plan)
{
    return m_payment.database().transact("squad_catalog", [&](Session &session) {
        return m_subscriptions.subscribe(session, who, plan);
    });
}

Result<api::Subscription> BillingProbe::change(const Caller &who, const api::SubscriptionChange &wanted)
{
    return m_payment.database().transact("squad_catalog", [&](Session &session) {
        return m_subscriptions.change(session, who, held(who).id, wanted);
    });
}

api::Subscription BillingProbe::held(const Caller &who)
{
    const auto list = m_payment.database().transact("squad_catalog", [&](Session &session) {
        return m_subscriptions.list(session, who.account);
    });
    if (!list || list->items.isEmpty())
        qFatal("%s", why(list));
    return list->items.first();
}

void BillingProbe::end(const Caller &who, api::SubscriptionId id)
{
    publish("squad_billing", who, EndSubscription { id, u"The test wants it."_s });
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
    // One that has not signed up yet has not seen that there is something for it.
    if (!health || health->size() < 4) // billing, catalog, payment, timer
        return false;
    return std::ranges::all_of(*health, [](const GroupHealth &group) {
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
    const auto page = as([&](Session &session) {
        return m_billing.invoices(session, who, { {}, api::PageLimit { 200 }, {} });
    });
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

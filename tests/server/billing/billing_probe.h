#pragma once

#include "server/services/billing/billing_service.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/subscription_service.h"
#include "server/services/timer/timer_service.h"
#include "tests/server/payment/payment_probe.h"

// A node that bills: timers, catalogue, payment with the vendor's process, and billing, on one database and
// one clock.
class BillingProbe
{
public:
    explicit BillingProbe(Instant start);
    ~BillingProbe();
    BillingProbe(const BillingProbe &) = delete;
    BillingProbe &operator=(const BillingProbe &) = delete;

    [[nodiscard]] PaymentProbe &payment() { return m_payment; }
    [[nodiscard]] ManualClock &clock() { return m_payment.clock(); }
    [[nodiscard]] BillingService &billing() { return m_billing; }
    [[nodiscard]] CatalogService &catalog() { return m_catalog; }
    // Everybody else lives in New York.
    void livesIn(const Caller &who, const QString &zone, const QString &usState);

    // A plan of that price; it is put on sale when it is first asked for.
    [[nodiscard]] api::PlanId plan(
        qint64 minor = 2999,
        api::Period period = api::Period::month,
        const QString &name = QStringLiteral("Home")
    );
    // A bill to write, of a plan that nobody holds.
    [[nodiscard]] PeriodBegun period(const Caller &who, qint64 minor = 2999);
    // A plan that covers from now on, whatever becomes of its bill.
    api::SubscriptionId
    activate(const Caller &who, qint64 minor = 2999, api::Period period = api::Period::month);
    // As a customer does it.
    Result<api::Subscription> buy(const Caller &who, api::PlanId plan);
    Result<api::Subscription> change(const Caller &who, const api::SubscriptionChange &wanted);
    [[nodiscard]] api::Subscription held(const Caller &who); // the newest
    void end(const Caller &who, api::SubscriptionId id);
    // Moves the clock, and waits until whatever follows from it has followed.
    void pass(std::chrono::milliseconds time);
    void passUntil(Instant instant);
    void settle();

    [[nodiscard]] QList<api::Invoice> invoicesOf(const Caller &who); // oldest first
    [[nodiscard]] QStringList statesOf(const Caller &who); // of these
    [[nodiscard]] QStringList
    told(const QByteArray &type, const QByteArray &field); // in the events, oldest first
    [[nodiscard]] qint64 number(const QByteArray &sql) { return m_payment.number(sql); }
    void administrate(const QByteArray &sql); // as the superuser
    [[nodiscard]] qint64 balance(const QByteArray &account);
    [[nodiscard]] bool booksBalance();

    template <class T>
    void publish(const char *role, const Caller &who, const T &event)
    {
        publish(role, who, event, toQString(T::type));
    }
    template <class T>
    void publish(const char *role, const Caller &who, const T &event, const QString &type)
    {
        publish(role, type, who.account.toString(), json::encode(event).toObject());
    }
    template <class Work>
    auto as(Work work) // the service
    {
        return m_payment.database().transact(billing_store::role, work);
    }

private:
    void publish(const char *role, const QString &type, const QString &key, const QJsonObject &payload);
    [[nodiscard]] bool isQuiet();

    struct Place
    {
        QString zone;
        QString usState;
    };

    Place placeOf(api::AccountId customer) const;

    mutable std::mutex m_mutex; // consumers ask on their own threads
    QHash<api::AccountId, Place> m_places;
    PaymentProbe m_payment;
    TimerService m_timers;
    CatalogService m_catalog;
    SubscriptionService m_subscriptions;
    BillingService m_billing;
    PostgresBus m_bus; // ends before what it calls
};

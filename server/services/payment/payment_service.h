#pragma once

#include "server/events/event_bus.h"
#include "server/services/payment/charge_engine.h"
#include "server/services/payment/payment_events.h"
#include "server/services/payment/stripe_gateway.h"

// Cards, charges and refunds: the only part of the server that sees a card's number.
class PaymentService
{
public:
    struct Options
    {
        MasterKeys::Source masterKeys; // none: cards cannot be added
        std::optional<StripeGateway::Options> vendor; // none: what is due waits
        Secret webhookSecret; // empty: webhooks are refused
        ChargeEngine::Options engine {};
    };

    PaymentService(Database &database, ChargeEngine::Clocks clocks, const Options &options);
    ~PaymentService();
    PaymentService(const PaymentService &) = delete;
    PaymentService &operator=(const PaymentService &) = delete;

    // Reads the master keys; to be called before anything else. Where they cannot be had, cards have to wait;
    // everything else does not.
    void load();
    // What to listen to. The service outlives the consumer and the bus.
    [[nodiscard]] std::shared_ptr<const Consumer> consumer();
    void start();
    void stop();

    // New master keys, cards that are not with the vendor yet, what is stuck. For a periodic task; does not
    // block for long, the rest happens on threads of this service.
    Result<void> keepHouse();

    [[nodiscard]] CardService &cards() { return m_cards; }
    // Where requests that ask the vendor wait.
    [[nodiscard]] WorkerThreads &threads() { return m_threads; }

    // What the vendor says happened from `from` until before `until`, by the world's clock: to compare with
    // the books. Blocks.
    Result<QList<VendorEntry>> vendorList(VendorList what, Instant from, Instant until);

    // A webhook is a doorbell: whatever it claims, the vendor is asked about the transfer that it names. So a
    // late, repeated or reordered one changes nothing, and neither would a forged one.
    Result<void> takeWebhook(const QByteArray &signature, const QByteArray &body);

    struct Health
    {
        TransferCounts transfers;
        bool hasVendor = false;
        QString keyTrouble; // empty: the master keys are there, or none are configured
    };
    [[nodiscard]] Health lastHealth() const; // does not block

    // The id under which a charge is known to the vendor.
    [[nodiscard]] static api::ChargeId chargeId(api::InvoiceId invoice, int attempt);

private:
    Result<void> take(Session &session, const Event &event, const ChargeInvoice &command);
    Result<void> take(Session &session, const Event &event, const RefundCharge &command);
    Result<void> begin(Session &session, const TransferRow &transfer);
    void keepCards();

    Database &m_database;
    ChargeEngine::Clocks m_clocks;
    Options m_options;
    CardVault m_vault;
    std::unique_ptr<StripeGateway> m_gateway; // null: there is no vendor
    CardService m_cards;
    std::unique_ptr<ChargeEngine> m_engine; // goes with the gateway

    mutable std::mutex m_mutex;
    Health m_health;
    std::atomic<bool> m_isKeeping = false;
    WorkerThreads m_threads; // last, so that what they run ends first
};

#pragma once

#include "server/db/database.h"
#include "server/services/notification/delivery_store.h"
#include "server/services/notification/vendor_pool.h"
#include "shared/core/clock.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

// Sends what the ledger has for one channel, on a thread of its own.
//
// That a vendor is about to be asked is committed before it is. What it then surely has not taken is tried
// again, with back-off, until nobody wants to know any more; what it may have taken is a dead letter and not
// repeated, since a person is better told too little than told twice. A vendor that is away is looked for
// with single messages, which counts against none of them, while others carry the rest. Any number of nodes
// may run one.
class MessageSender
{
public:
    struct Clocks
    {
        const Clock &real; // of vendors and leases
        const Clock &clock; // of the installation, by which messages are due and expire
    };
    struct Options
    {
        int batch = 8;
        std::chrono::milliseconds look { 1000 }; // without being woken
        std::chrono::milliseconds stallAfter { 300'000 };
    };
    struct Health
    {
        delivery_store::Backlog backlog;
        bool isStalled = false; // what is due is not sent
        QStringList missed; // vendors that are away for long, although others may carry what is theirs
        QString trouble; // what the vendor said last; empty: all is well
    };

    MessageSender(
        Database &database,
        VendorPool &vendors, // which is the sender's alone from then on
        api::MessageChannel channel,
        Clocks clocks,
        const Options &options
    );
    ~MessageSender();
    MessageSender(const MessageSender &) = delete;
    MessageSender &operator=(const MessageSender &) = delete;

    void start();
    void stop(); // after the message that is under way; the others of its batch wait again
    void wake(); // from any thread; returns at once

    [[nodiscard]] Health lastHealth() const; // does not block

private:
    void run();
    bool turn(); // whether there may be more at once
    Result<QList<notification_store::MessageRow>> take(const std::optional<VendorPool::Turn> &by);
    Delivery send(const notification_store::MessageRow &message, const VendorPool::Turn &by);
    [[nodiscard]] delivery_store::Settlement
    settlementOf(const notification_store::MessageRow &message, const Delivery &delivery) const;
    void settle(const delivery_store::Settlement &settlement);
    void rest();

    Database &m_database;
    VendorPool &m_vendors;
    api::MessageChannel m_channel;
    Clocks m_clocks;
    Options m_options;

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_woken = false;
    Health m_health;
    std::atomic<bool> m_stopping = false;
    std::thread m_thread;
};

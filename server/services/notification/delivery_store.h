#pragma once

#include "server/services/notification/delivery_receipt.h"
#include "server/services/notification/message_vendor.h"
#include "server/services/notification/notification_store.h"

// The SQL of sending: who has taken which message, and how that ended.
namespace delivery_store {

// How a message stands after an attempt.
struct Settlement
{
    api::MessageId id;
    api::MessageState state = api::MessageState::sent;
    DeliveryOutcome outcome = DeliveryOutcome::sent;
    QString detail;
    QString vendorRef;
    int tries = 0; // that count
    Instant nextAt; // of one that waits again
    std::optional<Instant> sentAt;
    Instant endedAt;
};

struct Backlog
{
    qint64 due = 0; // waiting although they might be sent
    qint64 dead = 0;
    std::optional<Instant> oldest;
};
BOOST_DESCRIBE_STRUCT(Backlog, (), (due, dead, oldest))

// Whatever comes too late is not sent any more. How many.
Result<int> expire(Session &session, Instant now);
// What somebody began to send and never ended: nobody can tell whether it was sent. How many.
Result<int> bury(Session &session, Instant realNow);

// Takes what is due, the most urgent first, and writes down that the vendor is about to be asked.
struct Claim
{
    api::MessageChannel channel = api::MessageChannel::email;
    QString vendor;
    Instant now;
    Instant realNow;
    Instant leasedUntil;
    int limit = 1;
};
Result<QList<notification_store::MessageRow>> claim(Session &session, const Claim &wanted);
Result<void> settle(Session &session, const Settlement &settlement);

// What the vendor tells of a message it was given. The furthest counts: what was known changes nothing.
struct Report
{
    QString vendor;
    api::MessageId id;
    DeliveryReceipt receipt;
    Instant at;
};
// Whether anything has changed.
Result<bool> follow(Session &session, const Report &report);

Result<Backlog> backlog(Session &session, api::MessageChannel channel, Instant now);
Result<QList<api::DeliveryRate>> rates(Session &session, Instant since);

} // namespace delivery_store

#pragma once

#include "server/services/notification/mail_words.h"
#include "shared/json/described.h"

// How an attempt ended.
//   sent     the vendor has taken it
//   refused  it has not, and will not
//   later    it has not, but may
//   away     the vendor could not be spoken to: the message had no part in it
//   unknown  it may have: to try again might tell somebody twice
enum class DeliveryOutcome { sent, refused, later, away, unknown };
BOOST_DESCRIBE_ENUM(DeliveryOutcome, sent, refused, later, away, unknown)

struct Delivery
{
    DeliveryOutcome outcome = DeliveryOutcome::unknown;
    QString detail; // for those who look after the installation
    QString vendorRef = {}; // the vendor's name for the message, where it has one
};

// Who carries messages of one channel to people.
class MessageVendor
{
public:
    MessageVendor() = default;
    virtual ~MessageVendor() = default;
    MessageVendor(const MessageVendor &) = delete;
    MessageVendor &operator=(const MessageVendor &) = delete;

    [[nodiscard]] virtual QString name() const = 0;
    // The longest that deliver() takes.
    [[nodiscard]] virtual std::chrono::milliseconds patience() const = 0;
    // Blocks, on a thread that only waits for this. One call at a time.
    [[nodiscard]] virtual Delivery deliver(const Mail &mail) = 0;
};

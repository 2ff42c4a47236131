#pragma once

#include "server/services/notification/https_line.h"
#include "server/services/notification/message_vendor.h"

// Short messages through Twilio: https://www.twilio.com/docs/messaging.
//
// Twilio knows no idempotency key. Where no answer comes to a message that may have arrived, Twilio is asked
// for what it has to that number; what is not found there stays unknown, and is never sent again.
class TwilioVendor : public MessageVendor
{
public:
    struct Options
    {
        QUrl url { QStringLiteral("https://api.twilio.com") };
        QString account; // its Sid
        Secret token;
        QString from; // E.164, or the Sid of a messaging service
        QUrl receipts; // where Twilio tells what became of a message; empty: nowhere
        QString authorities; // PEM file of those who may vouch for it; empty: the system's
        std::chrono::milliseconds timeout { 10'000 };
        QList<std::chrono::milliseconds> askAfter { std::chrono::milliseconds(1000),
                                                    std::chrono::milliseconds(4000) };
    };

    explicit TwilioVendor(const Options &options);

    [[nodiscard]] QString name() const override;
    [[nodiscard]] std::chrono::milliseconds patience() const override;
    [[nodiscard]] Delivery deliver(const Mail &mail) override;

private:
    [[nodiscard]] QUrl messages() const;
    [[nodiscard]] HttpsLine::Login login() const { return { m_options.account, m_options.token }; }

    Options m_options;
    HttpsLine m_line;
};

#pragma once

#include "server/services/notification/https_line.h"
#include "server/services/notification/message_vendor.h"

// Short messages through Vonage's SMS API: https://developer.vonage.com/en/messaging/sms/overview. It cannot
// be asked what it has taken: where no answer comes, only a receipt tells.
class VonageVendor : public MessageVendor
{
public:
    struct Options
    {
        QUrl url { QStringLiteral("https://rest.nexmo.com") };
        QString key;
        Secret secret;
        QString from;
        QUrl receipts; // where Vonage tells what became of a message; empty: nowhere
        QString authorities; // PEM file of those who may vouch for it; empty: the system's
        std::chrono::milliseconds timeout { 10'000 };
    };

    explicit VonageVendor(const Options &options);

    [[nodiscard]] QString name() const override;
    [[nodiscard]] std::chrono::milliseconds patience() const override { return m_options.timeout; }
    [[nodiscard]] Delivery deliver(const Mail &mail) override;

private:
    Options m_options;
    HttpsLine m_line;
};

#pragma once

#include "server/config.h"
#include "server/services/notification/notification_routes.h"
#include "server/services/notification/twilio_vendor.h"
#include "server/services/notification/vendor_pool.h"
#include "server/services/notification/vonage_vendor.h"

// The vendors of short messages, from settings and secret files.
struct SmsOptions
{
    std::optional<TwilioVendor::Options> twilio;
    std::optional<VonageVendor::Options> vonage;
    Config::SmsShare twilioShare;
    Config::SmsShare vonageShare;
    ReceiptDoor receipts;

    [[nodiscard]] std::unique_ptr<VendorPool> pool() const; // null without a vendor
};

[[nodiscard]] Result<SmsOptions> smsOptions(const Config &config);

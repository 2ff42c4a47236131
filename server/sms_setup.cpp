#include "server/sms_setup.h"

#include "server/services/notification/twilio_words.h"
#include "server/services/notification/vonage_words.h"
#include "server/services/payment/private_file.h"

namespace {

Result<Secret> readSecret(const QString &path)
{
    return Secret(TRY(readPrivateFile(path)).trimmed());
}

VendorPool::Member member(std::unique_ptr<MessageVendor> vendor, const Config::SmsShare &share)
{
    return { std::move(vendor), share.priority, share.weight, static_cast<double>(share.perSecond) };
}

} // namespace

Result<SmsOptions> smsOptions(const Config &config)
{
    SmsOptions options;
    options.twilioShare = config.twilioShare;
    options.vonageShare = config.vonageShare;
    options.receipts.server = config.publicUrl.value_or(QUrl());
    if (config.twilioAccount) {
        TwilioVendor::Options twilio;
        twilio.url = config.twilioUrl;
        twilio.account = *config.twilioAccount;
        twilio.token = TRY(readSecret(*config.twilioTokenFile));
        twilio.from = *config.twilioFrom;
        twilio.receipts = options.receipts.server;
        options.twilio = twilio;
        if (config.publicUrl)
            options.receipts.sources.append(twilio::receipts(twilio.account, twilio.token));
    }
    if (config.vonageKey) {
        VonageVendor::Options vonage;
        vonage.url = config.vonageUrl;
        vonage.key = *config.vonageKey;
        vonage.secret = TRY(readSecret(*config.vonageSecretFile));
        vonage.from = *config.vonageFrom;
        // What is not signed is not believed, and need not be sent.
        if (config.publicUrl && config.vonageSignatureFile) {
            vonage.receipts = options.receipts.server;
            options.receipts.sources.append(
                vonage::receipts(vonage.key, TRY(readSecret(*config.vonageSignatureFile)))
            );
        }
        options.vonage = vonage;
    }
    return options;
}

std::unique_ptr<VendorPool> SmsOptions::pool() const
{
    std::vector<VendorPool::Member> members;
    if (twilio)
        members.push_back(member(std::make_unique<TwilioVendor>(*twilio), twilioShare));
    if (vonage)
        members.push_back(member(std::make_unique<VonageVendor>(*vonage), vonageShare));
    if (members.empty())
        return nullptr;
    return std::make_unique<VendorPool>(std::move(members), VendorPool::Options {});
}

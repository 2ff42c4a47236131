#include "server/payment_setup.h"

#include "server/services/payment/private_file.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace {

Result<Secret> readSecret(const QString &path)
{
    return Secret(TRY(readPrivateFile(path)).trimmed());
}

} // namespace

Result<PaymentService::Options> paymentOptions(const Config &config)
{
    PaymentService::Options options;
    options.masterKeys = { config.cardKeyFile, config.cardKeyCommand };
    if (!config.cardKeyFile && !config.cardKeyCommand && !config.databaseUrl) {
        options.masterKeys.file = QDir(config.dataDir).filePath(u"card-master.key"_s);
        TRY(MasterKeys::createFile(*options.masterKeys.file));
    }
    if (config.paymentKeyFile) {
        StripeGateway::Options vendor;
        vendor.url = config.paymentUrl;
        vendor.secretKey = TRY(readSecret(*config.paymentKeyFile));
        vendor.concurrency = config.paymentConcurrency;
        vendor.timeout = std::chrono::milliseconds(config.paymentTimeoutMs);
        // What is taken ahead waits for as long again, and carrying a card there takes three questions.
        options.engine.lease = 4 * vendor.timeout + std::chrono::seconds(2);
        options.vendor = vendor;
    }
    if (config.paymentWebhookKeyFile)
        options.webhookSecret = TRY(readSecret(*config.paymentWebhookKeyFile));
    return options;
}

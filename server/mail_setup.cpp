#include "server/mail_setup.h"

#include "server/services/payment/private_file.h"

Result<std::optional<SmtpVendor::Options>> mailOptions(const Config &config)
{
    if (!config.smtpUrl)
        return std::optional<SmtpVendor::Options>();
    SmtpVendor::Options options;
    options.url = *config.smtpUrl;
    options.from = config.smtpFrom.value_or(QString());
    options.user = config.smtpUser.value_or(QString());
    options.authorities = config.smtpAuthorities.value_or(QString());
    if (config.smtpPasswordFile)
        options.password = Secret(TRY(readPrivateFile(*config.smtpPasswordFile)).trimmed());
    return std::optional(options);
}

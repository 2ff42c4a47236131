#pragma once

#include "server/config.h"
#include "server/services/notification/smtp_vendor.h"

// What the mail server needs to know, from settings and secret files; nothing without a mail server.
[[nodiscard]] Result<std::optional<SmtpVendor::Options>> mailOptions(const Config &config);

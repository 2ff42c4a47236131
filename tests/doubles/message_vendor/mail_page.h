#pragma once

#include "tests/doubles/message_vendor/smtp_sink.h"

// All mails for a person to read, the newest first. As plain text: what a customer has written into one is no
// markup here either.
[[nodiscard]] QByteArray mailPage(const QList<SmtpSink::Received> &mails);

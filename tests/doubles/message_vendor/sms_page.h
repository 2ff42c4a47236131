#pragma once

#include "tests/doubles/message_vendor/sms_desk.h"

// All short messages for a person to read, the newest first, as plain text.
[[nodiscard]] QByteArray smsPage(const QList<SmsDesk::Received> &messages);

#pragma once

#include "server/services/notification/delivery_receipt.h"
#include "server/services/notification/form_fields.h"
#include "server/services/notification/message_vendor.h"
#include "shared/core/secret.h"

// What is said to Twilio and back: https://www.twilio.com/docs/messaging/api/message-resource.
namespace twilio {

inline constexpr auto vendorName = "twilio";

struct Outgoing
{
    QString to; // E.164
    QString from; // E.164, or the Sid of a messaging service, which begins with MG
    QString text;
    QByteArray receipts; // URL; empty: none are wanted
};

[[nodiscard]] QByteArray toForm(const Outgoing &message);

// What the answer to it means. A failure that is not Twilio's own may have come from something on the way,
// after Twilio had taken the message.
[[nodiscard]] Delivery toDelivery(int status, const QByteArray &body);

// In the list of messages to this number, the one that was made at `since` or after with this text; nothing
// if it is not there, or this is no list.
[[nodiscard]] std::optional<QString>
findSid(int status, const QByteArray &body, const Outgoing &message, Instant since);

// Nothing, if it is about no message.
[[nodiscard]] std::optional<DeliveryReceipt> toReceipt(const FormFields &fields);
[[nodiscard]] ReceiptSource receipts(const QString &account, const Secret &token);

// X-Twilio-Signature: HMAC-SHA1 over the URL and each field's name and value, sorted, in base64.
// https://www.twilio.com/docs/usage/security
[[nodiscard]] QByteArray signatureOf(const QByteArray &url, const FormFields &fields, const Secret &token);
[[nodiscard]] bool
isSigned(const QByteArray &signature, const QByteArray &url, const FormFields &fields, const Secret &token);

} // namespace twilio

#pragma once

#include "server/services/notification/delivery_receipt.h"
#include "server/services/notification/form_fields.h"
#include "server/services/notification/message_vendor.h"
#include "shared/core/instant.h"
#include "shared/core/secret.h"

// What is said to Vonage's SMS API and back: https://developer.vonage.com/en/api/sms.
namespace vonage {

inline constexpr auto vendorName = "vonage";

struct Outgoing
{
    QString to; // E.164
    QString from;
    QString text;
    QString reference; // ours
    QByteArray receipts; // URL; empty: none are wanted
};

[[nodiscard]] QByteArray toForm(const Outgoing &message, const QString &key, const Secret &secret);

// What the answer to it means. Vonage answers 200 whether it takes a message or not.
[[nodiscard]] Delivery toDelivery(int status, const QByteArray &body);

// Receipts are signed over their fields, of which client-ref is our name for the message, and not over the
// URL.
[[nodiscard]] ReceiptSource receipts(const QString &key, const Secret &signatureSecret);

// The field "sig": HMAC-SHA256, in hex, over "&name=value" of all others, sorted.
// https://developer.vonage.com/en/getting-started/concepts/signing-messages
[[nodiscard]] QByteArray signatureOf(const FormFields &fields, const Secret &secret);

} // namespace vonage

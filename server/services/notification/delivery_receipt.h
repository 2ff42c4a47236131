#pragma once

#include "shared/api/message.h"
#include "shared/core/result.h"

#include <functional>

// What a vendor tells later about a message that it has taken.
struct DeliveryReceipt
{
    QString vendorRef; // the vendor's name for the message
    api::DeliveryStatus status = api::DeliveryStatus::accepted;
    QString trouble; // why it did not arrive
};

// What came in at the door where vendors tell it.
struct ReceiptPost
{
    QByteArray url; // as the vendor knows it
    QString message; // that the URL names
    QByteArray signature; // of the header that the vendor puts it into
    QByteArray body;
};

// Fails, if it is not proven to be the vendor's; nothing, if it tells nothing of use.
using ReadReceipt = std::function<Result<std::optional<DeliveryReceipt>>(const ReceiptPost &)>;

// A vendor that tells what became of messages.
struct ReceiptSource
{
    QString vendor;
    QByteArray signatureHeader; // in lower case; empty: the body holds the signature
    ReadReceipt read;
};

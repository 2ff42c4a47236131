#pragma once

#include "server/services/notification/form_fields.h"
#include "shared/api/message.h"

// What a vendor tells later about a message that it has taken.
struct DeliveryReceipt
{
    QString vendorRef; // the vendor's name for the message
    api::DeliveryStatus status = api::DeliveryStatus::accepted;
    QString trouble; // why it did not arrive
};

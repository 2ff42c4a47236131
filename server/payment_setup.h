#pragma once

#include "server/config.h"
#include "server/services/payment/payment_service.h"

// What the configuration says about cards and their vendor, with the secrets read from their files. An
// installation with a database of its own makes itself a master key in its data directory: whoever runs
// several nodes, or keeps backups of that directory, names a place that is not beside the data.
[[nodiscard]] Result<PaymentService::Options> paymentOptions(const Config &config);

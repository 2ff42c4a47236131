#pragma once

#include "shared/core/instant.h"
#include "shared/core/result.h"
#include "shared/core/secret.h"

#include <chrono>

// Whether a webhook comes from the vendor and was sent just now: the header Stripe-Signature,
// "t=1700000000,v1=<hex>[,v1=<hex>…]", holds HMAC-SHA256 over "<t>.<body>" under the endpoint's secret. More
// than one v1 is sent while the secret is being exchanged.
namespace webhook_signature {

inline constexpr std::chrono::seconds tolerance { 300 };

[[nodiscard]] Result<void>
verify(const QByteArray &header, const QByteArray &body, const Secret &secret, Instant now);
// For whoever plays the vendor.
[[nodiscard]] QByteArray sign(const QByteArray &body, const Secret &secret, Instant now);

} // namespace webhook_signature

#pragma once

#include "shared/core/instant.h"

#include <QTimeZone>

#include <optional>

// When a message may be sent, and when it is too late for it.

// Hours in which nobody is woken, on the recipient's own clock; they may span midnight. Equal ends: none.
struct QuietHours
{
    QTime from { 21, 0 };
    QTime until { 8, 0 };
};

// Whether a message waits for the morning, or is worth waking somebody: "your expert is on the way".
enum class Urgency { waits, overrides };

// The first moment at or after `now` at which the recipient may be told.
[[nodiscard]] Instant mayTellAt(Instant now, const QTimeZone &zone, const QuietHours &quiet, Urgency urgency);

// When the next try is due after `tries` have failed, or nothing: the message is a dead letter then, or would
// come after `expiresAt`, when nobody wants to know any more.
[[nodiscard]] std::optional<Instant> nextTryAt(Instant now, int tries, std::optional<Instant> expiresAt);

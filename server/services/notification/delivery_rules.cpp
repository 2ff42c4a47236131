#include "server/services/notification/delivery_rules.h"

#include <array>

using namespace std::chrono_literals;

namespace {

// Some six hours in all: a vendor that is down for an hour costs nobody a message.
constexpr std::array<std::chrono::milliseconds, 8> pauses { 15s, 1min, 4min, 10min, 30min, 1h, 2h, 2h };

bool isQuiet(const QuietHours &quiet, QTime time)
{
    if (quiet.from <= quiet.until)
        return time >= quiet.from && time < quiet.until;
    return time >= quiet.from || time < quiet.until;
}

} // namespace

Instant mayTellAt(Instant now, const QTimeZone &zone, const QuietHours &quiet, Urgency urgency)
{
    const auto local = toDateTime(now).toTimeZone(zone);
    if (urgency == Urgency::overrides || !isQuiet(quiet, local.time()))
        return now;

    constexpr qint64 day = 24 * 60 * 60 * 1000;
    const qint64 onTheDial = (local.time().msecsTo(quiet.until) + day) % day;
    const auto end = now + std::chrono::milliseconds(onTheDial);
    // The clocks may change in the night: the hand then goes further, or less far, than the time does.
    const auto shift = zone.offsetFromUtc(toDateTime(end)) - zone.offsetFromUtc(toDateTime(now));
    return end - std::chrono::seconds(shift);
}

std::optional<Instant> nextTryAt(Instant now, int tries, std::optional<Instant> expiresAt)
{
    if (tries < 1 || tries > static_cast<int>(pauses.size()))
        return {};
    const auto next = now + pauses[static_cast<std::size_t>(tries - 1)];
    if (expiresAt && next >= *expiresAt)
        return {};
    return next;
}

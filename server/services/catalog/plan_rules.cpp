#include "server/services/catalog/plan_rules.h"

#include <QTimeZone>

namespace plan_rules {

namespace {

    __extension__ using Wide = __int128; // a year in milliseconds times any amount of money

    QDate localDate(Instant instant, const QString &zone)
    {
        const QTimeZone there(zone.toLatin1());
        return toDateTime(instant).toTimeZone(there.isValid() ? there : QTimeZone::utc()).date();
    }

} // namespace

qint64 remainder(qint64 minor, Instant from, Instant until, Instant change)
{
    if (until <= from)
        return 0;
    const Instant begin = std::clamp(change, from, until);
    const Wide share = Wide(minor) * (until - begin).count();
    const Wide whole = (until - from).count();
    return static_cast<qint64>((share + (share < 0 ? -whole : whole) / 2) / whole);
}

qint64 due(const PlanSpan &bought, const std::optional<PlanSpan> &unused, Instant at)
{
    const auto rest
        = [at](const PlanSpan &span) { return remainder(span.price.minor, span.from, span.until, at); };
    return rest(bought) - (unused ? rest(*unused) : 0);
}

bool isUpgrade(const api::Plan &held, const api::Plan &wanted)
{
    if (held.period == wanted.period)
        return wanted.price.minor > held.price.minor;
    // A year that costs less than the month in progress would have to give money back.
    return wanted.period == api::Period::year && wanted.price.minor >= held.price.minor;
}

Recurrence billingDates(Instant start, api::Period period, const QString &zone)
{
    const QDate day = localDate(start, zone);
    return { period, { day.month() }, { day.day() }, { 0 }, zone };
}

Recurrence billingDates(const Recurrence &before, Instant start, api::Period period)
{
    return { period, { localDate(start, before.zone).month() }, before.day, before.minute, before.zone };
}

} // namespace plan_rules

#include "server/services/timer/recurrence.h"

#include <QHash>
#include <QLoggingCategory>
#include <QTimeZone>

using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcRecurrence, "squad.timer")

namespace {

// A zone of the thread's own: QTimeZone is only reentrant, and to make one reads a file. Not valid if there
// is none of this name.
QTimeZone zoneCalled(const QString &name)
{
    static thread_local QHash<QString, QTimeZone> zones;
    QTimeZone zone = zones.value(name);
    if (!zone.isValid()) {
        zone = QTimeZone(name.toLatin1());
        if (zone.isValid())
            zones.insert(name, zone);
    }
    return zone;
}

std::chrono::seconds offsetAt(const QTimeZone &zone, Instant instant)
{
    return std::chrono::seconds(zone.offsetFromUtc(toDateTime(instant)));
}

// When the clocks of the zone show `local` (counted as if they were UTC).
Instant resolve(const QTimeZone &zone, Instant local)
{
    // No clock is changed twice within two days, so these are the offsets before and after a change nearby.
    const Instant early = local - offsetAt(zone, local - 24h);
    const Instant late = local - offsetAt(zone, local + 24h);
    if (early + offsetAt(zone, early) == local)
        return early; // also the first of two
    if (late + offsetAt(zone, late) == local)
        return late;
    return early; // never shown: as much after the change as it would have been without
}

Instant occurrenceIn(const Recurrence &recurrence, const QTimeZone &zone, int year, int month)
{
    const int day = std::min(recurrence.day.value, QDate(year, month, 1).daysInMonth());
    const QDateTime midnight(QDate(year, month, day), QTime(0, 0), Qt::UTC);
    return resolve(zone, toInstant(midnight) + std::chrono::minutes(recurrence.minute.value));
}

} // namespace

bool isKnownZone(const QString &zone)
{
    // Qt takes no name for the zone of the machine, where that has one.
    return !zone.isEmpty() && zoneCalled(zone).isValid();
}

Instant nextOccurrence(const Recurrence &recurrence, Instant after)
{
    QTimeZone zone = zoneCalled(recurrence.zone);
    if (!zone.isValid()) {
        qCCritical(lcRecurrence).noquote() << "unknown time zone" << recurrence.zone << "counts as UTC";
        zone = QTimeZone::utc();
    }
    const int step = recurrence.period == api::Period::year ? 12 : 1;
    const QDate today = toDateTime(after + offsetAt(zone, after)).date();
    // Months counted from year 0. The one before the current one as well: a local time that was skipped at
    // the end of a month may have moved on into the next.
    int month = today.year() * 12 + today.month() - 1 - step;
    if (recurrence.period == api::Period::year)
        month = (today.year() - 1) * 12 + recurrence.month.value - 1;
    while (true) {
        const Instant next = occurrenceIn(recurrence, zone, month / 12, month % 12 + 1);
        if (next > after)
            return next;
        month += step;
    }
}

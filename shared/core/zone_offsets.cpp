#include "shared/core/zone_offsets.h"

#include <QHash>
#include <QTimeZone>

#include <algorithm>
#include <mutex>

namespace {

// What tickets, calendars and a demo that runs ahead of the world can ask for.
const QDateTime &firstMoment()
{
    static const QDateTime first(QDate(2000, 1, 1), QTime(0, 0), Qt::UTC);
    return first;
}

constexpr int yearsKnown = 80;

} // namespace

std::shared_ptr<const ZoneOffsets> ZoneOffsets::of(const QString &zone)
{
    static std::mutex mutex;
    static QHash<QString, std::shared_ptr<const ZoneOffsets>> known;
    const std::lock_guard lock(mutex);
    std::shared_ptr<const ZoneOffsets> &offsets = known[zone];
    if (!offsets) {
        QTimeZone rules(zone.toLatin1());
        if (!rules.isValid())
            rules = QTimeZone::utc();
        const QDateTime first = firstMoment();
        auto table = std::make_shared<ZoneOffsets>();
        table->m_changes.push_back({ Instant::min(), std::chrono::seconds(rules.offsetFromUtc(first)) });
        for (const QTimeZone::OffsetData &change : rules.transitions(first, first.addYears(yearsKnown)))
            table->m_changes.push_back({ toInstant(change.atUtc), std::chrono::seconds(change.offsetFromUtc) }
            );
        offsets = std::move(table);
    }
    return offsets;
}

std::chrono::seconds ZoneOffsets::at(Instant instant) const
{
    return std::prev(std::ranges::upper_bound(m_changes, instant, {}, &Change::from))->offset;
}

Instant ZoneOffsets::nextChange(Instant instant) const
{
    const auto next = std::ranges::upper_bound(m_changes, instant, {}, &Change::from);
    return next == m_changes.end() ? Instant::max() : next->from;
}

bool isKnownTimeZone(const QString &zone)
{
    return QTimeZone::isTimeZoneIdAvailable(zone.toLatin1());
}

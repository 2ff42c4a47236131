#pragma once

#include "shared/api/expert.h"
#include "shared/core/zone_offsets.h"

#include <memory>
#include <vector>

// When an expert works: weekly hours in their own time zone. Adjacent shifts are one, also across midnight
// and across the turn of the week.
class WorkingHours
{
public:
    WorkingHours() = default;
    WorkingHours(const QList<api::Shift> &shifts, const QString &zone);

    // Whether the whole of [from, to] lies in working time.
    [[nodiscard]] bool covers(Instant from, Instant to) const;
    // The next beginning of working time after `after`, within eight days; none if there are no shifts.
    [[nodiscard]] std::optional<Instant> nextStart(Instant after) const;
    [[nodiscard]] bool isEmpty() const { return m_spans.empty(); }
    // The day it is for the expert.
    [[nodiscard]] QDate localDate(Instant instant) const;
    // "08:00", or "08:00 on Tuesday" if that is not the day it is at `now`; in the expert's own zone.
    [[nodiscard]] QString localTime(Instant instant, Instant now) const;

private:
    [[nodiscard]] QDateTime local(Instant instant) const;

    // Minutes from Monday 00:00 local time; `to` may pass the week's end.
    struct Span
    {
        int from;
        int to;
    };

    [[nodiscard]] bool
    coversLocal(std::chrono::milliseconds localFrom, std::chrono::milliseconds localTo) const;

    std::vector<Span> m_spans;
    std::shared_ptr<const ZoneOffsets> m_zone;
};

#pragma once

#include "shared/api/expert.h"

#include <memory>
#include <vector>

// The offsets of one IANA time zone over the years that matter, as a table: asking QTimeZone for each expert
// of each match costs more than the match.
class ZoneOffsets
{
public:
    // Shared by all experts of the zone; thread-safe. An unknown zone counts as UTC.
    static std::shared_ptr<const ZoneOffsets> of(const QString &zone);

    [[nodiscard]] std::chrono::seconds at(Instant instant) const;
    // The first change of offset after `instant`, or the end of time.
    [[nodiscard]] Instant nextChange(Instant instant) const;

private:
    struct Change
    {
        Instant from;
        std::chrono::seconds offset;
    };
    std::vector<Change> m_changes; // ascending; the first reaches back to the beginning of time
};

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

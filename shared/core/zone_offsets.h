#pragma once

#include "shared/core/instant.h"

#include <memory>
#include <vector>

// The offsets of one IANA time zone, as a table: asking QTimeZone for each expert of each match, or for each
// day of each deadline, costs more than what it is asked for.
class ZoneOffsets
{
public:
    // Shared by all who ask for the zone; thread-safe. An unknown zone counts as UTC.
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

[[nodiscard]] bool isKnownTimeZone(const QString &zone);

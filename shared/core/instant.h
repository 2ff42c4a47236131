#pragma once

#include <tl/expected.hpp>

#include <QDateTime>
#include <QString>

#include <chrono>

// A point in time, UTC, in milliseconds: what PostgreSQL's timestamptz, QDateTime and JavaScript all hold
// exactly.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// RFC 3339 with milliseconds and `Z`: "2026-11-23T01:02:03.004Z".
[[nodiscard]] QString toText(Instant instant);
[[nodiscard]] tl::expected<Instant, QString> instantFromText(const QString &text);

[[nodiscard]] inline Instant toInstant(const QDateTime &time)
{
    return Instant(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

[[nodiscard]] inline QDateTime toDateTime(Instant instant)
{
    return QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count(), Qt::UTC);
}

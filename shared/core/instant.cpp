#include "shared/core/instant.h"

QString toText(Instant instant)
{
    return toDateTime(instant).toString(Qt::ISODateWithMs);
}

tl::expected<Instant, QString> instantFromText(const QString &text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    // A time without an offset would be read in the server's zone: the classic wrong-by-hours bug.
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime)
        return tl::unexpected(
            QStringLiteral("must be an RFC 3339 time with an offset, such as 2026-11-23T09:30:00Z")
        );
    return toInstant(time);
}

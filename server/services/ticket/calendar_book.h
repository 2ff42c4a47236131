#pragma once

#include "server/services/ticket/sla_store.h"
#include "server/services/ticket/working_calendar.h"

#include <QHash>

#include <memory>
#include <mutex>

// One edition of a region's calendar, ready to count by.
struct CalendarEdition
{
    QString region;
    int version = 0; // 0: the default, for a region without its own
    QString timeZone;
    WorkingCalendar hours;
};

// Every edition that was asked for, kept in memory: an edition never changes. Which one is the latest is
// asked of the database each time, so that no node counts by yesterday's. Thread-safe.
class CalendarBook
{
public:
    using Edition = std::shared_ptr<const CalendarEdition>;

    // By region. One that has no calendar gets the default in `zone`, the zone of the ticket's address.
    Result<Edition> latest(Session &session, const QString &region, const QString &zone) const;
    // The versions of many at once, for latestOf().
    Result<QHash<QString, int>> versions(Session &session, const QStringList &regions) const;
    Result<Edition> edition(Session &session, const QString &region, int version, const QString &zone) const;

    // Monday to Friday 8 to 18 and Saturday 9 to 14, closed on federal holidays.
    [[nodiscard]] static api::CalendarContent defaultContent(const QString &zone);

private:
    mutable std::mutex m_mutex;
    mutable QHash<QString, Edition> m_editions; // "florida/3"
};

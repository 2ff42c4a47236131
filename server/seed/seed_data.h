#pragma once

#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/ticket/ticket_service.h"

// What resources/seed holds, read and checked; its README describes the files. They are compiled in, so a
// mistake in them is one of the program: it is named and ends it.
namespace seed_data {

// A three-digit ZIP prefix and the people who live there.
struct Prefix
{
    QString zip3;
    QString usState;
    QString place;
    Position position;
    QString timeZone;
    qint64 people = 0;
    QString region;
};

[[nodiscard]] const QList<RegionRow> &regions();
[[nodiscard]] const QList<Prefix> &prefixes();
[[nodiscard]] QList<PlaceRow> places(); // the prefixes, as the gateway takes them

// Products and plans get new ids; those that are known by SKU or slug keep theirs.
[[nodiscard]] CatalogContent catalog();

// A working calendar for each region: the default hours and the federal holidays, and those of its own.
[[nodiscard]] QList<CalendarRow> calendars();

struct Names
{
    QStringList first;
    QStringList last;
};
[[nodiscard]] const Names &names();

} // namespace seed_data

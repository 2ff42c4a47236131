#pragma once

#include "server/seed/seed_data.h"

// An operator's table of ZIP codes with their positions, in the format of GeoNames' export: CSV with a header
// of at least code, city, state, lat and lon. It refines what the three-digit prefixes tell.
struct ZipTable
{
    QList<PlaceRow> places;
    int unknown = 0; // no prefix we know: left out
    int coarse = 0; // the position is wrong or a whole county's: the prefix's own serves better

    // A line that cannot be read refuses the whole table and is named.
    static Result<ZipTable> read(const QByteArray &csv);
};

#pragma once

#include "shared/core/geo.h"
#include "shared/core/text.h"
#include "shared/json/described.h"

#include <QHash>

#include <memory>
#include <mutex>
#include <optional>

// Where an address is, as far as its ZIP code tells.
struct Locality
{
    QString region;
    QString timeZone; // IANA
    std::optional<Position> position;
};

// Who serves a region: the monolith, both while it moves, or only us (DESIGN.md, 5).
enum class RegionRoute { legacy, migrating, new_ };
BOOST_DESCRIBE_ENUM(RegionRoute, legacy, migrating, new_)

// The region resolver: an immutable table in memory, so that it answers at once from any thread and also
// while the database is away. All five digits win over the first three; what nobody claims goes to the
// default region.
class Localities
{
public:
    struct Table
    {
        QHash<QString, Locality> places; // by ZIP code or its first three digits
        QHash<QString, RegionRoute> routes; // by region
        Locality fallback;
    };

    void replace(std::shared_ptr<const Table> table);

    [[nodiscard]] Locality resolve(const ZipCode &zip) const;
    [[nodiscard]] RegionRoute routeOf(const QString &region) const; // `new` for a region that is not listed

private:
    [[nodiscard]] std::shared_ptr<const Table> table() const;

    mutable std::mutex m_mutex;
    std::shared_ptr<const Table> m_table = std::make_shared<const Table>();
};

#include "server/services/gateway/localities.h"

void Localities::replace(std::shared_ptr<const Table> table)
{
    const std::lock_guard lock(m_mutex);
    m_table = std::move(table);
}

std::shared_ptr<const Localities::Table> Localities::table() const
{
    const std::lock_guard lock(m_mutex);
    return m_table;
}

Locality Localities::resolve(const ZipCode &zip) const
{
    const std::shared_ptr<const Table> known = table();
    for (const QString &key : { zip.toString(), zip.prefix() }) {
        if (const auto found = known->places.constFind(key); found != known->places.cend())
            return *found;
    }
    return known->fallback;
}

RegionRoute Localities::routeOf(const QString &region) const
{
    return table()->routes.value(region, RegionRoute::new_);
}

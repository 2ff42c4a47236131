#include "server/services/gateway/routing.h"

Handling RoutingController::decide(const QString &region, Capability capability, Access access) const
{
    const bool isPeople = capability == Capability::customers || capability == Capability::experts;
    switch (m_localities.routeOf(region)) {
    case RegionRoute::new_:
        return Handling::local;
    case RegionRoute::migrating:
        return access == Access::write ? Handling::both : Handling::legacy;
    case RegionRoute::legacy:
        // Somebody who is created only there would be missing here on the day their region moves.
        return isPeople && access == Access::write ? Handling::both : Handling::legacy;
    }
    Q_UNREACHABLE();
}

#include "server/services/matching/matching_routes.h"

#include "server/http/routes.h"
#include "server/services/matching/matching_service.h"

void addMatchingRoutes(Routes &routes, const MatchingService &matching)
{
    routes.on<api::ticket::Explain>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
        return matching.explain(session, by, ref.id);
    });
}

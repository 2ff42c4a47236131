#include "server/services/catalog/catalog_routes.h"

#include "server/http/routes.h"
#include "server/services/catalog/catalog_service.h"

void addCatalogRoutes(Routes &routes, const CatalogService &catalog)
{
    using namespace api::catalog;
    routes.on<Products>([&](Session &, const Caller &, const api::ProductQuery &query) {
        return catalog.products(query);
    });
    routes.on<Plans>([&](Session &, const Caller &) { return catalog.plans(); });
    routes.on<Subscribe>([&](Session &session, const Caller &by, const api::NewSubscription &wanted) {
        return catalog.subscribe(session, by, wanted.planId);
    });
    routes.on<Subscriptions>([&](Session &session, const Caller &by) {
        return catalog.subscriptions(session, by);
    });
    // The only change so far; SubscriptionState has no other value a customer may ask for.
    routes.on<ChangeSubscription>(
        [&](Session &session,
            const Caller &by,
            const api::SubscriptionRef &ref,
            const api::SubscriptionChange &change) -> Result<api::Subscription> {
            if (change.state != api::SubscriptionState::cancelled)
                return fail(
                    Problem::invalid(QStringLiteral("/state"), QStringLiteral("can only become cancelled"))
                );
            return catalog.cancel(session, by, ref.id);
        }
    );
}

#include "server/services/catalog/catalog_routes.h"

#include "server/http/routes.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/device_service.h"
#include "server/services/catalog/subscription_service.h"
#include "shared/api/customer.h"

namespace {

void addDeviceRoutes(Routes &routes, const DeviceService &devices)
{
    using namespace api::device;
    routes.on<Register>([&](Session &session, const Caller &by, const api::NewDevice &wanted) {
        return devices.add(session, by, wanted);
    });
    routes.on<List>([&](Session &session, const Caller &by, const api::DeviceQuery &query) {
        return devices.list(session, by, query);
    });
    routes.on<Change>(
        [&](Session &session, const Caller &by, const api::DeviceRef &ref, const api::DeviceChange &wanted) {
            return devices.change(session, by, ref.id, wanted);
        }
    );
    routes.on<Remove>([&](Session &session, const Caller &by, const api::DeviceRef &ref) {
        return devices.remove(session, by, ref.id);
    });
}

} // namespace

void addCatalogRoutes(
    Routes &routes,
    const CatalogService &catalog,
    const SubscriptionService &subscriptions,
    const DeviceService &devices
)
{
    addDeviceRoutes(routes, devices);
    using namespace api::catalog;
    routes.on<Products>([&](Session &, const Caller &, const api::ProductQuery &query) {
        return catalog.products(query);
    });
    routes.on<CreateProduct>([&](Session &session, const Caller &, const api::NewProduct &wanted) {
        return catalog.add(session, wanted);
    });
    routes.on<ChangeProduct>(
        [&](Session &session, const Caller &by, const api::ProductRef &ref, const api::ProductChange &wanted
        ) { return catalog.change(session, by, ref.id, wanted); }
    );
    routes.on<Plans>([&](Session &, const Caller &) { return catalog.plans(); });
    routes.on<Categories>([](Session &session, const Caller &) -> Result<api::Items<api::Category>> {
        return api::Items<api::Category> { TRY(catalog_store::categories(session)) };
    });
    routes.on<PlanHistories>([&](Session &session, const Caller &) { return catalog.histories(session); });
    routes.on<CreatePlan>([&](Session &session, const Caller &by, const api::NewPlan &wanted) {
        return catalog.create(session, by, wanted);
    });
    routes.on<ChangePlan>(
        [&](Session &session, const Caller &by, const api::PlanRef &ref, const api::PlanChange &wanted) {
            return catalog.change(session, by, ref.id, wanted);
        }
    );
    routes.on<WithdrawPlan>([&](Session &session, const Caller &, const api::PlanRef &ref) {
        return catalog.withdraw(session, ref.id);
    });
    routes.on<Subscribe>([&](Session &session, const Caller &by, const api::NewSubscription &wanted) {
        return subscriptions.subscribe(session, by, wanted.planId);
    });
    routes.on<Subscriptions>([&](Session &session, const Caller &by) {
        return subscriptions.list(session, by.account);
    });
    routes.on<api::customer::Subscriptions>([&](Session &session, const Caller &, const api::AccountRef &ref
                                            ) { return subscriptions.list(session, ref.id); });
    routes.on<QuoteChange>([&](Session &session, const Caller &by, const api::QuoteQuery &query) {
        return subscriptions.quote(session, by, query);
    });
    routes.on<ChangeSubscription>([&](Session &session,
                                      const Caller &by,
                                      const api::SubscriptionRef &ref,
                                      const api::SubscriptionChange &change) {
        return subscriptions.change(session, by, ref.id, change);
    });
}

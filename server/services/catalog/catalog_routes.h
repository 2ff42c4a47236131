#pragma once

class CatalogService;
class DeviceService;
class Routes;
class SubscriptionService;

void addCatalogRoutes(
    Routes &routes,
    const CatalogService &catalog,
    const SubscriptionService &subscriptions,
    const DeviceService &devices
);

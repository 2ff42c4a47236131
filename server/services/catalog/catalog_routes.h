#pragma once

class CatalogService;
class Routes;
class SubscriptionService;

void addCatalogRoutes(
    Routes &routes, const CatalogService &catalog, const SubscriptionService &subscriptions
);

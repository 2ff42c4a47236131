#pragma once

class CatalogService;
class Routes;

void addCatalogRoutes(Routes &routes, const CatalogService &catalog);

#pragma once

class Router;

// The customer's portal: the page at each of its addresses, its assets, and what a browser sees where nothing
// is.
void addPortalRoutes(Router &router);

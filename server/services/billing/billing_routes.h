#pragma once

class BillingService;
class Routes;

void addBillingRoutes(Routes &routes, const BillingService &billing);

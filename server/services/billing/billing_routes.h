#pragma once

class BillingService;
class Routes;
class VendorAudit;

void addBillingRoutes(Routes &routes, const BillingService &billing, const VendorAudit &audit);

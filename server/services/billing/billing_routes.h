#pragma once

#include "server/http/caller.h"
#include "shared/api/ticket.h"

#include <functional>

class BillingService;
class PlanPreview;
class Routes;
class TaxService;
class VendorAudit;

void addBillingRoutes(Routes &routes, const BillingService &billing, const VendorAudit &audit);

// Whose ticket it is; not found for a caller who may not see it. Tickets are another service's.
using CustomerOfTicket = std::function<Result<api::AccountId>(const Caller &, api::TicketId)>;

void addStandingRoutes(Routes &routes, const BillingService &billing, const CustomerOfTicket &customerOf);

void addPlanPreviewRoutes(Routes &routes, const PlanPreview &previews);

void addTaxRoutes(Routes &routes, const TaxService &taxes);

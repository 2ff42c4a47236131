#include "server/services/billing/billing_routes.h"

#include "server/http/routes.h"
#include "server/services/billing/billing_service.h"
#include "server/services/billing/billing_store.h"
#include "server/services/billing/plan_preview.h"
#include "server/services/billing/tax_service.h"
#include "server/services/billing/vendor_audit.h"

void addBillingRoutes(Routes &routes, const BillingService &billing, const VendorAudit &audit)
{
    using namespace api::billing;
    routes.on<Invoices>([&](Session &session, const Caller &by, const api::InvoiceQuery &query) {
        return billing.invoices(session, by, query);
    });
    routes.on<FetchInvoice>([&](Session &session, const Caller &by, const api::InvoiceRef &ref) {
        return billing.invoice(session, by, ref.id);
    });
    routes.on<Refunds>([&](Session &session, const Caller &by, const api::InvoiceRef &ref) {
        return billing.refunds(session, by, ref.id);
    });
    routes.on<PrintInvoice>([&](Session &session, const Caller &by, const api::InvoiceRef &ref) {
        return billing.printInvoice(session, by, ref.id);
    });
    routes.on<PrintCreditNote>([&](Session &session, const Caller &by, const api::RefundRef &ref) {
        return billing.printCreditNote(session, by, ref.id);
    });
    routes.on<FetchStatement>([&](Session &session, const Caller &by, const api::StatementQuery &query) {
        return billing.statement(session, by, query);
    });
    routes.on<PrintStatement>([&](Session &session, const Caller &by, const api::StatementQuery &query) {
        return billing.printStatement(session, by, query);
    });
    routes.on<GiveBack>(
        [&](Session &session, const Caller &by, const api::InvoiceRef &ref, const api::NewRefund &wanted) {
            return billing.giveBack(session, by, ref.id, wanted);
        }
    );
    routes.on<CompareVendor>([&](Session &session, const Caller &) { return audit.answer(session); });
}

void addStandingRoutes(Routes &routes, const BillingService &billing, const CustomerOfTicket &customerOf)
{
    routes.on<api::customer::FetchStanding>([&](Session &session, const Caller &by, const api::AccountRef &ref
                                            ) { return billing.standing(session, by, ref.id); });
    routes.on<api::ticket::FetchStanding>(
        [&, customerOf](
            Session &session, const Caller &by, const api::TicketRef &ref
        ) -> Result<api::TicketStanding> {
            return billing.standingAtWork(session, by, TRY(customerOf(by, ref.id)));
        }
    );
}

void addPlanPreviewRoutes(Routes &routes, const PlanPreview &previews)
{
    routes.on<api::billing::PreviewPlan>(
        [&](Session &session, const Caller &, const api::PlanPreviewQuery &query) {
            return previews.preview(session, query);
        }
    );
}

void addTaxRoutes(Routes &routes, const TaxService &taxes)
{
    routes.on<api::billing::TaxRates>([&](Session &session, const Caller &) { return taxes.rates(session); });
    routes.on<api::billing::ChangeTaxRate>(
        [&](Session &session, const Caller &by, const api::TaxRateRef &ref, const api::TaxRateChange &wanted
        ) { return taxes.change(session, by, ref.usState.toString(), wanted); }
    );
}

#pragma once

#include "server/db/session.h"
#include "server/services/catalog/subscription_service.h"
#include "shared/api/billing.h"
#include "shared/core/clock.h"

#include <functional>

class CatalogService;

// What customers would pay, and when, if a plan had other terms. Computed by the rules that subscriptions go
// on and bills are written by; nothing is changed.
class PlanPreview
{
public:
    using RenewalsOf = std::function<Result<QList<RenewalRow>>(api::PlanId)>;
    using ZoneOf = std::function<QString(const ZipCode &)>; // IANA

    PlanPreview(const CatalogService &catalog, const Clock &clock, RenewalsOf renewalsOf, ZoneOf zoneOf);

    Result<api::PlanPreview> preview(Session &session, const api::PlanPreviewQuery &query) const;

private:
    Result<QList<api::RenewalMonth>>
    renewals(const api::PlanPreviewQuery &query, const api::PlanVersion &terms, int taxBasisPoints) const;

    const CatalogService &m_catalog;
    const Clock &m_clock;
    RenewalsOf m_renewalsOf;
    ZoneOf m_zoneOf;
};

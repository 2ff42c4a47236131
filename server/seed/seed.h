#pragma once

#include "shared/core/result.h"
#include "shared/core/secret.h"

class CatalogService;
class ExpertService;
class GatewayService;
class SubscriptionService;

// Fills an installation with what it needs to be useful: regions and ZIP codes, catalogue and plans; for a
// demo also with invented people. Safe to repeat: what is there is brought up to date or left alone.
class Seed
{
public:
    struct Options
    {
        std::optional<QString> zipTable; // an operator's own, see ZipTable
        int demoExperts = 0; // 0: no people
        Secret demoPassword; // of everybody invented
        quint32 demoNumber = 1; // another number, other people
    };

    Seed(
        GatewayService &gateway,
        CatalogService &catalog,
        const SubscriptionService &subscriptions,
        ExpertService &experts
    )
        : m_gateway(gateway)
        , m_catalog(catalog)
        , m_subscriptions(subscriptions)
        , m_experts(experts)
    {
    }

    // Says what it did, for the operator.
    Result<QString> run(const Options &options);

private:
    Result<QString> loadPlaces();
    Result<QString> loadZipTable(const QString &path);
    Result<QString> loadCatalog();
    Result<QString> inventPeople(const Options &options);
    Result<void> sellPlan(const Options &options);

    GatewayService &m_gateway;
    CatalogService &m_catalog;
    const SubscriptionService &m_subscriptions;
    ExpertService &m_experts;
};

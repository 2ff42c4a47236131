#include "server/seed/seed.h"

#include "server/seed/demo_people.h"
#include "server/seed/seed_data.h"
#include "server/seed/zip_table.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/catalog/subscription_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/expert_service.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype batch = 2000; // people in one transaction

} // namespace

Result<QString> Seed::run(const Options &options)
{
    QStringList done { TRY(loadPlaces()) };
    if (options.zipTable)
        done += TRY(loadZipTable(*options.zipTable));
    done += TRY(loadCatalog());
    if (options.demoExperts > 0)
        done += TRY(inventPeople(options));
    return done.join(u'\n');
}

Result<QString> Seed::loadPlaces()
{
    const QList<PlaceRow> places = seed_data::places();
    TRY(m_gateway.loadPlaces(seed_data::regions(), places));
    return u"%1 regions with %2 ZIP prefixes"_s.arg(seed_data::regions().size()).arg(places.size());
}

Result<QString> Seed::loadZipTable(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(Problem::invalid(path, u"cannot be read: "_s + file.errorString()));
    const ZipTable table = TRY(ZipTable::read(file.readAll()));
    TRY(m_gateway.loadPlaces({}, table.places));
    return u"%1 ZIP codes; %2 more are served by their prefix's position, %3 are unknown"_s
        .arg(table.places.size())
        .arg(table.coarse)
        .arg(table.unknown);
}

Result<QString> Seed::loadCatalog()
{
    const CatalogContent content = seed_data::catalog();
    TRY(m_catalog.load(content));
    return u"%1 products in %2 categories, %3 plans"_s.arg(content.products.size())
        .arg(content.categories.size())
        .arg(content.plans.size());
}

// Accounts first, then who they are: a seed that broke off in between finds the accounts and goes on.
Result<QString> Seed::inventPeople(const Options &options)
{
    TRY(sellPlan(options));
    QList<api::Expert> experts = demo_people::experts(options.demoExperts, options.demoNumber);
    int added = 0;
    for (qsizetype at = 0; at < experts.size(); at += batch) {
        QList<api::Expert> some = experts.mid(at, batch);
        QList<GatewayService::Newcomer> people;
        for (const api::Expert &expert : some)
            people.append({ expert.email, api::Role::expert, expert.name, {}, {} });
        const QList<api::AccountId> ids = TRY(m_gateway.addAccounts(people, options.demoPassword));
        for (qsizetype i = 0; i < some.size(); ++i)
            some[i].id = ids.at(i);
        added += TRY(m_experts.add(some));
    }
    return u"%1 invented experts, %2 of them new; an admin, a manager and a customer"_s.arg(experts.size())
        .arg(added);
}

// The demo's customer holds the plan that covers most.
Result<void> Seed::sellPlan(const Options &options)
{
    const QList<api::AccountId> ids
        = TRY(m_gateway.addAccounts(demo_people::staffAndCustomer(), options.demoPassword));
    const QList<api::Plan> plans = TRY(m_catalog.plans()).items;
    const auto best
        = std::ranges::max_element(plans, {}, [](const api::Plan &plan) { return plan.categories.size(); });
    if (best == plans.end())
        return fail(Problem::internal(u"There is no plan to sell."_s));
    TRY(m_subscriptions.activate(ids.last(), best->id));
    return {};
}

#pragma once

#include "server/db/session.h"
#include "server/services/catalog/catalog_snapshot.h"

struct SkillRow
{
    QString id;
    QString name;
};
BOOST_DESCRIBE_STRUCT(SkillRow, (), (id, name))

struct CategoryRow
{
    QString id;
    QString name;
    QString skill;
    int minutes = 60;
};
BOOST_DESCRIBE_STRUCT(CategoryRow, (), (id, name, skill, minutes))

struct ProductRow
{
    api::ProductId id;
    QString sku;
    QString name;
    QString maker;
    QString category;
};
BOOST_DESCRIBE_STRUCT(ProductRow, (), (id, sku, name, maker, category))

struct PlanRow
{
    api::PlanId id;
    QString slug;
    QString name;
    QString description;
    qint64 priceMinor = 0;
    QString currency;
    api::Period period = api::Period::month;
    QList<QString> categories;
    int visitsPerYear = 0;
    int assignMinutes = 0;
    int acceptMinutes = 0;
    int arriveMinutes = 0;
    int resolveMinutes = 0;
    api::SlaCounting counting = api::SlaCounting::workingTime;
    api::Priority priority = api::Priority::normal;
    int place = 0;
};
BOOST_DESCRIBE_STRUCT(
    PlanRow,
    (),
    (id,
     slug,
     name,
     description,
     priceMinor,
     currency,
     period,
     categories,
     visitsPerYear,
     assignMinutes,
     acceptMinutes,
     arriveMinutes,
     resolveMinutes,
     counting,
     priority,
     place)
)

struct SubscriptionRow
{
    api::SubscriptionId id;
    api::AccountId customerId;
    api::PlanId planId;
    api::SubscriptionState state = api::SubscriptionState::active;
    Instant startedAt;
    std::optional<Instant> cancelledAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(SubscriptionRow, (), (id, customerId, planId, state, startedAt, cancelledAt, version))

// What a seed file brings.
struct CatalogContent
{
    QList<SkillRow> skills;
    QList<CategoryRow> categories;
    QList<ProductRow> products;
    QList<PlanRow> plans;
};

// The SQL of the schema `catalog`. Nothing else touches it.
namespace catalog_store {

// Adds or brings up to date; products are known by their SKU and plans by their slug, so their ids stay.
Result<void> load(Session &session, const CatalogContent &content);
Result<std::shared_ptr<const Catalog>> snapshot(Session &session);

Result<bool>
insert(Session &session, const SubscriptionRow &row); // false: the customer holds that plan already
Result<QList<SubscriptionRow>> subscriptions(Session &session, api::AccountId customer);
Result<std::optional<SubscriptionRow>> lock(Session &session, api::SubscriptionId id);
Result<void> cancel(Session &session, api::SubscriptionId id, Instant at);

} // namespace catalog_store

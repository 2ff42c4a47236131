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

// A plan with the terms of one version.
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

// Whose a version of a plan is, and from when it is in force.
struct VersionMark
{
    int version = 1;
    Instant fromAt;
    std::optional<api::AccountId> madeBy;
    QString madeByName;
    Instant madeAt;
};

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
// Products that an administrator has edited and plans that are there stay as they are: what is new for them
// is a new version, which somebody has to want.
Result<void> load(Session &session, const CatalogContent &content, Instant at);
Result<std::shared_ptr<const Catalog>> snapshot(Session &session);

Result<QList<api::Category>> categories(Session &session); // by name

// What is filed in a category that there is not violates a foreign key: look before.
Result<bool> add(Session &session, const ProductRow &product); // false: the SKU is taken
Result<std::optional<api::Product>> lock(Session &session, api::ProductId id);
Result<void> save(Session &session, const api::Product &product); // and raises its version
Result<api::Product> fetch(Session &session, api::ProductId id);

// A new plan, on sale from now on as the last in the list. False: the slug is taken.
Result<bool> add(Session &session, PlanRow plan, const VersionMark &mark);
// Another version of a plan; false: `mark.version` is not the next one.
Result<bool> addVersion(Session &session, const PlanRow &plan, const VersionMark &mark);
Result<bool> withdraw(Session &session, api::PlanId plan); // false: it is not on sale
Result<QHash<api::PlanId, qint64>> subscribers(Session &session);

} // namespace catalog_store

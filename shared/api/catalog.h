#pragma once

#include "shared/api/account.h"

// Products, plans, and the plans that customers hold.
namespace api {

struct ProductConcept;
using ProductId = Id<ProductConcept>;
struct PlanConcept;
using PlanId = Id<PlanConcept>;
struct SubscriptionConcept;
using SubscriptionId = Id<SubscriptionConcept>;

using Slug = Text<1, 60>; // a readable key of our own data: skill "tv", category "led-tv", region "florida"

enum class Priority { low, normal, high, urgent };
BOOST_DESCRIBE_ENUM(Priority, low, normal, high, urgent)

enum class Period { month, year };
BOOST_DESCRIBE_ENUM(Period, month, year)

struct Product
{
    ProductId id;
    QString sku;
    QString name;
    QString maker;
    QString category; // slug
    QString categoryName;
    QString skill; // slug of the skill an expert needs
    int minutes = 60; // typical length of a repair
};
BOOST_DESCRIBE_STRUCT(Product, (), (id, sku, name, maker, category, categoryName, skill, minutes))

// What a plan's minutes are: those in which the region's calendar says that work is done, or all.
enum class SlaCounting { workingTime, always };
BOOST_DESCRIBE_ENUM(SlaCounting, workingTime, always)

// Minutes from filing to each stage.
struct SlaTargets
{
    int assign = 0;
    int accept = 0;
    int arrive = 0;
    int resolve = 0;
    SlaCounting counting = SlaCounting::workingTime;
};
BOOST_DESCRIBE_STRUCT(SlaTargets, (), (assign, accept, arrive, resolve, counting))

struct Plan
{
    PlanId id;
    QString name;
    QString description;
    Money price;
    Period period = Period::month;
    QList<QString> categories; // slugs of what it covers
    int visitsPerYear = 0; // 0: no limit
    SlaTargets sla;
    Priority priority = Priority::normal;
};
BOOST_DESCRIBE_STRUCT(
    Plan, (), (id, name, description, price, period, categories, visitsPerYear, sla, priority)
)

enum class SubscriptionState { active, cancelled };
BOOST_DESCRIBE_ENUM(SubscriptionState, active, cancelled)

struct Subscription
{
    SubscriptionId id;
    AccountId customerId;
    Plan plan;
    SubscriptionState state = SubscriptionState::active;
    Instant startedAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(Subscription, (), (id, customerId, plan, state, startedAt, version))

struct NewSubscription
{
    PlanId planId;
};
BOOST_DESCRIBE_STRUCT(NewSubscription, (), (planId))

struct SubscriptionRef
{
    SubscriptionId id;
};
BOOST_DESCRIBE_STRUCT(SubscriptionRef, (), (id))

struct SubscriptionChange
{
    SubscriptionState state = SubscriptionState::cancelled;
};
BOOST_DESCRIBE_STRUCT(SubscriptionChange, (), (state))

struct ProductQuery
{
    std::optional<Text<0, 100>> q; // words of name or maker
    std::optional<Slug> category;
    std::optional<PageLimit> limit; // 50 unless told
    std::optional<Cursor> cursor;
};
BOOST_DESCRIBE_STRUCT(ProductQuery, (), (q, category, limit, cursor))

namespace catalog {

    struct Products : Endpoint<Method::get, "/products">
    {
        static constexpr std::string_view summary = "Find products";
        using Params = ProductQuery;
        using Answer = Page<Product>;
    };

    struct Plans : Endpoint<Method::get, "/plans">
    {
        static constexpr std::string_view summary = "The support plans on sale";
        using Answer = Items<Plan>;
    };

    struct Subscribe : Endpoint<Method::post, "/subscriptions">
    {
        static constexpr std::string_view summary = "Buy a plan";
        static constexpr Roles roles = Role::customer;
        static constexpr int success = 201;
        using Body = NewSubscription;
        using Answer = Subscription;
    };

    struct Subscriptions : Endpoint<Method::get, "/subscriptions">
    {
        static constexpr std::string_view summary = "The plans the caller holds";
        static constexpr Roles roles = Role::customer;
        using Answer = Items<Subscription>;
    };

    struct ChangeSubscription : Endpoint<Method::patch, "/subscriptions/{id}">
    {
        static constexpr std::string_view summary = "Cancel a plan";
        static constexpr Roles roles = Role::customer;
        using Params = SubscriptionRef;
        using Body = SubscriptionChange;
        using Answer = Subscription;
    };

} // namespace catalog
} // namespace api

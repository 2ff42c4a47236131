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
    bool isWithdrawn = false; // not offered any more; what was filed or registered for it goes on
    int version = 1;

    bool operator==(const Product &) const = default;
};
BOOST_DESCRIBE_STRUCT(
    Product, (), (id, sku, name, maker, category, categoryName, skill, minutes, isWithdrawn, version)
)

struct ProductRef
{
    ProductId id;
};
BOOST_DESCRIBE_STRUCT(ProductRef, (), (id))

struct NewProduct
{
    Text<1, 60> sku; // stays what it is: seed files and imports know the product by it
    Text<1, 120> name;
    Text<1, 80> maker;
    Slug category;
};
BOOST_DESCRIBE_STRUCT(NewProduct, (), (sku, name, maker, category))

// What is not told stays as it is.
struct ProductChange
{
    std::optional<Text<1, 120>> name;
    std::optional<Text<1, 80>> maker;
    std::optional<Slug> category;
    std::optional<bool> isWithdrawn;
};
BOOST_DESCRIBE_STRUCT(ProductChange, (), (name, maker, category, isWithdrawn))

// Which products a list is of.
enum class ProductShelf { offered, withdrawn, all };
BOOST_DESCRIBE_ENUM(ProductShelf, offered, withdrawn, all)

// A kind of product, and what its repair takes.
struct Category
{
    QString id; // slug
    QString name;
    QString skill; // slug of the skill an expert needs
    int minutes = 60; // typical length of a repair
};
BOOST_DESCRIBE_STRUCT(Category, (), (id, name, skill, minutes))

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

// The terms of a plan. They change by versions: whoever holds the plan keeps the version of the running
// period and takes the newest at the next one.
struct Plan
{
    PlanId id;
    int version = 1;
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
    Plan, (), (id, version, name, description, price, period, categories, visitsPerYear, sla, priority)
)

// pending: bought and not paid yet, so nothing is covered.
enum class SubscriptionState { pending, active, paused, cancelled };
BOOST_DESCRIBE_ENUM(SubscriptionState, pending, active, paused, cancelled)

// What happens when the period that is paid ends.
enum class AtPeriodEnd { renew, change, pause, cancel };
BOOST_DESCRIBE_ENUM(AtPeriodEnd, renew, change, pause, cancel)

struct Subscription
{
    SubscriptionId id;
    AccountId customerId;
    Plan plan;
    SubscriptionState state = SubscriptionState::active;
    Instant startedAt;
    std::optional<Instant> periodFrom; // of the period that is billed; none where plans are not charged for
    std::optional<Instant> periodUntil;
    AtPeriodEnd atPeriodEnd = AtPeriodEnd::renew;
    std::optional<Plan> nextPlan; // the terms from then on, where they are others
    bool isOverdue = false; // a bill is not paid: the plan cannot be changed until it is
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    Subscription,
    (),
    (id,
     customerId,
     plan,
     state,
     startedAt,
     periodFrom,
     periodUntil,
     atPeriodEnd,
     nextPlan,
     isOverdue,
     version)
)

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

// One of the two. Another plan is taken at once and prorated if it costs more, and at the end of the period
// otherwise. `renew` takes back what was planned for that end, and lets a paused plan go on.
struct SubscriptionChange
{
    std::optional<PlanId> planId;
    std::optional<AtPeriodEnd> atPeriodEnd; // not `change`, which wants to be told the plan
};
BOOST_DESCRIBE_STRUCT(SubscriptionChange, (), (planId, atPeriodEnd))

struct QuoteQuery
{
    SubscriptionId id;
    PlanId planId;
};
BOOST_DESCRIBE_STRUCT(QuoteQuery, (), (id, planId))

// What a change of plan would cost at this moment, before tax.
struct Quote
{
    Plan plan;
    Instant from; // when it would begin
    Money dueNow; // for the rest of the running period, less what of the plan of before is not used
};
BOOST_DESCRIBE_STRUCT(Quote, (), (plan, from, dueNow))

// What an administrator says of a plan. Currency and period stay what they are as long as the plan is sold.
struct PlanTermsDraft
{
    Text<1, 80> name;
    Text<0, 2000> description;
    Bounded<0, 10'000'000> priceMinor;
    QList<Slug> categories;
    Bounded<0, 1000> visitsPerYear; // 0: no limit
    Bounded<1, 100'000> assignMinutes;
    Bounded<1, 100'000> acceptMinutes;
    Bounded<1, 100'000> arriveMinutes;
    Bounded<1, 100'000> resolveMinutes;
    SlaCounting counting = SlaCounting::workingTime;
    Priority priority = Priority::normal;
};
BOOST_DESCRIBE_STRUCT(
    PlanTermsDraft,
    (),
    (name,
     description,
     priceMinor,
     categories,
     visitsPerYear,
     assignMinutes,
     acceptMinutes,
     arriveMinutes,
     resolveMinutes,
     counting,
     priority)
)

struct NewPlan
{
    Slug slug;
    Period period = Period::month;
    PlanTermsDraft terms;
};
BOOST_DESCRIBE_STRUCT(NewPlan, (), (slug, period, terms))

struct PlanRef
{
    PlanId id;
};
BOOST_DESCRIBE_STRUCT(PlanRef, (), (id))

struct PlanChange
{
    std::optional<Instant> from; // not in the past; at once unless told
    PlanTermsDraft terms;
};
BOOST_DESCRIBE_STRUCT(PlanChange, (), (from, terms))

struct PlanVersion
{
    Plan plan;
    Instant from;
    std::optional<AccountId> madeBy; // nobody: it came with the installation
    QString madeByName; // as it was then
    Instant madeAt;
};
BOOST_DESCRIBE_STRUCT(PlanVersion, (), (plan, from, madeBy, madeByName, madeAt))

// A plan as administrators see it. Of the versions that have begun the one with the highest number is in
// force.
struct PlanHistory
{
    PlanId id;
    QString slug;
    bool isOnSale = true;
    qint64 subscribers = 0; // who pay for it or paused it
    QList<PlanVersion> versions; // oldest first
    int version = 1; // of the newest: the ETag of a change
};
BOOST_DESCRIBE_STRUCT(PlanHistory, (), (id, slug, isOnSale, subscribers, versions, version))

struct ProductQuery
{
    std::optional<Text<0, 100>> q; // words of name or maker
    std::optional<Slug> category;
    std::optional<ProductShelf> shelf; // offered unless told
    std::optional<PageLimit> limit; // 50 unless told
    std::optional<Cursor> cursor;
};
BOOST_DESCRIBE_STRUCT(ProductQuery, (), (q, category, shelf, limit, cursor))

namespace catalog {

    struct Products : Endpoint<Method::get, "/products">
    {
        static constexpr std::string_view summary = "Find products";
        using Params = ProductQuery;
        using Answer = Page<Product>;
    };

    struct CreateProduct : Endpoint<Method::post, "/products">
    {
        static constexpr std::string_view summary = "Add a product that is repaired";
        static constexpr Roles roles = Role::admin;
        static constexpr int success = 201;
        using Body = NewProduct;
        using Answer = Product;
    };

    struct ChangeProduct : Endpoint<Method::patch, "/products/{id}">
    {
        static constexpr std::string_view summary = "Change a product, withdraw it or offer it again";
        static constexpr Roles roles = Role::admin;
        using Params = ProductRef;
        using Body = ProductChange;
        using Answer = Product;
    };

    struct Categories : Endpoint<Method::get, "/product-categories">
    {
        static constexpr std::string_view summary = "The kinds of products there are";
        static constexpr Roles roles = Role::admin;
        using Answer = Items<Category>;
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
        static constexpr std::string_view summary = "Take another plan, or pause, cancel or renew one";
        static constexpr Roles roles = Role::customer;
        using Params = SubscriptionRef;
        using Body = SubscriptionChange;
        using Answer = Subscription;
    };

    struct QuoteChange : Endpoint<Method::get, "/subscriptions/{id}/quote">
    {
        static constexpr std::string_view summary = "What a change of plan would cost";
        static constexpr Roles roles = Role::customer;
        using Params = QuoteQuery;
        using Answer = Quote;
    };

    struct PlanHistories : Endpoint<Method::get, "/plan-histories">
    {
        static constexpr std::string_view summary = "All plans with all their versions, also those withdrawn";
        static constexpr Roles roles = Role::admin;
        using Answer = Items<PlanHistory>;
    };

    struct CreatePlan : Endpoint<Method::post, "/plans">
    {
        static constexpr std::string_view summary = "Put a new plan on sale";
        static constexpr Roles roles = Role::admin;
        static constexpr int success = 201;
        using Body = NewPlan;
        using Answer = PlanHistory;
    };

    struct ChangePlan : Endpoint<Method::patch, "/plans/{id}">
    {
        static constexpr std::string_view summary
            = "Give a plan new terms, as a version that begins at a date";
        static constexpr Roles roles = Role::admin;
        using Params = PlanRef;
        using Body = PlanChange;
        using Answer = PlanHistory;
    };

    struct WithdrawPlan : Endpoint<Method::del, "/plans/{id}">
    {
        static constexpr std::string_view summary = "Sell a plan no longer; whoever holds it keeps it";
        static constexpr Roles roles = Role::admin;
        using Params = PlanRef;
        using Answer = PlanHistory;
    };

} // namespace catalog
} // namespace api

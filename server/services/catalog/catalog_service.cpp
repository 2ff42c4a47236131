#include "server/services/catalog/catalog_service.h"

#include "server/events/event_bus.h"
#include "server/events/outbox.h"
#include "server/http/cursor.h"
#include "server/services/catalog/catalog_events.h"

namespace {

constexpr const char *role = "squad_catalog";

// Every word has to be somewhere in name, maker or category.
bool matches(const api::Product &product, const QStringList &words)
{
    return std::ranges::all_of(words, [&](const QString &word) {
        return product.name.contains(word, Qt::CaseInsensitive)
            || product.maker.contains(word, Qt::CaseInsensitive)
            || product.categoryName.contains(word, Qt::CaseInsensitive);
    });
}

// Where a page of products ended.
struct ProductCursor
{
    QString name;
    api::ProductId id;
};
BOOST_DESCRIBE_STRUCT(ProductCursor, (), (name, id))

bool isOn(api::ProductShelf shelf, const api::Product &product)
{
    return shelf == api::ProductShelf::all || product.isWithdrawn == (shelf == api::ProductShelf::withdrawn);
}

Problem noSuchCategory()
{
    return Problem::invalid(QStringLiteral("/category"), QStringLiteral("is not a category of products"));
}

// Carries the product as it is now, so that whoever was late sees what they would have gone over.
Problem stale(const api::Product &current)
{
    return { ProblemKind::stale,
             QStringLiteral("Somebody else has changed this product since you looked."),
             {},
             {},
             { { QStringLiteral("current"), json::encode(current) } } };
}

Problem noSuchPlan()
{
    return Problem::notFound(QStringLiteral("There is no such plan."));
}

// Carries the plan as it is now, so that whoever was late sees what they would have gone over.
Problem stale(const api::PlanHistory &current)
{
    return { ProblemKind::stale,
             QStringLiteral("Somebody else has changed this plan since you looked."),
             {},
             {},
             { { QStringLiteral("current"), json::encode(current) } } };
}

api::PlanHistory toHistory(const SoldPlan &plan, const QHash<api::PlanId, qint64> &subscribers)
{
    return { plan.id,       plan.slug,
             plan.isOnSale, subscribers.value(plan.id),
             plan.versions, plan.newest().version };
}

Result<PlanRow>
toRow(const Catalog &catalog, api::PlanId id, api::Period period, const api::PlanTermsDraft &draft)
{
    QStringList categories;
    for (qsizetype i = 0; i < draft.categories.size(); ++i) {
        const QString slug = draft.categories[i].toString();
        if (!catalog.hasCategory(slug))
            return fail(Problem::invalid(
                QStringLiteral("/terms/categories/%1").arg(i), QStringLiteral("is not a category of products")
            ));
        if (!categories.contains(slug))
            categories.append(slug);
    }
    if (categories.isEmpty())
        return fail(Problem::invalid(
            QStringLiteral("/terms/categories"), QStringLiteral("must name what the plan covers")
        ));
    return PlanRow {
        .id = id,
        .slug = {},
        .name = draft.name.toString(),
        .description = draft.description.toString(),
        .priceMinor = draft.priceMinor.value,
        .currency = Money().currency,
        .period = period,
        .categories = categories,
        .visitsPerYear = draft.visitsPerYear.value,
        .assignMinutes = draft.assignMinutes.value,
        .acceptMinutes = draft.acceptMinutes.value,
        .arriveMinutes = draft.arriveMinutes.value,
        .resolveMinutes = draft.resolveMinutes.value,
        .counting = draft.counting,
        .priority = draft.priority,
    };
}

} // namespace

CatalogService::CatalogService(Database &database, const Clock &clock)
    : m_database(database)
    , m_clock(clock)
{
}

Result<void> CatalogService::refresh()
{
    auto fresh
        = TRY(m_database.transact(role, [](Session &session) { return catalog_store::snapshot(session); }));
    const std::lock_guard lock(m_mutex);
    m_catalog = std::move(fresh);
    return {};
}

void CatalogService::watch(EventBus &bus)
{
    // What fails here is logged by the database; the catalogue of before serves on.
    bus.watch(toQString(CatalogChanged::type), [this] { static_cast<void>(refresh()); });
}

std::shared_ptr<const Catalog> CatalogService::current() const
{
    const std::lock_guard lock(m_mutex);
    return m_catalog;
}

Result<std::shared_ptr<const Catalog>> CatalogService::ready() const
{
    if (auto catalog = current())
        return catalog;
    return fail(Problem::unavailable(QStringLiteral("The catalogue is still being read. Please try again.")));
}

Result<api::Page<api::Product>> CatalogService::products(const api::ProductQuery &query) const
{
    const auto catalog = TRY(ready());
    const qsizetype limit = query.limit ? query.limit->value : 50;
    const QStringList words = query.q ? query.q->toString().split(u' ', Qt::SkipEmptyParts) : QStringList();
    const auto shelf = query.shelf.value_or(api::ProductShelf::offered);
    std::optional<ProductCursor> after;
    if (query.cursor)
        after = TRY(fromCursor<ProductCursor>(*query.cursor));

    api::Page<api::Product> page;
    qint64 total = 0;
    for (const api::Product &product : catalog->products()) {
        if (!isOn(shelf, product) || (query.category && product.category != query.category->toString())
            || !matches(product, words))
            continue;
        ++total;
        if (after && !Catalog::isBefore(after->name, after->id, product))
            continue;
        if (page.items.size() < limit)
            page.items.append(product);
        else if (!page.nextCursor)
            page.nextCursor = toCursor(ProductCursor { page.items.last().name, page.items.last().id });
    }
    page.total = total;
    return page;
}

Result<api::Items<api::Plan>> CatalogService::plans() const
{
    return api::Items<api::Plan> { TRY(ready())->onSale(m_clock.now()) };
}

Result<void> CatalogService::load(const CatalogContent &content)
{
    TRY(m_database.transact(role, [&](Session &session) -> Result<void> {
        TRY(catalog_store::load(session, content, m_clock.now()));
        return tell(session);
    }));
    return refresh();
}

Result<void> CatalogService::tell(Session &session) const
{
    return Outbox::publish(session, QStringLiteral("catalog"), CatalogChanged {}, {});
}

// Products for administrators ------------------------------------------------

Result<api::Product> CatalogService::add(Session &session, const api::NewProduct &wanted) const
{
    const auto catalog = TRY(catalog_store::snapshot(session));
    if (!catalog->hasCategory(wanted.category.toString()))
        return fail(noSuchCategory());
    const ProductRow row { api::ProductId::make(),
                           wanted.sku.toString(),
                           wanted.name.toString(),
                           wanted.maker.toString(),
                           wanted.category.toString() };
    if (!TRY(catalog_store::add(session, row)))
        return fail(Problem::invalid(QStringLiteral("/sku"), QStringLiteral("is another product's")));
    TRY(tell(session));
    return catalog_store::fetch(session, row.id);
}

Result<api::Product> CatalogService::change(
    Session &session, const Caller &by, api::ProductId id, const api::ProductChange &wanted
) const
{
    auto product = TRY(catalog_store::lock(session, id));
    if (!product)
        return fail(Problem::notFound(QStringLiteral("There is no such product.")));
    if (by.ifMatch && *by.ifMatch != product->version)
        return fail(stale(*product));
    if (wanted.name)
        product->name = wanted.name->toString();
    if (wanted.maker)
        product->maker = wanted.maker->toString();
    if (wanted.category) {
        product->category = wanted.category->toString();
        if (!TRY(catalog_store::snapshot(session))->hasCategory(product->category))
            return fail(noSuchCategory());
    }
    product->isWithdrawn = wanted.isWithdrawn.value_or(product->isWithdrawn);
    TRY(catalog_store::save(session, *product));
    TRY(tell(session));
    return catalog_store::fetch(session, id);
}

// Plans for administrators ---------------------------------------------------

Result<api::Items<api::PlanHistory>> CatalogService::histories(Session &session) const
{
    const auto catalog = TRY(catalog_store::snapshot(session));
    const auto subscribers = TRY(catalog_store::subscribers(session));
    api::Items<api::PlanHistory> list;
    for (const SoldPlan &plan : catalog->plans())
        list.items.append(toHistory(plan, subscribers));
    return list;
}

Result<api::PlanHistory> CatalogService::history(Session &session, api::PlanId id) const
{
    for (const api::PlanHistory &plan : TRY(histories(session)).items) {
        if (plan.id == id)
            return plan;
    }
    return fail(noSuchPlan());
}

Result<api::PlanHistory>
CatalogService::create(Session &session, const Caller &by, const api::NewPlan &wanted) const
{
    const auto catalog = TRY(catalog_store::snapshot(session));
    PlanRow row = TRY(toRow(*catalog, api::PlanId::make(), wanted.period, wanted.terms));
    row.slug = wanted.slug.toString();
    const Instant now = m_clock.now();
    if (!TRY(catalog_store::add(session, row, { 1, now, by.account, by.name, now })))
        return fail(Problem::invalid(QStringLiteral("/slug"), QStringLiteral("is the name of another plan")));
    TRY(tell(session));
    return history(session, row.id);
}

Result<api::PlanHistory> CatalogService::change(
    Session &session, const Caller &by, api::PlanId id, const api::PlanChange &wanted
) const
{
    const auto catalog = TRY(catalog_store::snapshot(session));
    const SoldPlan *plan = catalog->find(id);
    if (!plan)
        return fail(noSuchPlan());
    const Instant now = m_clock.now();
    const Instant from = wanted.from.value_or(now);
    if (from < now)
        return fail(Problem::invalid(
            QStringLiteral("/from"), QStringLiteral("is over; what was sold keeps the terms it was sold with")
        ));
    const PlanRow row = TRY(toRow(*catalog, id, plan->newest().period, wanted.terms));
    const int newest = plan->newest().version;
    const bool isFirst = (!by.ifMatch || *by.ifMatch == newest)
        && TRY(catalog_store::addVersion(session, row, { newest + 1, from, by.account, by.name, now }));
    if (!isFirst)
        return fail(stale(TRY(history(session, id))));
    TRY(tell(session));
    return history(session, id);
}

Result<api::PlanHistory> CatalogService::withdraw(Session &session, api::PlanId id) const
{
    if (TRY(catalog_store::withdraw(session, id)))
        TRY(tell(session));
    return history(session, id);
}

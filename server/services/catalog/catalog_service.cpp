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

Problem noSuchPlan()
{
    return Problem::notFound(QStringLiteral("There is no such plan of yours."));
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
    std::optional<ProductCursor> after;
    if (query.cursor)
        after = TRY(fromCursor<ProductCursor>(*query.cursor));

    api::Page<api::Product> page;
    qint64 total = 0;
    for (const api::Product &product : catalog->products()) {
        if ((query.category && product.category != query.category->toString()) || !matches(product, words))
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
    return api::Items<api::Plan> { TRY(ready())->plans() };
}

Result<api::Subscription> CatalogService::toSubscription(const SubscriptionRow &row) const
{
    const auto catalog = TRY(ready());
    const api::Plan *plan = catalog->find(row.planId);
    if (!plan)
        return fail(Problem::internal(QStringLiteral("A subscription names a plan that is gone.")));
    return api::Subscription { row.id, row.customerId, *plan, row.state, row.startedAt, row.version };
}

Result<api::Subscription>
CatalogService::subscribe(Session &session, const Caller &by, api::PlanId plan) const
{
    if (const auto subscription = TRY(activate(session, by.account, plan, by.requestId)))
        return *subscription;
    return fail(
        Problem::conflict(QStringLiteral("subscription.held"), QStringLiteral("You hold this plan already."))
    );
}

Result<bool> CatalogService::activate(api::AccountId customer, api::PlanId plan) const
{
    return m_database.transact(role, [&](Session &session) -> Result<bool> {
        return TRY(activate(session, customer, plan, {})).has_value();
    });
}

Result<std::optional<api::Subscription>> CatalogService::activate(
    Session &session, api::AccountId customer, api::PlanId plan, const QString &traceId
) const
{
    if (!TRY(ready())->find(plan))
        return fail(Problem::invalid(QStringLiteral("/planId"), QStringLiteral("is not a plan on sale")));
    const SubscriptionRow row {
        .id = api::SubscriptionId::make(),
        .customerId = customer,
        .planId = plan,
        .state = api::SubscriptionState::active,
        .startedAt = m_clock.now(),
        .cancelledAt = {},
        .version = 1,
    };
    if (!TRY(catalog_store::insert(session, row)))
        return std::optional<api::Subscription>();
    const api::Subscription subscription = TRY(toSubscription(row));
    const SubscriptionActivated event {
        row.id,
        customer,
        plan,
        subscription.plan.categories,
        subscription.plan.priority,
        subscription.plan.sla,
        PlanTerms { subscription.plan.name, subscription.plan.price, subscription.plan.period, row.startedAt }
    };
    TRY(Outbox::publish(session, customer.toString(), event, traceId));
    return std::optional(subscription);
}

Result<api::Items<api::Subscription>> CatalogService::subscriptions(Session &session, const Caller &by) const
{
    api::Items<api::Subscription> list;
    for (const SubscriptionRow &row : TRY(catalog_store::subscriptions(session, by.account)))
        list.items.append(TRY(toSubscription(row)));
    return list;
}

Result<api::Subscription>
CatalogService::cancel(Session &session, const Caller &by, api::SubscriptionId id) const
{
    std::optional<SubscriptionRow> row = TRY(catalog_store::lock(session, id));
    if (!row || row->customerId != by.account)
        return fail(noSuchPlan());
    if (by.ifMatch && *by.ifMatch != row->version)
        return fail(
            { ProblemKind::stale, QStringLiteral("This plan has changed since you looked."), {}, {}, {} }
        );
    if (row->state == api::SubscriptionState::cancelled)
        return fail(Problem::conflict(
            QStringLiteral("subscription.cancelled"), QStringLiteral("This plan is cancelled already.")
        ));
    TRY(end(session, *row, by.requestId));
    row->state = api::SubscriptionState::cancelled;
    ++row->version;
    return toSubscription(*row);
}

Result<void> CatalogService::end(Session &session, const SubscriptionRow &row, const QString &traceId) const
{
    TRY(catalog_store::cancel(session, row.id, m_clock.now()));
    return Outbox::publish(
        session, row.customerId.toString(), SubscriptionCancelled { row.id, row.customerId }, traceId
    );
}

Result<void>
CatalogService::end(Session &session, const EndSubscription &command, const QString &traceId) const
{
    const std::optional<SubscriptionRow> row = TRY(catalog_store::lock(session, command.subscriptionId));
    if (!row || row->state == api::SubscriptionState::cancelled)
        return {};
    return end(session, *row, traceId);
}

std::shared_ptr<const Consumer> CatalogService::consumer() const
{
    auto consumer = std::make_shared<Consumer>(QStringLiteral("catalog"), role);
    consumer->on<EndSubscription>([this](
                                      Session &session, const Event &event, const EndSubscription &command
                                  ) { return end(session, command, event.traceId); });
    return consumer;
}

Result<void> CatalogService::load(const CatalogContent &content)
{
    TRY(m_database.transact(role, [&](Session &session) -> Result<void> {
        TRY(catalog_store::load(session, content));
        const CatalogChanged event { content.products.size(), content.plans.size() };
        return Outbox::publish(session, QStringLiteral("catalog"), event, {});
    }));
    return refresh();
}

#include "admin-client/features/product/product_view_model.h"

using namespace Qt::StringLiterals;

namespace {

QList<ProductViewModel::Model::Column> columns()
{
    const auto inFull = [](const api::Product &product) { return product.name; };
    return {
        { ProductViewModel::tr("Name"),
          [](const api::Product &product) { return product.name; },
          {},
          inFull },
        { ProductViewModel::tr("Maker"), [](const api::Product &product) { return product.maker; } },
        { ProductViewModel::tr("Category"),
          [](const api::Product &product) { return product.categoryName; },
          {},
          [](const api::Product &product) {
              return ProductViewModel::tr("Skill “%1”, a repair takes about %2 minutes")
                  .arg(product.skill)
                  .arg(product.minutes);
          } },
        { ProductViewModel::tr("SKU"), [](const api::Product &product) { return product.sku; } },
        { ProductViewModel::tr("State"),
          [](const api::Product &product) {
              return product.isWithdrawn ? ProductViewModel::tr("Withdrawn")
                                         : ProductViewModel::tr("Offered");
          } },
    };
}

} // namespace

ProductViewModel::ProductViewModel(ApiClient &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_model(&api::Product::id, columns())
{
    reload();
}

bool ProductViewModel::isFiltered() const
{
    return !m_text.isEmpty() || m_shelf != api::ProductShelf::all;
}

void ProductViewModel::search(const QString &text, api::ProductShelf shelf)
{
    const bool isOther = text != m_text || shelf != m_shelf;
    m_text = text;
    m_shelf = shelf;
    if (isOther)
        reload();
}

void ProductViewModel::reload()
{
    if (m_categories.isEmpty())
        m_api.call<api::catalog::Categories>().then(
            this,
            [this](const Result<api::Items<api::Category>> &categories) {
                if (categories)
                    m_categories = categories->items;
                emit changed();
            }
        );
    ++m_generation;
    load(std::nullopt);
}

void ProductViewModel::loadMore()
{
    if (!m_isLoading && m_nextCursor)
        load(m_nextCursor);
}

void ProductViewModel::load(const std::optional<QString> &cursor)
{
    api::ProductQuery query;
    if (!m_text.isEmpty())
        query.q = Text<0, 100>::parse(m_text.left(100)).value_or(Text<0, 100>());
    query.shelf = m_shelf;
    if (cursor)
        query.cursor = api::Cursor::parse(*cursor).value_or(api::Cursor());
    m_isLoading = true;
    m_api.call<api::catalog::Products>(query).then(
        this,
        [this, generation = m_generation, isFirst = !cursor](const Result<api::Page<api::Product>> &page) {
            if (generation == m_generation)
                onPage(page, isFirst);
        }
    );
    emit changed();
}

void ProductViewModel::onPage(const Result<api::Page<api::Product>> &page, bool isFirst)
{
    m_isLoading = false;
    m_problem = page ? std::nullopt : std::optional(page.error());
    if (page) {
        m_nextCursor = page->nextCursor;
        m_total = page->total.value_or(page->items.size());
        QList<api::Product> rows = isFirst ? QList<api::Product>() : m_model.rows();
        for (const api::Product &product : page->items) {
            // What was renamed between two pages may be on both.
            if (std::ranges::find(rows, product.id, &api::Product::id) == rows.end())
                rows += product;
        }
        m_model.merge(rows);
    }
    emit changed();
}

void ProductViewModel::add(const api::NewProduct &wanted)
{
    m_api.call<api::catalog::CreateProduct>(wanted).then(this, [this](const Result<api::Product> &product) {
        onSaved(product);
    });
}

void ProductViewModel::change(const api::Product &product, const api::ProductChange &wanted)
{
    m_api
        .call<api::catalog::ChangeProduct>(
            api::ProductRef { product.id }, wanted, CallOptions { .ifMatch = product.version }
        )
        .then(this, [this](const Result<api::Product> &saved) { onSaved(saved); });
}

void ProductViewModel::onSaved(const Result<api::Product> &product)
{
    if (product) {
        adopt(*product);
        emit changed();
        return emit saved(*product);
    }
    const auto current = json::fromJson<api::Product>(product.error().extension.value("current"_L1));
    if (product.error().kind == ProblemKind::stale && current) {
        adopt(*current);
        emit changed();
        return emit overtaken(*current);
    }
    emit refused(product.error());
}

// Until the next search it stays where it is, also if it would not be found any more: what has just been
// saved must not vanish under the hand.
void ProductViewModel::adopt(const api::Product &product)
{
    QList<api::Product> rows = m_model.rows();
    const auto known = std::ranges::find(rows, product.id, &api::Product::id);
    if (known != rows.end()) {
        *known = product;
    } else {
        rows.prepend(product);
        ++m_total;
    }
    m_model.merge(rows);
}

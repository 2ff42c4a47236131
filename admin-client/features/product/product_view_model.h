#pragma once

#include "shared/api/catalog.h"
#include "shared/client/api_client.h"
#include "shared/ui/table_model.h"

#include <QObject>

// The products that a search finds, by name; page after page.
class ProductViewModel : public QObject
{
    Q_OBJECT
public:
    using Model = TableModel<api::Product, api::ProductId>;

    explicit ProductViewModel(ApiClient &api, QObject *parent = nullptr);

    // Words of name, maker or category; empty: all.
    void search(const QString &text, api::ProductShelf shelf);
    void reload();
    void loadMore();

    void add(const api::NewProduct &wanted);
    void change(const api::Product &product, const api::ProductChange &wanted);

    [[nodiscard]] Model &model() { return m_model; }
    [[nodiscard]] const QList<api::Category> &categories() const { return m_categories; } // by name
    [[nodiscard]] qint64 total() const { return m_total; }
    [[nodiscard]] bool isFiltered() const;
    [[nodiscard]] bool isLoading() const { return m_isLoading; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed();
    void saved(const api::Product &product);
    void refused(const Problem &problem);
    // Somebody else was faster: this is what they made of it.
    void overtaken(const api::Product &current);

private:
    void load(const std::optional<QString> &cursor);
    void onPage(const Result<api::Page<api::Product>> &page, bool isFirst);
    void onSaved(const Result<api::Product> &product);
    void adopt(const api::Product &product);

    ApiClient &m_api;
    Model m_model;
    QList<api::Category> m_categories;
    QString m_text;
    api::ProductShelf m_shelf = api::ProductShelf::offered;
    qint64 m_total = 0;
    std::optional<QString> m_nextCursor;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    int m_generation = 0; // of the search that an answer belongs to
};

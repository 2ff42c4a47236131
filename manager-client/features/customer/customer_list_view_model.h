#pragma once

#include "shared/api/customer.h"
#include "shared/client/push_channel.h"
#include "shared/ui/table_model.h"

#include <memory>

// What the list shows of a customer.
struct CustomerLine
{
    api::AccountId id;
    QString name;
    QString email;
    QString phone;
    QString place;

    bool operator==(const CustomerLine &) const = default;
};

// The customers whom a search finds, by name; page after page. Who owns a device of that serial number comes
// first.
class CustomerListViewModel : public QObject
{
    Q_OBJECT
public:
    using Model = TableModel<CustomerLine, api::AccountId>;

    CustomerListViewModel(ApiClient &api, PushChannel &push, QObject *parent = nullptr);

    void search(const QString &text
    ); // words of name or e-mail, a telephone or serial number; empty: everybody
    void reload();
    void loadMore();

    [[nodiscard]] Model &model() { return m_model; }
    [[nodiscard]] const QString &text() const { return m_text; }
    [[nodiscard]] bool isLoading() const { return m_isLoading || m_asked > 0; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed();

private:
    void load(const std::optional<QString> &cursor);
    void findOwners();
    void fetchOwner(const api::AccountId &id);
    void onPage(const Result<api::Page<api::Account>> &page, bool isFirst);

    ApiClient &m_api;
    Model m_model;
    QString m_text;
    std::optional<QString> m_nextCursor;
    std::optional<Problem> m_problem;
    QList<CustomerLine> m_owners; // of devices that the search may mean
    int m_asked = 0; // for them
    bool m_isLoading = false;
    int m_generation = 0; // of the search that an answer belongs to
};

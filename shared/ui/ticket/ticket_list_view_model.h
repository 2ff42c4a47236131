#pragma once

#include "shared/client/push_channel.h"
#include "shared/ui/table_model.h"

#include <QTimer>

// The tickets that the person may see, newest first, page by page as they scroll, and live: each change of a
// ticket moves, adds or removes its row.
class TicketListViewModel : public QObject
{
    Q_OBJECT
public:
    struct Filter
    {
        enum class Scope { active, all, one };
        Scope scope = Scope::active;
        api::TicketState state = api::TicketState::open; // with Scope::one
        QString text;

        bool operator==(const Filter &) const = default;
    };
    enum class Column { number, state, subject, expert, priority, customer, place, filed };
    using Model = TableModel<api::TicketSummary, api::TicketId>;

    TicketListViewModel(ApiClient &api, PushChannel &push, QObject *parent = nullptr);
    ~TicketListViewModel() override;

    void setFilter(const Filter &filter);
    void reload(); // keeps the rows until the new ones are there
    void loadMore();

    [[nodiscard]] Model &model() { return *m_model; }
    [[nodiscard]] const Filter &filter() const { return m_filter; }
    [[nodiscard]] bool isLoading() const { return m_isLoading; }
    [[nodiscard]] bool hasMore() const { return m_nextCursor.has_value(); }
    [[nodiscard]] std::optional<qint64> total() const { return m_total; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed(); // anything but the rows' content

private:
    void load(const std::optional<QString> &cursor);
    void onPage(const Result<api::Page<api::TicketSummary>> &page, bool isFirst);
    void onChange(const api::TicketChanged &change);
    void touch(); // has the words for how long ago things were said anew
    [[nodiscard]] bool fits(const api::TicketSummary &ticket) const;
    [[nodiscard]] bool isLoadedYet(const api::TicketSummary &ticket) const;

    ApiClient &m_api;
    std::unique_ptr<Model> m_model;
    Filter m_filter;
    std::optional<QString> m_nextCursor;
    std::optional<qint64> m_total;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    int m_generation = 0; // of the filter; answers to older ones are dropped
    QList<api::TicketSummary> m_meanwhile; // changes that came while the first page was under way
};

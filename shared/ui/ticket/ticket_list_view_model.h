#pragma once

#include "shared/client/push_channel.h"
#include "shared/ui/ticket/ticket_list_model.h"

#include <QTimer>

// All tickets that match, newest first, and live: each change of a ticket changes, adds or removes its row.
// They are counted at once and fetched where they are looked at, one stretch at a time and the one that is
// looked at now before those that were scrolled past.
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

    TicketListViewModel(ApiClient &api, PushChannel &push, QObject *parent = nullptr);
    ~TicketListViewModel() override;

    void setFilter(const Filter &filter);
    void reload(); // keeps the rows until the new ones are there
    void show(int first, int last); // the rows that are looked at

    [[nodiscard]] TicketListModel &model() { return m_model; }
    [[nodiscard]] const Filter &filter() const { return m_filter; }
    [[nodiscard]] bool isLoading() const { return m_isLoading; }
    [[nodiscard]] std::optional<int> total() const; // once it is known
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed(); // anything but the rows' content

private:
    // Of a stretch that is being fetched.
    struct Fetching
    {
        TicketListModel::Stretch stretch;
        QList<api::TicketSummary> rows;
    };

    [[nodiscard]] api::TicketQuery query() const;
    void loadNewest();
    void loadLadder();
    void onLadder(const Result<api::TicketLadder> &ladder);
    void fetchMissing();
    void fetch(const Fetching &fetching);
    void onFetched(Fetching fetching, const Result<api::Page<api::TicketSummary>> &page);
    void fail(const Problem &problem);
    void onChange(const api::TicketChanged &change);
    void apply(const api::TicketChanged &change);
    void catchUp();
    [[nodiscard]] bool fits(api::TicketState state) const;
    [[nodiscard]] bool fitsWords(const api::TicketSummary &ticket) const;

    ApiClient &m_api;
    TicketListModel m_model;
    Filter m_filter;
    std::optional<Problem> m_problem;
    int m_first = 0; // of the rows that are looked at
    int m_last = 0;
    bool m_isLoading = false;
    bool m_isLaidOut = false; // the model has as many rows as there are tickets
    bool m_isFetching = false;
    int m_generation = 0; // of the load; answers to older ones are dropped
    QList<api::TicketSummary> m_newest; // while the ladder is under way
    QList<api::TicketChanged> m_meanwhile; // changes that came while the list was being read
};

#pragma once

#include "shared/client/push_channel.h"
#include "shared/ui/table_model.h"

// The expert's own jobs, live: the one at hand first, then the earlier ones, newest first.
class JobListViewModel : public QObject
{
    Q_OBJECT
public:
    using Model = TableModel<api::TicketSummary, api::TicketId>;

    JobListViewModel(ApiClient &api, PushChannel &push, const api::AccountId &me, QObject *parent = nullptr);
    ~JobListViewModel() override;

    void reload();
    void loadMore();
    // Takes the answer of an action at once; the feed will say the same a moment later.
    void adopt(const api::Ticket &ticket);

    [[nodiscard]] Model &model() { return *m_model; }
    [[nodiscard]] bool isLoading() const { return m_isLoading; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }
    [[nodiscard]] bool isMine(const api::TicketSummary &job) const
    {
        return job.expert && job.expert->id == m_me;
    }
    // Mine and not over: it wants something of me.
    [[nodiscard]] bool isCurrent(const api::TicketSummary &job) const;
    [[nodiscard]] int currentCount() const;

signals:
    void changed();
    void offered(const api::TicketSummary &job); // waits for a yes or no
    void taken(const api::TicketSummary &job, const QString &actor); // by somebody else

private:
    void load(const std::optional<QString> &cursor);
    void onPage(const Result<api::Page<api::TicketSummary>> &page, bool isFirst);
    void onChange(const api::TicketChanged &change);
    bool take(const api::TicketSummary &job); // false: older than what is known
    void put(const api::TicketSummary &job);
    void remove(int row);
    void announce(const api::TicketSummary &job);
    void show(QList<api::TicketSummary> jobs);

    ApiClient &m_api;
    const api::AccountId m_me;
    std::unique_ptr<Model> m_model;
    std::optional<QString> m_nextCursor;
    std::optional<Problem> m_problem;
    bool m_isLoading = false;
    int m_generation = 0;
    QHash<api::TicketId, int>
        m_newest; // version by ticket: neither page nor push may bring an older one back
    QHash<api::TicketId, int> m_announced; // version of the offer by ticket
};

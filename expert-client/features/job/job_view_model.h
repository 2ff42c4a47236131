#pragma once

#include "expert-client/features/job/job_action.h"
#include "shared/client/api_client.h"

// Carries out what the expert decides about a job. Nothing is shown as done before the server has said so.
class JobViewModel : public QObject
{
    Q_OBJECT
public:
    explicit JobViewModel(ApiClient &api, QObject *parent = nullptr);

    void accept(const api::TicketId &id);
    void reject(const api::TicketId &id, const Text<1, 500> &reason);
    void depart(const api::TicketId &id);
    void arrive(const api::TicketId &id);
    void complete(const api::TicketId &id, const api::Completion &completion);
    void hold(const api::TicketId &id, const api::NewPause &pause);
    void resume(const api::TicketId &id);

    // The action under way; one at a time.
    [[nodiscard]] std::optional<JobAction> busyWith() const { return m_busyWith; }

signals:
    void busyChanged();
    void done(JobAction action, const api::Ticket &ticket);
    // `now`: what the ticket is like instead, when the server told.
    void refused(JobAction action, const Problem &problem, const std::optional<api::TicketSummary> &now);

private:
    template <class E, class... Given>
    void perform(JobAction action, const Given &...given);
    void finish(JobAction action, const Result<api::Ticket> &ticket);

    ApiClient &m_api;
    std::optional<JobAction> m_busyWith;
    // The last request whose outcome is not known, and its key: asked once more it is still the same request.
    QByteArray m_unanswered;
    QByteArray m_unansweredKey;
};

#pragma once

#include "expert-client/features/job/job_list_view_model.h"
#include "expert-client/features/job/job_view_model.h"
#include "shared/ui/ticket/ticket_view_model.h"

#include <QFrame>
#include <QPointer>

class Banner;
class JobDialog;
class QListView;
class QPushButton;
class StatePane;
class TicketDetail;

// The expert's work: the list of jobs, the one that is open, and the next step with it.
class JobPage : public QWidget
{
    Q_OBJECT
public:
    JobPage(
        JobListViewModel &jobs,
        TicketViewModel &ticket,
        JobViewModel &job,
        const api::AccountId &me,
        QWidget *parent = nullptr
    );

    void open(const api::TicketId &id);
    void setOnDuty(bool onDuty);
    void askToReject(const api::TicketId &id);
    // This one is answered in the banner above the page: two pairs of the same buttons would make one wonder.
    void setOffer(const std::optional<api::TicketId> &id);

signals:
    void onDutyWanted();
    void said(const QString &text); // for a toast

private:
    QFrame *makeActionBar();
    void wire();
    void refreshList();
    void refreshJob();
    void refreshActions();
    void perform(JobAction action);
    void askToComplete(const api::Ticket &ticket);
    void askToHold(const api::Ticket &ticket);
    void show(JobDialog *dialog);
    void onDone(JobAction action, const api::Ticket &ticket);
    void onRefused(const Problem &problem, const std::optional<api::TicketSummary> &now);
    void onTaken(const api::TicketSummary &job, const QString &actor);
    void selectOpened();

    JobListViewModel &m_jobs;
    TicketViewModel &m_ticket;
    JobViewModel &m_job;
    bool m_isOnDuty = true;
    std::optional<api::TicketId> m_offer;
    QListView *m_list;
    StatePane *m_listPane;
    TicketDetail *m_detail;
    StatePane *m_jobPane;
    Banner *m_banner;
    QPointer<JobDialog> m_dialog; // what is being asked
    QFrame *m_actionBar;
    QPushButton *m_primary;
    QPushButton *m_secondary;
    QPushButton *m_aside;
};

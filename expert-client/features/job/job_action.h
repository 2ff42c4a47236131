#pragma once

#include "shared/api/ticket.h"

// What an expert can do with a job.
enum class JobAction { accept, reject, depart, arrive, complete };

// The one step that comes next, and what else is possible.
struct JobActions
{
    std::optional<JobAction> primary {};
    QList<JobAction> secondary {};
};

[[nodiscard]] JobActions actionsIn(api::TicketState state);

struct JobActionWords
{
    QString label; // on the button: "Accept the job"
    QString busy; // while the server is asked: "Accepting …"
    QString done; // afterwards: "You accepted %1."; %1 is the number
    QString icon;
};

[[nodiscard]] JobActionWords wordsOf(JobAction action);

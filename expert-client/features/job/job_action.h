#pragma once

#include "shared/api/ticket.h"

// What an expert can do with a job.
enum class JobAction { accept, reject, depart, arrive, complete, hold, resume };

// The one step that comes next, and what else is possible.
struct JobActions
{
    std::optional<JobAction> primary {};
    std::optional<JobAction> secondary {};
    std::optional<JobAction> aside {}; // for when things do not go as they should
};

[[nodiscard]] JobActions actionsFor(const api::Ticket &ticket);

struct JobActionWords
{
    QString label; // on the button: "Accept the job"
    QString busy; // while the server is asked: "Accepting …"
    QString done; // afterwards: "You accepted %1."; %1 is the number
    QString icon;
};

[[nodiscard]] JobActionWords wordsOf(JobAction action);

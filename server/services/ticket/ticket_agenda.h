#pragma once

#include "server/services/ticket/sla_clock.h"
#include "server/services/ticket/ticket_row.h"

#include <QSet>

// What has to be done about a ticket when nothing else happens to it.
enum class Errand {
    resume, // the pause has lasted long enough
    nudge, // nobody has it for too long
    silence, // the expert has not answered
    escalate, // a clock has come to where a rule speaks up
    close, // completed, and nobody complained
};

struct AgendaItem
{
    Instant at;
    Errand errand = Errand::close;
    std::optional<api::EscalationRule> rule {}; // of escalate
};

// What the agenda depends on besides the ticket itself.
struct AgendaFacts
{
    QList<SlaClock> clocks;
    const WorkingCalendar &calendar; // for what counts working time without being promised
    const api::EscalationPolicy &policy;
    QSet<QString> fired; // firedKey() of what was escalated before
};

[[nodiscard]] QString firedKey(const QString &cause, int level);

// Everything that will be due if the ticket stays as it is, the earliest first. Always made anew from the
// state, so that what no longer matters is not there: a timer that fires late finds nothing to do.
[[nodiscard]] QList<AgendaItem> agendaOf(const TicketRow &ticket, const AgendaFacts &facts);

// How long after its completion a ticket may be opened again; then it is closed.
inline constexpr std::chrono::days reopenWindow { 14 };

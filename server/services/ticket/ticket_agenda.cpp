#include "server/services/ticket/ticket_agenda.h"

#include "server/services/ticket/ticket_state.h"

using api::TicketState;

namespace {

// First it is matched again, then a manager hears of it. After that the manager knows.
constexpr int mostNudges = 2;

void addEscalations(QList<AgendaItem> &agenda, const AgendaFacts &facts)
{
    for (const SlaClock &clock : facts.clocks) {
        if (!clock.isOpen())
            continue;
        for (const api::EscalationRule &rule : facts.policy.rules) {
            if (rule.clock != clock.terms().kind
                || facts.fired.contains(firedKey(enumName(rule.clock), rule.level.value)))
                continue;
            const auto at = clock.reaches(clock.target() + std::chrono::minutes(rule.minutes.value));
            if (at)
                agenda.append({ *at, Errand::escalate, rule });
        }
    }
}

void addStage(QList<AgendaItem> &agenda, const TicketRow &ticket, const AgendaFacts &facts)
{
    if (ticket.paused) {
        agenda.append({ ticket.pausedUntil.value_or(ticket.stageSince), Errand::resume });
        return;
    }
    if (ticket.state == TicketState::open && ticket.nudges < mostNudges) {
        const auto minutes = std::chrono::minutes(facts.policy.unassignedMinutes.value);
        if (const auto at = facts.calendar.add(ticket.stageSince, minutes * (ticket.nudges + 1)))
            agenda.append({ *at, Errand::nudge });
    }
    if (ticket.state == TicketState::assigned) {
        const auto minutes = std::chrono::minutes(facts.policy.silentMinutes.value);
        agenda.append({ ticket.stageSince + minutes, Errand::silence });
    }
}

} // namespace

QString firedKey(const QString &cause, int level)
{
    return cause + u'/' + QString::number(level);
}

QList<AgendaItem> agendaOf(const TicketRow &ticket, const AgendaFacts &facts)
{
    QList<AgendaItem> agenda;
    if (ticket.state == TicketState::completed && ticket.completedAt) {
        agenda.append({ *ticket.completedAt + reopenWindow, Errand::close });
    } else if (!isOver(ticket.state)) {
        addStage(agenda, ticket, facts);
        addEscalations(agenda, facts);
    }
    std::ranges::stable_sort(agenda, {}, &AgendaItem::at);
    return agenda;
}

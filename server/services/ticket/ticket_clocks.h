#pragma once

#include "server/events/outbox.h"
#include "server/services/ticket/calendar_book.h"
#include "server/services/ticket/ticket_agenda.h"
#include "server/services/ticket/ticket_store.h"

// Keeps the clocks and the timer of each ticket true to its state. A ticket has one timer, set to the
// earliest of all that will be due (ticket_agenda.h), and known by the ticket's id; TicketRow::wakeAt says
// what it is set to.
class TicketClocks
{
public:
    static constexpr const char *timerOwner = "ticket";

    // For filing: tickets that are not stored yet. `plans`: what covers them, by ticket. Fills in when they
    // are promised and when they wake, and adds the timers' commands to `events`.
    Result<QList<ClockRow>> start(
        Session &session,
        QList<TicketRow> &tickets,
        const QHash<api::TicketId, CoverageRow> &plans,
        QList<Outbox::Draft> &events
    ) const;

    // After every change of a stored ticket, when its history holds the change and before the row is saved.
    Result<void> settle(Session &session, TicketRow &ticket, const QString &traceId) const;

    // Whatever the ticket's row says of it. What is set in the same transaction afterwards stays.
    static Result<void> cancelTimer(Session &session, api::TicketId id);

    // The plan has become known late.
    Result<void> promise(Session &session, const TicketRow &ticket, const CoverageRow &plan) const;

    // What is due at `now`, if anything.
    Result<std::optional<AgendaItem>> due(Session &session, const TicketRow &ticket, Instant now) const;

    Result<api::TicketSla> inspect(Session &session, const TicketRow &ticket, Instant now) const;

    [[nodiscard]] const CalendarBook &calendars() const { return m_calendars; }

private:
    struct TimedClock
    {
        CalendarBook::Edition calendar; // keeps alive what the clock counts by
        ClockRow row;
        SlaClock clock;
    };

    // All that time has to do with one ticket.
    struct Standing
    {
        CalendarBook::Edition calendar;
        api::EscalationPolicy policy;
        QSet<QString> fired;
        QList<TimedClock> clocks;

        [[nodiscard]] QList<AgendaItem> agenda(const TicketRow &ticket) const;
    };

    Result<Standing> standingOf(Session &session, const TicketRow &ticket) const;
    Result<SlaHistory> historyOf(Session &session, const TicketRow &ticket) const;

    CalendarBook m_calendars;
};

// The clocks that a plan starts for a ticket, without a due time yet.
[[nodiscard]] QList<ClockRow> promisesOf(const CoverageRow &plan, api::TicketId ticket);

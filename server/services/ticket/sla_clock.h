#pragma once

#include "server/services/ticket/working_calendar.h"

// What of a ticket's life its clocks go by. Read from the history, so that a clock can be made at any time:
// also for a plan that becomes known when the ticket is already done.
struct SlaHistory
{
    // Time that does not count, whatever the calendar says. Without an end it goes on.
    struct Hold
    {
        Instant from;
        std::optional<Instant> to;
        api::SlaSpanReason reason = api::SlaSpanReason::completed;

        [[nodiscard]] bool stops(api::SlaClockKind kind) const;
    };

    Instant openedAt;
    std::optional<Instant> assignedAt; // the first time, each of these three
    std::optional<Instant> acceptedAt;
    std::optional<Instant> arrivedAt;
    std::optional<Instant> completedAt; // as it is now: none after reopening
    std::optional<Instant> cancelledAt;
    QList<Hold> holds; // in order and apart; the repair that did not hold is one

    void add(const api::TicketChange &change); // in order
    // When the clock's aim was met.
    [[nodiscard]] std::optional<Instant> metAt(api::SlaClockKind kind) const;
};

// One promise of a plan to one ticket. It starts with filing and counts time until its aim is met:
// - calendar: working time of the region, or all time;
// - while the customer is waited for it stands still. A customer who wants a later day stops all clocks; one
//   who is not at home, or has no access to the device, only arrival and resolution, since finding somebody
//   was up to us;
// - assignment, acceptance and arrival are met by the first of each, and stay so;
// - resolution is met by completing. A ticket that is reopened goes on with what was left: the time in
//   between does not count, and what was breached stays breached.
// A pause in the middle of the night takes nothing away, since nothing would have counted.
class SlaClock
{
public:
    using Duration = WorkingCalendar::Duration;

    struct Terms
    {
        api::SlaClockKind kind = api::SlaClockKind::assign;
        int targetMinutes = 0;
        api::SlaCounting counting = api::SlaCounting::workingTime;
        int calendarVersion = 0;
    };

    // `calendar` is the region's; it outlives the clock.
    SlaClock(const Terms &terms, const SlaHistory &history, const WorkingCalendar &calendar);

    // The instant by which that much has been counted, as far as is known; none while a pause without an end
    // comes before it. What happened after the aim was met is left out.
    [[nodiscard]] std::optional<Instant> reaches(Duration counted) const;
    [[nodiscard]] std::optional<Instant> dueAt() const { return reaches(target()); }
    [[nodiscard]] Duration countedAt(Instant now) const;
    [[nodiscard]] api::SlaClockState stateAt(Instant now) const;
    // Neither met nor called off: time still matters.
    [[nodiscard]] bool isOpen() const { return !m_stoppedAt; }

    [[nodiscard]] const Terms &terms() const { return m_terms; }
    [[nodiscard]] Duration target() const { return std::chrono::minutes(m_terms.targetMinutes); }
    [[nodiscard]] std::optional<Instant> metAt() const { return m_metAt; }

    // The whole story, for whoever doubts it.
    [[nodiscard]] api::SlaClock inspect(Instant now) const;
    [[nodiscard]] QList<WorkingCalendar::Span> spans(Instant to) const;

private:
    class Walk;

    Terms m_terms;
    Instant m_startedAt;
    std::optional<Instant> m_metAt;
    std::optional<Instant> m_stoppedAt; // met or called off
    QList<SlaHistory::Hold> m_holds; // those that stop this clock
    const WorkingCalendar *m_calendar;
};

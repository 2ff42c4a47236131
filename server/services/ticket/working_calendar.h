#pragma once

#include "shared/api/sla.h"
#include "shared/core/zone_offsets.h"

#include <QDate>

#include <array>
#include <vector>

// When work is done in a region. An instant counts as working time when the clock on the wall there shows
// it: an hour that the clocks skip is not worked, one that comes twice is worked twice. Everything is exact
// to the millisecond and half-open: 17:00 is no longer working time, midnight belongs to the day it begins.
class WorkingCalendar
{
public:
    using Duration = std::chrono::milliseconds;

    // A stretch of time that counts, or does not, for one reason.
    struct Span
    {
        Instant from;
        Instant to;
        api::SlaSpanReason reason = api::SlaSpanReason::counted;
        QString name; // of the holiday or the break

        [[nodiscard]] bool isCounted() const { return reason == api::SlaSpanReason::counted; }
        [[nodiscard]] bool isLike(const Span &other) const
        {
            return reason == other.reason && name == other.name;
        }
    };

    // `content` has been checked (problemsOf()).
    explicit WorkingCalendar(const api::CalendarContent &content);
    // 24/7.
    static WorkingCalendar always();

    // The first instant by which `working` has passed since `from`. None: not within ten years.
    [[nodiscard]] std::optional<Instant> add(Instant from, Duration working) const;
    [[nodiscard]] Duration between(Instant from, Instant to) const;
    // Without gaps and with neighbours that differ.
    [[nodiscard]] QList<Span> spans(Instant from, Instant to) const;
    // The name of the holiday that is kept on that day, if any.
    [[nodiscard]] std::optional<QString> holidayOn(QDate day) const;

    // Goes through time from a given instant. For one use by one thread.
    class Walk
    {
    public:
        Walk(const WorkingCalendar &calendar, Instant from)
            : m_calendar(calendar)
            , m_at(from)
        {
        }
        // What begins where the last one ended; its neighbour may be alike.
        Span next();

    private:
        void enterDay(QDate day);

        const WorkingCalendar &m_calendar;
        Instant m_at;
        QDate m_day;
        std::optional<QString> m_holiday; // of m_day
        int m_year = 0;
        QHash<QDate, QString> m_holidays; // kept in m_year
    };

private:
    friend class Walk;

    // A part of a day, in minutes of local time.
    struct Part
    {
        int from;
        int to;
        api::SlaSpanReason reason;
        QString name;
    };
    using DayPlan = std::vector<Part>; // the whole of the day, in order

    WorkingCalendar() = default;
    static DayPlan planOf(int weekday, const QList<api::OpenHours> &hours);
    [[nodiscard]] QHash<QDate, QString> holidaysOf(int year) const;

    bool m_always = true;
    std::array<DayPlan, 7> m_week; // from Monday
    QList<api::Holiday> m_holidays;
    std::shared_ptr<const ZoneOffsets> m_zone;
};

// What is wrong with it, each with a pointer below "/": nothing when it can be used.
[[nodiscard]] QList<FieldError> problemsOf(const api::CalendarContent &content);

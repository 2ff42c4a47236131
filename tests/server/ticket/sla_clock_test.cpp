#include "server/services/ticket/sla_clock.h"

#include "tests/server/ticket/sample_calendars.h"
#include "tests/server/ticket/sla_cases.h"

#include <QTest>
#include <QTimeZone>

#include <random>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;
using api::SlaClockKind;
using api::SlaClockState;
using api::SlaSpanReason;

namespace {

Instant when(const QString &text)
{
    const auto instant = instantFromText(text);
    if (!instant)
        qFatal("no time: %s", qPrintable(text));
    return *instant;
}

// "access 2026-…, resume 2026-…": pauses by their reason, everything else by its action.
SlaHistory historyOf(const QString &filed, const QString &story)
{
    SlaHistory history;
    history.add({ {}, {}, u"open"_s, {}, {}, {}, when(filed) });
    for (const QString &part : story.split(u", "_s, Qt::SkipEmptyParts)) {
        const QString word = part.section(u' ', 0, 0);
        const Instant at = when(part.section(u' ', 1));
        if (word == "resume"_L1)
            history.holds.last().to = at;
        else if (word == "access"_L1 || word == "noShow"_L1 || word == "laterDay"_L1)
            history.holds.append({ at, {}, *enumFromName<SlaSpanReason>(word) });
        else
            history.add({ {}, {}, word, {}, {}, {}, at });
    }
    return history;
}

SlaClock::Terms terms(const QString &kind, int minutes, api::SlaCounting counting)
{
    return { *enumFromName<SlaClockKind>(kind), minutes, counting, 1 };
}

// The slow truth: for each minute, what the clock on the wall shows there and whether that is working time.
class MinuteClock
{
public:
    explicit MinuteClock(const api::CalendarContent &content)
        : m_content(content)
        , m_zone(content.timeZone.toString().toLatin1())
    {
    }

    [[nodiscard]] bool isWorking(Instant minute) const
    {
        if (m_content.alwaysOpen)
            return true;
        const QDateTime local = toDateTime(minute).toTimeZone(m_zone);
        if (isHoliday(local.date()))
            return false;
        const int now = local.time().hour() * 60 + local.time().minute();
        for (const api::OpenHours &hours : m_content.hours) {
            if (hours.weekday.value != local.date().dayOfWeek() || now < hours.fromMinute.value
                || now >= hours.toMinute.value)
                continue;
            return std::ranges::none_of(hours.breaks, [&](const api::DayBreak &pause) {
                return now >= pause.fromMinute.value && now < pause.toMinute.value;
            });
        }
        return false;
    }

private:
    // By looking at the date instead of computing it: the random calendars use only rules that allow that.
    [[nodiscard]] bool isHoliday(QDate date) const
    {
        return std::ranges::any_of(m_content.holidays, [&](const api::Holiday &holiday) {
            if (holiday.rule == api::HolidayRule::date)
                return date.toString(Qt::ISODate) == holiday.date->toString();
            if (holiday.month->value != date.month())
                return false;
            if (holiday.rule == api::HolidayRule::fixedDate)
                return holiday.day->value == date.day();
            if (holiday.weekday->value != date.dayOfWeek())
                return false;
            return holiday.rule == api::HolidayRule::nthWeekday ? (date.day() + 6) / 7 == holiday.nth->value
                                                                : date.day() + 7 > date.daysInMonth();
        });
    }

    const api::CalendarContent &m_content;
    QTimeZone m_zone;
};

class Dice
{
public:
    explicit Dice(unsigned seed)
        : m_engine(seed)
    {
    }

    int between(int from, int to) { return std::uniform_int_distribution<int>(from, to)(m_engine); }
    bool oneIn(int n) { return between(1, n) == 1; }

private:
    std::mt19937 m_engine;
};

api::Holiday randomHoliday(Dice &dice)
{
    api::Holiday holiday;
    holiday.name = *Text<1, 80>::parse(u"Holiday"_s);
    holiday.month = { dice.between(1, 12) };
    holiday.rule = api::HolidayRule(dice.between(0, 2));
    holiday.day = { dice.between(1, 28) };
    holiday.nth = { dice.between(1, 5) };
    holiday.weekday = { dice.between(1, 7) };
    return holiday;
}

api::CalendarContent randomCalendar(Dice &dice)
{
    static const QStringList zones { u"America/New_York"_s, u"America/Phoenix"_s,     u"Pacific/Honolulu"_s,
                                     u"America/Denver"_s,   u"Australia/Lord_Howe"_s, u"America/Havana"_s,
                                     u"Asia/Kathmandu"_s,   u"Europe/London"_s };
    api::CalendarContent content;
    content.timeZone = *Text<1, 60>::parse(zones.at(dice.between(0, static_cast<int>(zones.size()) - 1)));
    content.alwaysOpen = dice.oneIn(20);
    for (int weekday = 1; weekday <= 7; ++weekday) {
        if (dice.oneIn(4))
            continue;
        const int from = dice.oneIn(4) ? 0 : dice.between(0, 900);
        const int to = dice.oneIn(4) ? 1440 : dice.between(from + 60, 1440);
        content.hours.append(sample::hours(weekday, from, to));
        if (dice.oneIn(2)) {
            const int begin = dice.between(from, to - 30);
            content.hours.last().breaks
                = { { *Text<1, 60>::parse(u"Break"_s), { begin }, { dice.between(begin + 1, to) } } };
        }
    }
    for (int i = dice.between(0, 6); i > 0; --i)
        content.holidays.append(randomHoliday(dice));
    return content;
}

// Around the changes of the clocks, where mistakes hide, or anywhere.
Instant randomStart(Dice &dice)
{
    static const QStringList places { u"2026-03-06T00:00Z"_s,
                                      u"2026-10-30T00:00Z"_s,
                                      u"2028-02-27T00:00Z"_s,
                                      u"2026-12-30T00:00Z"_s,
                                      u"2026-04-03T00:00Z"_s };
    const Instant base = dice.oneIn(3)
        ? when(u"2026-01-01T00:00Z"_s) + std::chrono::days(dice.between(0, 1400))
        : when(places.at(dice.between(0, static_cast<int>(places.size()) - 1)));
    return base + std::chrono::minutes(dice.between(0, 5 * 1440));
}

} // namespace

class SlaClockTest : public QObject
{
    Q_OBJECT

private slots:
    void everyCaseComesOutAsByHand_data()
    {
        QTest::addColumn<int>("index");
        for (qsizetype i = 0; i < slaCases().size(); ++i)
            QTest::newRow(slaCases().at(i).name) << static_cast<int>(i);
    }

    void everyCaseComesOutAsByHand()
    {
        QFETCH(int, index);
        const SlaCase &each = slaCases().at(index);
        const QString name = QString::fromLatin1(each.calendar);
        const WorkingCalendar calendar(sample::calendar(name.section(u'/', 0, 0)));
        const auto counting
            = name.endsWith(u"/always"_s) ? api::SlaCounting::always : api::SlaCounting::workingTime;
        const QString filed = QString::fromLatin1(each.filed);
        const SlaHistory history = historyOf(filed, QString::fromLatin1(each.story));

        const SlaClock clock(
            terms(QString::fromLatin1(each.clock), each.minutes, counting), history, calendar
        );

        const auto due = clock.dueAt();
        QCOMPARE(
            due ? toText(*due) : u"-"_s,
            each.due[0] == '-' ? u"-"_s : toText(when(QString::fromLatin1(each.due)))
        );
        const Instant seen = when(each.seen[0] == 0 ? filed : QString::fromLatin1(each.seen));
        QCOMPARE(enumName(clock.stateAt(seen)), QString::fromLatin1(each.state));
    }

    void thereAreEnoughCases() { QVERIFY(slaCases().size() >= 60); }

    void editingTheCalendarMovesTheDeadlineOfARunningClock()
    {
        const SlaHistory history = historyOf(u"2026-11-20T16:00-05:00"_s, {});
        const auto dueBy = [&](const char *calendar) {
            const WorkingCalendar edited(sample::calendar(QString::fromLatin1(calendar)));
            return toText(*SlaClock(terms(u"resolve"_s, 180, {}), history, edited).dueAt());
        };

        QCOMPARE(dueBy("ny"), toText(when(u"2026-11-23T11:00-05:00"_s))); // 1 h on Friday, 2 h on Monday
        QCOMPARE(dueBy("saturday"), toText(when(u"2026-11-21T11:00-05:00"_s))); // the shop opens on Saturday
        QCOMPARE(dueBy("always"), toText(when(u"2026-11-20T19:00-05:00"_s)));
    }

    void theTimelineNamesEverythingThatDoesNotCount()
    {
        const WorkingCalendar calendar(sample::calendar(u"ny"_s));
        const SlaHistory history = historyOf(
            u"2026-05-22T15:00-04:00"_s, u"access 2026-05-22T16:00-04:00, resume 2026-05-22T16:30-04:00"_s
        );

        const api::SlaClock seen = SlaClock(terms(u"resolve"_s, 150, {}), history, calendar)
                                       .inspect(when(u"2026-05-22T15:30-04:00"_s));

        // 60 + 30 on Friday, then 60 on Tuesday.
        QCOMPARE(*seen.dueAt, when(u"2026-05-26T10:00-04:00"_s));
        QStringList story;
        for (const api::SlaSpan &span : seen.spans)
            story.append(enumName(span.reason) + u' ' + spokenMinutes(span) + span.name.value_or(QString()));
        QCOMPARE(
            story,
            QStringList({ u"counted 60"_s,
                          u"access 30"_s,
                          u"counted 30"_s,
                          u"night 420"_s,
                          u"weekend 2880"_s,
                          u"holiday 1440Memorial Day"_s,
                          u"night 540"_s,
                          u"counted 60"_s })
        );
        QVERIFY2(seen.explanation.contains(u"1 d (Memorial Day)"_s), qPrintable(seen.explanation));
        QCOMPARE(seen.countedSeconds, 1800);
    }

    void anOpenPauseEndsTheTimelineWithItsReason()
    {
        const WorkingCalendar calendar(sample::calendar(u"ny"_s));
        const SlaHistory history = historyOf(u"2026-11-17T09:00-05:00"_s, u"noShow 2026-11-17T10:00-05:00"_s);

        const api::SlaClock seen = SlaClock(terms(u"resolve"_s, 120, {}), history, calendar)
                                       .inspect(when(u"2026-11-19T12:00-05:00"_s));

        QCOMPARE(seen.spans.last().reason, SlaSpanReason::noShow);
        QCOMPARE(seen.spans.last().to, when(u"2026-11-19T12:00-05:00"_s));
        QCOMPARE(seen.countedSeconds, 3600);
        QVERIFY(!seen.dueAt);
    }

    void addingAndCountingAreOpposites()
    {
        Dice dice(7);
        for (int i = 0; i < 300; ++i) {
            const api::CalendarContent content = randomCalendar(dice);
            if (!problemsOf(content).isEmpty())
                continue;
            const WorkingCalendar calendar(content);
            const Instant from = randomStart(dice) + std::chrono::milliseconds(dice.between(0, 60'000));
            const auto work = std::chrono::milliseconds(dice.between(1, 100 * 3'600'000));
            const auto due = calendar.add(from, work);
            QVERIFY(due);
            QCOMPARE(calendar.between(from, *due).count(), work.count());
            QVERIFY(calendar.between(from, *due - 1ms) < work);
        }
    }

    void everyRandomClockAgreesWithCountingMinutes()
    {
        int compared = 0;
        for (unsigned seed = 1; seed <= 400; ++seed) {
            Dice dice(seed);
            const api::CalendarContent content = randomCalendar(dice);
            if (!problemsOf(content).isEmpty())
                continue;
            compareWithMinutes(content, dice, seed);
            if (QTest::currentTestFailed())
                return;
            ++compared;
        }
        QVERIFY(compared > 300);
    }

    void aThousandDeadlines()
    {
        const WorkingCalendar calendar(sample::calendar(u"ny"_s));
        const Instant start = when(u"2026-03-06T20:00Z"_s);
        QBENCHMARK
        {
            for (int i = 0; i < 1000; ++i)
                QVERIFY(calendar.add(start + std::chrono::minutes(i), 40h));
        }
    }

    void aBrokenCalendarIsRefusedFieldByField()
    {
        api::CalendarContent content = sample::calendar(u"lunch"_s);
        content.timeZone = *Text<1, 60>::parse(u"America/Gotham"_s);
        content.hours[1].toMinute = { 480 };
        content.hours[2].breaks[0].toMinute = { 1200 };
        content.hours.append(sample::hours(1, 600, 700));
        content.holidays[1].nth.reset();
        content.holidays[0].day = { 31 };
        content.holidays[0].month = { 2 };

        QStringList pointers;
        for (const FieldError &error : problemsOf(content))
            pointers.append(error.pointer);

        QCOMPARE(
            pointers,
            QStringList({ u"/hours/1/toMinute"_s,
                          u"/hours/2/breaks/0"_s,
                          u"/hours/5/fromMinute"_s,
                          u"/timeZone"_s,
                          u"/holidays/0/day"_s,
                          u"/holidays/1/nth"_s })
        );
    }

    void aCalendarThatIsNeverOpenIsRefused()
    {
        api::CalendarContent content = sample::calendar(u"ny"_s);
        content.hours.clear();
        QCOMPARE(problemsOf(content).value(0).pointer, u"/hours"_s);
        content.alwaysOpen = true;
        QVERIFY(problemsOf(content).isEmpty());
    }

private:
    static QString spokenMinutes(const api::SlaSpan &span)
    {
        return QString::number(std::chrono::floor<std::chrono::minutes>(span.to - span.from).count());
    }

    static void compareWithMinutes(const api::CalendarContent &content, Dice &dice, unsigned seed)
    {
        SlaHistory history;
        history.openedAt = randomStart(dice);
        Instant at = history.openedAt;
        for (int i = dice.between(0, 4); i > 0; --i) {
            at += std::chrono::minutes(dice.between(0, 2000));
            const Instant end = at + std::chrono::minutes(dice.between(0, 3000));
            history.holds.append({ at, end, SlaSpanReason::access });
            at = end;
        }
        const auto counting = dice.oneIn(8) ? api::SlaCounting::always : api::SlaCounting::workingTime;
        const int target = dice.between(1, 1500);

        // Minute by minute until the target is reached.
        const MinuteClock minutes(content);
        Instant minute = history.openedAt;
        for (int counted = 0; counted < target; minute += 1min) {
            const bool isHeld = std::ranges::any_of(history.holds, [&](const SlaHistory::Hold &hold) {
                return hold.from <= minute && minute < *hold.to;
            });
            if (!isHeld && (counting == api::SlaCounting::always || minutes.isWorking(minute)))
                ++counted;
        }

        const WorkingCalendar calendar(content);
        const SlaClock clock({ SlaClockKind::resolve, target, counting, 1 }, history, calendar);
        const auto due = clock.dueAt();
        QVERIFY2(
            due && *due == minute,
            qPrintable(
                u"seed %1: %2 instead of %3"_s.arg(seed).arg(due ? toText(*due) : u"-"_s, toText(minute))
            )
        );
        // The timeline tells the same: without gaps, and what is counted in it is the target.
        std::chrono::milliseconds sum { 0 };
        Instant end = history.openedAt;
        for (const WorkingCalendar::Span &span : clock.spans(*due)) {
            QCOMPARE(span.from, end);
            end = span.to;
            if (span.isCounted())
                sum += span.to - span.from;
        }
        QCOMPARE(end, *due);
        QCOMPARE(sum, std::chrono::milliseconds(std::chrono::minutes(target)));
    }
};

QTEST_GUILESS_MAIN(SlaClockTest)
#include "sla_clock_test.moc"

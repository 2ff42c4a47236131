#include "server/services/timer/recurrence.h"

#include <QTest>
#include <QTimeZone>

#include <ctime>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

using Minutes = std::chrono::minutes;

Instant utc(const char *text)
{
    return instantFromText(QString::fromLatin1(text)).value();
}

Recurrence monthly(int day, int minute, const QString &zone)
{
    Recurrence recurrence;
    recurrence.day.value = day;
    recurrence.minute.value = minute;
    recurrence.zone = zone;
    return recurrence;
}

Recurrence yearly(int month, int day, int minute, const QString &zone)
{
    Recurrence recurrence = monthly(day, minute, zone);
    recurrence.period = api::Period::year;
    recurrence.month.value = month;
    return recurrence;
}

// What a clock on a wall of the zone showed in each minute of some years, by the C library: an implementation
// that has nothing in common with Qt's.
class WallClock
{
public:
    WallClock(const QString &zone, Instant from, Instant to)
    {
        qputenv("TZ", zone.toLatin1());
        tzset();
        m_begin = shownAt(from);
        for (Instant instant = from; instant < to; instant += 1min) {
            const qint64 local = shownAt(instant) - m_begin;
            const auto skipped = local - qint64(m_firstShown.size());
            // Where the clock jumps ahead, the minutes that it skips count on from the jump.
            for (qint64 n = 0; n < skipped; ++n)
                m_firstShown.push_back(instant + Minutes(n));
            if (skipped >= 0)
                m_firstShown.push_back(instant);
        }
        qunsetenv("TZ");
        tzset();
    }

    [[nodiscard]] Instant firstShowing(QDate date, int minute) const
    {
        const qint64 local = QDateTime(date, QTime(0, 0), Qt::UTC).toSecsSinceEpoch() / 60 + minute;
        return m_firstShown.at(size_t(local - m_begin));
    }

private:
    static qint64 shownAt(Instant instant)
    {
        const std::time_t seconds = instant.time_since_epoch() / 1s;
        std::tm local {};
        localtime_r(&seconds, &local);
        return timegm(&local) / 60;
    }

    qint64 m_begin = 0;
    std::vector<Instant> m_firstShown; // by the minute on the wall
};

} // namespace

class RecurrenceTest : public QObject
{
    Q_OBJECT

private slots:
    void aDayThatTheMonthLacksIsItsLast_data()
    {
        QTest::addColumn<int>("day");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("next");
        QTest::newRow("31 in February") << 31 << u"2026-01-31T09:00:00Z"_s << u"2026-02-28T09:00:00Z"_s;
        QTest::newRow("30 in February") << 30 << u"2026-01-30T09:00:00Z"_s << u"2026-02-28T09:00:00Z"_s;
        QTest::newRow("29 in February") << 29 << u"2026-01-29T09:00:00Z"_s << u"2026-02-28T09:00:00Z"_s;
        QTest::newRow("29 in a leap year") << 29 << u"2028-01-29T09:00:00Z"_s << u"2028-02-29T09:00:00Z"_s;
        QTest::newRow("31 in a leap year") << 31 << u"2028-01-31T09:00:00Z"_s << u"2028-02-29T09:00:00Z"_s;
        QTest::newRow("back to 31") << 31 << u"2026-02-28T09:00:00Z"_s << u"2026-03-31T09:00:00Z"_s;
        QTest::newRow("31 in April") << 31 << u"2026-03-31T09:00:00Z"_s << u"2026-04-30T09:00:00Z"_s;
        QTest::newRow("over the new year") << 31 << u"2026-12-31T09:00:00Z"_s << u"2027-01-31T09:00:00Z"_s;
        QTest::newRow("a century without leap day")
            << 29 << u"2100-01-29T09:00:00Z"_s << u"2100-02-28T09:00:00Z"_s;
        QTest::newRow("later in the same month")
            << 15 << u"2026-05-15T08:59:59.999Z"_s << u"2026-05-15T09:00:00Z"_s;
    }
    void aDayThatTheMonthLacksIsItsLast()
    {
        QFETCH(const int, day);
        QFETCH(const QString, after);
        QFETCH(const QString, next);

        const Instant found = nextOccurrence(monthly(day, 540, u"UTC"_s), instantFromText(after).value());

        QCOMPARE(toText(found), toText(instantFromText(next).value()));
    }

    void aLeapDayIsCelebratedEveryYear()
    {
        const Recurrence leapDay = yearly(2, 29, 0, u"UTC"_s);

        QCOMPARE(toText(nextOccurrence(leapDay, utc("2027-02-28T00:00:00Z"))), u"2028-02-29T00:00:00.000Z"_s);
        QCOMPARE(toText(nextOccurrence(leapDay, utc("2028-02-29T00:00:00Z"))), u"2029-02-28T00:00:00.000Z"_s);
        QCOMPARE(toText(nextOccurrence(leapDay, utc("2028-02-28T23:59:59Z"))), u"2028-02-29T00:00:00.000Z"_s);
    }

    // By hand: in New York 02:30 is skipped on 2026-03-08, and 01:30 comes twice on 2026-11-01.
    void clockChangesMoveTheInstantAndNotTheWall()
    {
        const QString newYork = u"America/New_York"_s;

        QCOMPARE(
            toText(nextOccurrence(monthly(8, 150, newYork), utc("2026-03-01T00:00:00Z"))),
            u"2026-03-08T07:30:00.000Z"_s // shown as 03:30
        );
        QCOMPARE(
            toText(nextOccurrence(monthly(1, 90, newYork), utc("2026-10-15T00:00:00Z"))),
            u"2026-11-01T05:30:00.000Z"_s // the first 01:30
        );
        QCOMPARE(
            toText(nextOccurrence(monthly(1, 90, newYork), utc("2026-11-01T05:30:00Z"))),
            u"2026-12-01T06:30:00.000Z"_s // and not the second
        );
        QCOMPARE(
            toText(nextOccurrence(monthly(31, 540, newYork), utc("2026-02-28T14:00:00Z"))),
            u"2026-03-31T13:00:00.000Z"_s // 09:00 before and after the change
        );
    }

    // Samoa had no 30 December 2011.
    void aDayThatAZoneSkippedIsTheNextOne()
    {
        QCOMPARE(
            toText(nextOccurrence(monthly(30, 600, u"Pacific/Apia"_s), utc("2011-12-01T00:00:00Z"))),
            u"2011-12-30T20:00:00.000Z"_s // shown as 10:00 on the 31st
        );
    }

    void anUnknownZoneCountsAsUtc()
    {
        QVERIFY(!isKnownZone(u"Mars/Olympus_Mons"_s));
        QVERIFY(!isKnownZone(QString()));
        QVERIFY(isKnownZone(u"America/Puerto_Rico"_s));
        QCOMPARE(
            toText(nextOccurrence(monthly(1, 60, u"Mars/Olympus_Mons"_s), utc("2026-01-15T00:00:00Z"))),
            u"2026-02-01T01:00:00.000Z"_s
        );
    }

    // Every day of every month of three years, every minute of the hour in turn,
    // against a clock on the wall.
    void everyOccurrenceIsWhatAClockOnTheWallShows_data()
    {
        QTest::addColumn<int>("firstYear");
        for (const char *zone : { "America/New_York",
                                  "America/Phoenix",
                                  "Pacific/Honolulu",
                                  "America/Puerto_Rico",
                                  "America/St_Johns",
                                  "Europe/London",
                                  "Australia/Lord_Howe",
                                  "Antarctica/Troll",
                                  "Asia/Kathmandu" })
            QTest::newRow(zone) << 2027;
        QTest::newRow("Pacific/Apia") << 2010;
    }
    void everyOccurrenceIsWhatAClockOnTheWallShows()
    {
        QFETCH(const int, firstYear);
        const QString zone = QString::fromLatin1(QTest::currentDataTag());
        const Instant begin = toInstant(QDateTime(QDate(firstYear, 1, 1), QTime(0, 0), Qt::UTC));
        const WallClock wall(zone, begin - 48h, begin + 24h * 366 * 3 + 96h);

        for (int day = 1; day <= 31; ++day) {
            for (int minute = day % 15; minute < 1440; minute += 15) {
                const Recurrence recurrence = monthly(day, minute, zone);
                Instant after = wall.firstShowing(QDate(firstYear, 1, 1), 0) - 1ms;
                for (int month = 0; month < 36; ++month) {
                    QDate date(firstYear + month / 12, month % 12 + 1, 1);
                    date = date.addDays(std::min(day, date.daysInMonth()) - 1);
                    const Instant expected = wall.firstShowing(date, minute);
                    const Instant next = nextOccurrence(recurrence, after);
                    if (next != expected)
                        QFAIL(qPrintable(u"%1 %2: %3 and not %4"_s.arg(zone, date.toString(Qt::ISODate))
                                             .arg(toText(next), toText(expected))));
                    after = expected;
                }
            }
        }
    }

    void occurrencesAlwaysMoveOnAndNoneIsLeftOut()
    {
        for (const char *zone : { "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati" }) {
            for (const int minute : { 0, 119, 120, 150, 179, 180, 1439 }) {
                const Recurrence recurrence = monthly(31, minute, QString::fromLatin1(zone));
                Instant last = utc("2026-01-01T00:00:00Z");
                for (int month = 0; month < 1200; ++month) {
                    const Instant next = nextOccurrence(recurrence, last);
                    QVERIFY(next > last);
                    QVERIFY2(next - last < 24h * 33, qPrintable(toText(next)));
                    QCOMPARE(nextOccurrence(recurrence, next - 1ms), next);
                    last = next;
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(RecurrenceTest)

#include "recurrence_test.moc"

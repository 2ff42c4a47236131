#include "server/services/matching/working_hours.h"

#include <QTest>
#include <QTimeZone>

#include <random>

using namespace std::chrono_literals;

namespace {

const QString newYork = QStringLiteral("America/New_York");

Instant at(const char *text)
{
    return *instantFromText(QLatin1String(text));
}

api::Shift shift(int weekday, int fromHour, int toHour)
{
    return { { weekday }, { fromHour * 60 }, { toHour * 60 } };
}

QList<api::Shift> everyDay(int fromHour, int toHour)
{
    QList<api::Shift> shifts;
    for (int day = 1; day <= 7; ++day)
        shifts.append(shift(day, fromHour, toHour));
    return shifts;
}

} // namespace

class WorkingHoursTest : public QObject
{
    Q_OBJECT

private slots:
    void aVisitHasToLieWithinTheShift_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<bool>("covered");
        // Mondays 9 to 17 in New York, which is 14:00Z to 22:00Z in winter.
        const auto row = [](const char *name, const char *from, const char *to, bool covered) {
            QTest::newRow(name) << QString::fromLatin1(from) << QString::fromLatin1(to) << covered;
        };
        row("inside", "2026-11-23T15:00:00Z", "2026-11-23T16:00:00Z", true);
        row("the whole shift", "2026-11-23T14:00:00Z", "2026-11-23T22:00:00Z", true);
        row("starts a minute early", "2026-11-23T13:59:00Z", "2026-11-23T15:00:00Z", false);
        row("ends a minute late", "2026-11-23T21:00:00Z", "2026-11-23T22:01:00Z", false);
        row("another day", "2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z", false);
        row("in summer an hour earlier", "2026-07-06T13:00:00Z", "2026-07-06T21:00:00Z", true);
        row("in summer not at the winter hours", "2026-07-06T21:00:00Z", "2026-07-06T21:30:00Z", false);
    }

    void aVisitHasToLieWithinTheShift()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(bool, covered);

        const WorkingHours hours({ shift(1, 9, 17) }, newYork);

        QCOMPARE(hours.covers(*instantFromText(from), *instantFromText(to)), covered);
    }

    void shiftsThatMeetAtMidnightAreOne()
    {
        const WorkingHours hours({ shift(1, 20, 24), shift(2, 0, 6) }, newYork);

        QVERIFY(hours.covers(at("2026-11-24T04:00:00Z"), at("2026-11-24T08:00:00Z"))); // 23:00 to 03:00
        QVERIFY(!hours.covers(at("2026-11-24T10:00:00Z"), at("2026-11-24T11:30:00Z"))); // past 06:00
    }

    void sundayNightGoesOnIntoMonday()
    {
        const WorkingHours hours({ shift(7, 20, 24), shift(1, 0, 6) }, newYork);

        QVERIFY(hours.covers(at("2026-11-23T04:00:00Z"), at("2026-11-23T08:00:00Z"))
        ); // Sunday 23:00 to Monday 03:00
        QVERIFY(hours.covers(at("2026-11-23T06:00:00Z"), at("2026-11-23T10:00:00Z"))
        ); // Monday 01:00 to 05:00
    }

    void roundTheClockHasNoGapAtMidnight()
    {
        const WorkingHours hours(everyDay(0, 24), newYork);

        QVERIFY(hours.covers(at("2026-11-22T00:00:00Z"), at("2026-11-24T00:00:00Z")));
        QVERIFY(hours.covers(at("2026-11-01T00:00:00Z"), at("2026-11-02T12:00:00Z"))); // the clocks go back
    }

    void theHourThatTheClocksSkipIsNotWorked()
    {
        // 2027-03-14: 02:00 becomes 03:00 in New York, at 07:00Z.
        const WorkingHours hours({ shift(7, 1, 2) }, newYork);

        QVERIFY(hours.covers(at("2027-03-14T06:00:00Z"), at("2027-03-14T07:00:00Z")));
        QVERIFY(!hours.covers(at("2027-03-14T06:30:00Z"), at("2027-03-14T07:01:00Z")));
    }

    void theNextShiftBeginsAtItsLocalHourAlsoAcrossAClockChange()
    {
        const WorkingHours hours({ shift(1, 9, 17) }, newYork);

        QCOMPARE(*hours.nextStart(at("2026-11-23T23:00:00Z")), at("2026-11-30T14:00:00Z"));
        QCOMPARE(*hours.nextStart(at("2027-03-13T00:00:00Z")), at("2027-03-15T13:00:00Z"));
        QVERIFY(!WorkingHours({}, newYork).nextStart(at("2026-11-23T23:00:00Z")));
    }

    // Minute by minute with Qt's own zone rules, at random times of years with clock changes.
    void coverageEqualsLookingAtEveryMinute()
    {
        std::mt19937 random(20'261'123); // NOLINT: a seed that fails is a seed to debug with
        const auto pick = [&](int low, int high) { return std::uniform_int_distribution(low, high)(random); };
        const QStringList zones { newYork,
                                  QStringLiteral("America/Phoenix"),
                                  QStringLiteral("Pacific/Honolulu"),
                                  QStringLiteral("America/Puerto_Rico") };
        for (int round = 0; round < 400; ++round) {
            const QString zone = zones.at(pick(0, 3));
            QList<api::Shift> shifts;
            for (int i = pick(0, 6); i > 0; --i) {
                const int from = pick(0, 1380);
                shifts.append(api::Shift { { pick(1, 7) }, { from }, { pick(from + 1, 1440) } });
            }
            const WorkingHours hours(shifts, zone);
            const QTimeZone rules(zone.toLatin1());
            const Instant from = at("2026-10-20T00:00:00Z") + std::chrono::minutes(pick(0, 200 * 1440));
            const Instant to = from + std::chrono::minutes(pick(1, 400));

            bool covered = !shifts.isEmpty();
            for (Instant minute = from; covered && minute < to; minute += 1min) {
                const QDateTime local = toDateTime(minute).toTimeZone(rules);
                const int now = local.time().hour() * 60 + local.time().minute();
                covered = std::ranges::any_of(shifts, [&](const api::Shift &each) {
                    return each.weekday.value == local.date().dayOfWeek() && each.fromMinute.value <= now
                        && now < each.toMinute.value;
                });
            }
            QVERIFY2(
                hours.covers(from, to) == covered,
                qPrintable(QStringLiteral("round %1, %2 from %3").arg(round).arg(zone, toText(from)))
            );
        }
    }
};

QTEST_APPLESS_MAIN(WorkingHoursTest)
#include "working_hours_test.moc"

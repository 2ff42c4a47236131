#include "shared/ui/words.h"

#include "shared/ui/option.h"
#include "shared/ui/problem_words.h"
#include "shared/ui/relative_time.h"

#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What people read: times, terms and problems.
class WordsTest : public QObject
{
    Q_OBJECT
private slots:
    void timesAreSaidAsPeopleSayThem_data();
    void timesAreSaidAsPeopleSayThem();
    void aServerAheadOfUsMakesNoFuture();
    void durationsAreShort();
    void everyStateHasAWordAndAnIcon();
    void everyActionHasASentence_data();
    void everyActionHasASentence();
    void anUnknownActionStillReads();
    void termsOfTheScoreAreMinutes();
    void slugsAreWrittenOut();
    void telephoneNumbersAreGrouped();
    void everyProblemHasAHeadline();
    void badFieldsAreNamed();
    void anInternalProblemNamesItsReference();
    void anOptionIsItsInitialValueUntilChosen();
};

namespace {

Instant at(const char *local)
{
    return toInstant(QDateTime::fromString(QLatin1String(local), Qt::ISODate));
}

} // namespace

void WordsTest::timesAreSaidAsPeopleSayThem_data()
{
    QTest::addColumn<QString>("time");
    QTest::addColumn<QString>("said");

    QTest::newRow("seconds") << u"2026-11-23T13:59:30"_s << u"just now"_s;
    QTest::newRow("minutes") << u"2026-11-23T13:55:00"_s << u"5 min ago"_s;
    QTest::newRow("nearly an hour") << u"2026-11-23T13:00:30"_s << u"59 min ago"_s;
    QTest::newRow("earlier today") << u"2026-11-23T09:30:00"_s << u"today 09:30"_s;
    QTest::newRow("yesterday") << u"2026-11-22T23:59:00"_s << u"yesterday 23:59"_s;
    QTest::newRow("this year") << u"2026-03-02T08:05:00"_s << u"2 Mar 08:05"_s;
    QTest::newRow("another year") << u"2024-12-31T08:05:00"_s << u"31 Dec 2024 08:05"_s;
}

void WordsTest::timesAreSaidAsPeopleSayThem()
{
    QFETCH(QString, time);
    QFETCH(QString, said);

    QCOMPARE(relativeTime(at(qPrintable(time)), at("2026-11-23T14:00:00")), said);
}

void WordsTest::aServerAheadOfUsMakesNoFuture()
{
    QCOMPARE(relativeTime(at("2026-11-23T14:00:40"), at("2026-11-23T14:00:00")), u"just now"_s);
}

void WordsTest::durationsAreShort()
{
    QCOMPARE(durationText(45), u"45 min"_s);
    QCOMPARE(durationText(120), u"2 h"_s);
    QCOMPARE(durationText(80), u"1 h 20 min"_s);
}

void WordsTest::everyStateHasAWordAndAnIcon()
{
    QSet<QString> seen;
    for (const QString &name : enumNames<api::TicketState>()) {
        const ChipWords chip = words::of(*enumFromName<api::TicketState>(name));
        QVERIFY2(QFile::exists(u":/icons/%1.svg"_s.arg(chip.icon)), qPrintable(name));
        QVERIFY2(!seen.contains(chip.label), qPrintable(chip.label));
        seen.insert(chip.label);
    }
}

void WordsTest::everyActionHasASentence_data()
{
    QTest::addColumn<QString>("action");
    QTest::addColumn<QString>("expected");

    QTest::newRow("open") << u"open"_s << u"Ada filed the ticket"_s;
    QTest::newRow("reject") << u"reject"_s << u"Ada turned the job down"_s;
    QTest::newRow("complete") << u"complete"_s << u"Ada completed the repair"_s;
    QTest::newRow("revisit") << u"revisit"_s << u"Ada asked for another visit"_s;
    QTest::newRow("escalate") << u"escalate"_s << u"Ada raised the level"_s;
}

void WordsTest::everyActionHasASentence()
{
    QFETCH(QString, action);
    QFETCH(QString, expected);
    api::TicketChange change;
    change.action = action;
    change.actor = u"Ada"_s;

    QCOMPARE(words::sentence(change), expected);
    QVERIFY(QFile::exists(u":/icons/%1.svg"_s.arg(words::iconOf(change))));
}

void WordsTest::anUnknownActionStillReads()
{
    api::TicketChange change;
    change.action = u"teleport"_s; // a server newer than this app
    change.actor = u"Ada"_s;
    change.to = api::TicketState::closed;

    QCOMPARE(words::sentence(change), u"Ada: Closed"_s);
}

void WordsTest::termsOfTheScoreAreMinutes()
{
    QCOMPARE(words::cost(4'712), u"47 min"_s);
    QCOMPARE(words::cost(150), u"1.5 min"_s);
    QCOMPARE(words::cost(-300), u"-3.0 min"_s);
    QCOMPARE(words::costTerm(u"travel"_s), u"Travel"_s);
    QCOMPARE(words::costTerm(u"moon-phase"_s), u"Moon phase"_s);
}

void WordsTest::slugsAreWrittenOut()
{
    QCOMPARE(words::slug(u"smart-home"_s), u"Smart home"_s);
    QCOMPARE(words::slug(u"led-tv"_s), u"LED TV"_s);
    QCOMPARE(words::slug({}), QString());
}

void WordsTest::telephoneNumbersAreGrouped()
{
    QCOMPARE(words::phone(u"+19045550142"_s), u"+1 904 555 0142"_s);
    QCOMPARE(words::phone(u"+442079460018"_s), u"+442079460018"_s);
}

void WordsTest::everyProblemHasAHeadline()
{
    for (int kind = 0; kind <= int(ProblemKind::unreachable); ++kind)
        QVERIFY(!headline({ ProblemKind(kind), {}, {}, {}, {} }).isEmpty());
}

void WordsTest::badFieldsAreNamed()
{
    Problem problem = Problem::invalid(u"/address/zip"_s, u"must be a ZIP code"_s);

    QCOMPARE(advice(problem), u"zip: must be a ZIP code"_s);
}

void WordsTest::anInternalProblemNamesItsReference()
{
    Problem problem = Problem::internal({});
    problem.extension.insert(u"instance"_s, u"req-17"_s);

    QVERIFY(sentence(problem).contains(u"req-17"_s));
}

void WordsTest::anOptionIsItsInitialValueUntilChosen()
{
    const QTemporaryDir dir;
    QSettings settings(dir.filePath(u"app.ini"_s), QSettings::IniFormat);
    constexpr Option<bool> loud { "loud", true };

    QVERIFY(loud.in(settings));
    loud.set(settings, false);
    QVERIFY(!loud.in(settings));
}

QTEST_MAIN(WordsTest)
#include "words_test.moc"

#include "server/db/connection.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <cmath>

using namespace Qt::StringLiterals;

namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct ThingConcept;
using ThingId = Id<ThingConcept>;

struct Part
{
    QString name;
    std::optional<int> weight;

    bool operator==(const Part &) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, weight))

struct Thing
{
    ThingId id;
    QString label;
    std::optional<QString> note;
    Colour colour = Colour::red;
    Bounded<-10, 10> count;
    double ratio = 0;
    bool isOpen = false;
    Instant createdAt;
    Money price; // two columns
    std::optional<Position> position; // two columns
    QStringList tags;
    QList<ThingId> related;
    QList<std::optional<int>> holes;
    QList<Part> parts;
    Part biggestPart;
    QJsonObject extra;
};
BOOST_DESCRIBE_STRUCT(
    Thing,
    (),
    (id,
     label,
     note,
     colour,
     count,
     ratio,
     isOpen,
     createdAt,
     price,
     position,
     tags,
     related,
     holes,
     parts,
     biggestPart,
     extra)
)

const Statement storeThing { "test.storeThing", R"sql(
    insert into test.thing (
        id, label, note, colour, count, ratio, is_open, created_at, price_minor, price_currency, position_lat, position_lon,
        tags, related, holes, parts, biggest_part, extra
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
)sql" };
const Statement fetchThing { "test.fetchThing", "select * from test.thing where id = $1" };
const Statement echoText { "test.echoText", "select $1::text" };
const Statement echoTexts { "test.echoTexts", "select $1::text[]" };
const Statement echoDouble { "test.echoDouble", "select $1::double precision" };
const Statement echoBigint { "test.echoBigint", "select $1::bigint" };
const Statement echoInstant { "test.echoInstant", "select $1::timestamptz" };
const Statement echoUuid { "test.echoUuid", "select $1::uuid" };
const Statement echoJson { "test.echoJson", "select $1::jsonb" };
const Statement echoBytes { "test.echoBytes", "select $1::bytea" };
const Statement hasKey { "test.hasKey", "select $1::jsonb ? $2 and not $1::jsonb ?| $3" };
const Statement fetchTwoNumbers { "test.fetchTwoNumbers", "select 1 as a, 2 as b" };
const Statement fetchNumbers { "test.fetchNumbers", "select generate_series(1, $1::int)" };
const Statement fetchNoName { "test.fetchNoName", "select null::text as name, 1 as weight" };
const Statement fetchOnlyName { "test.fetchOnlyName", "select 'bolt' as name" };

Thing exampleThing()
{
    Thing thing;
    thing.id = ThingId::make();
    thing.label = u"it's \\ \"quoted\" ☃ ? $1 :name"_s;
    thing.colour = Colour::green;
    thing.count = { -7 };
    thing.ratio = 0.1;
    thing.isOpen = true;
    thing.createdAt = *instantFromText(u"2026-03-29T01:30:00.123Z"_s);
    thing.price = { 1999, u"EUR"_s };
    thing.position = Position { 28.5, -81.3 };
    thing.tags = { u"a,b"_s, u""_s, u"NULL"_s, u"{\"\\}"_s, u" "_s, u"ü"_s };
    thing.related = { ThingId::make(), ThingId::make() };
    thing.holes = { 1, std::nullopt, 3 };
    thing.parts = { { u"wheel"_s, 4 }, { u"seat"_s, {} } };
    thing.biggestPart = { u"frame"_s, 12 };
    thing.extra = { { u"deep"_s, QJsonObject { { u"n"_s, 1.5 } } } };
    return thing;
}

} // namespace

// What travels between C++ and PostgreSQL arrives as it left, or is refused.
class DbSessionTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto connection = *Connection::open(m_database.superuserUrl());
        QVERIFY(connection->script(
            R"sql(
            create schema test;
            create table test.thing (
                id uuid constraint thing_key primary key, label text not null, note text, colour text not null,
                count integer not null, ratio double precision not null, is_open boolean not null,
                created_at timestamptz not null, price_minor bigint not null, price_currency text not null,
                position_lat double precision, position_lon double precision, tags text[] not null, related uuid[] not null,
                holes integer[] not null, parts jsonb not null, biggest_part jsonb not null, extra jsonb not null
            );
            grant usage on schema test to squad_server;
            grant all on all tables in schema test to squad_server;
            alter database )sql"
            + m_database.name().toUtf8() + R"sql( set timezone = 'America/New_York';
        )sql"
        ));
    }

    void aStructIsReadBackAsItWasStored()
    {
        const Thing thing = exampleThing();

        const Result<Thing> read = roundTrip(thing);

        QVERIFY2(read, why(read));
        QCOMPARE(json::write(*read), json::write(thing));
    }

    void anOptionalStructOfNullsIsEmpty()
    {
        Thing thing = exampleThing();
        thing.position.reset();
        thing.note = u"noted"_s;

        const Result<Thing> read = roundTrip(thing);

        QVERIFY2(read, why(read));
        QVERIFY(!read->position);
        QCOMPARE(read->note, u"noted"_s);
    }

    void emptyListsStayEmpty()
    {
        Thing thing = exampleThing();
        thing.tags.clear();
        thing.related.clear();
        thing.parts.clear();

        const Result<Thing> read = roundTrip(thing);

        QVERIFY2(read, why(read));
        QVERIFY(read->tags.isEmpty() && read->related.isEmpty() && read->parts.isEmpty());
    }

    void anyTextSurvives_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << u""_s;
        QTest::newRow("SQL") << u"'; drop table test.thing; --"_s;
        QTest::newRow("backslashes") << u"\\\\ \\n \\x00"_s;
        QTest::newRow("lines") << u"a\r\nb\tc"_s;
        QTest::newRow("beyond the basic plane") << u"🔧 🇺🇸"_s;
        QTest::newRow("long") << QString(2'000'000, u'ä');
    }

    void anyTextSurvives()
    {
        QFETCH(QString, text);

        QCOMPARE(*one<QString>(echoText, text), text);
        QCOMPARE(*one<QStringList>(echoTexts, QStringList { text, text }), (QStringList { text, text }));
    }

    void aNulCharacterIsRefusedInsteadOfCuttingTheText()
    {
        const auto stored = one<QString>(echoText, u"before\0after"_s);

        QVERIFY(!stored);
        QCOMPARE(stored.error().kind, ProblemKind::invalidInput);
    }

    void aNulCharacterInsideJsonIsRefused()
    {
        const auto stored = one<QJsonObject>(echoJson, QJsonObject { { u"text"_s, u"before\0after"_s } });

        QVERIFY(!stored);
        QCOMPARE(stored.error().kind, ProblemKind::invalidInput);
    }

    void numbersKeepEveryBit_data()
    {
        QTest::addColumn<double>("number");
        QTest::newRow("third") << 1.0 / 3;
        QTest::newRow("tiny") << std::numeric_limits<double>::denorm_min();
        QTest::newRow("huge") << std::numeric_limits<double>::max();
        QTest::newRow("infinite") << -std::numeric_limits<double>::infinity();
        QTest::newRow("zero") << 0.0;
    }

    void numbersKeepEveryBit()
    {
        QFETCH(double, number);

        QVERIFY(*one<double>(echoDouble, number) == number);
    }

    void notANumberStaysOne()
    {
        QVERIFY(std::isnan(*one<double>(echoDouble, std::numeric_limits<double>::quiet_NaN())));
    }

    void integersKeepTheirRange()
    {
        QCOMPARE(
            *one<qint64>(echoBigint, std::numeric_limits<qint64>::min()), std::numeric_limits<qint64>::min()
        );
        QCOMPARE(
            *one<qint64>(echoBigint, std::numeric_limits<qint64>::max()), std::numeric_limits<qint64>::max()
        );
    }

    void anIntegerTooBigForItsFieldIsInternal()
    {
        const auto number = one<int>(echoBigint, qint64(1) << 40);

        QVERIFY(!number);
        QCOMPARE(number.error().kind, ProblemKind::internal);
    }

    // This database's own time zone is New York's.
    void timesAreUtcWhateverTheServersZone_data()
    {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QString>("expected");
        QTest::newRow("winter") << u"2026-01-15T12:00:00.001Z"_s << u"2026-01-15T12:00:00.001Z"_s;
        QTest::newRow("summer") << u"2026-07-15T12:00:00Z"_s << u"2026-07-15T12:00:00.000Z"_s;
        QTest::newRow("an hour that New York skips")
            << u"2026-03-08T02:30:00Z"_s << u"2026-03-08T02:30:00.000Z"_s;
        QTest::newRow("an hour that New York has twice")
            << u"2026-11-01T05:30:00.5Z"_s << u"2026-11-01T05:30:00.500Z"_s;
        QTest::newRow("with an offset") << u"2026-01-15T12:00:00+05:30"_s << u"2026-01-15T06:30:00.000Z"_s;
        QTest::newRow("finer than we keep")
            << u"2026-01-15T12:00:00.123999Z"_s << u"2026-01-15T12:00:00.123Z"_s;
        QTest::newRow("leap day") << u"2028-02-29T23:59:59.999Z"_s << u"2028-02-29T23:59:59.999Z"_s;
        QTest::newRow("before the epoch") << u"1931-05-04T03:02:01.250Z"_s << u"1931-05-04T03:02:01.250Z"_s;
    }

    void timesAreUtcWhateverTheServersZone()
    {
        QFETCH(QString, written);
        QFETCH(QString, expected);

        QCOMPARE(toText(*one<Instant>(echoInstant, written)), expected);
        QCOMPARE(toText(*one<Instant>(echoInstant, *instantFromText(expected))), expected);
    }

    void aTimeBeyondAllDatesIsInternal()
    {
        const auto never = one<Instant>(echoInstant, u"infinity"_s);

        QVERIFY(!never);
        QCOMPARE(never.error().kind, ProblemKind::internal);
    }

    void aNullIdIsNull() { QCOMPARE(*one<std::optional<QUuid>>(echoUuid, ThingId()), std::nullopt); }

    void bytesAreNotText()
    {
        const QByteArray bytes("\0\x01\xff\\'", 5);

        QCOMPARE(*one<QByteArray>(echoBytes, bytes), bytes);
        QCOMPARE(*one<QByteArray>(echoBytes, QByteArray("")), QByteArray());
    }

    void questionMarksAreOperators()
    {
        const QJsonObject object { { u"a"_s, 1 } };

        QVERIFY(*one<bool>(hasKey, object, u"a"_s, QStringList { u"b"_s, u"c"_s }));
    }

    void severalRowsComeInOrder()
    {
        const auto numbers = m_database.database().transact("squad_server", [](Session &session) {
            return session.many<int>(fetchNumbers, 3);
        });

        QCOMPARE(*numbers, (QList<int> { 1, 2, 3 }));
    }

    void oneRowThatIsMissingIsNotFound()
    {
        const auto none = one<int>(fetchNumbers, 0);

        QVERIFY(!none);
        QCOMPARE(none.error().kind, ProblemKind::notFound);
    }

    void aRowThatMayBeMissingIsEmpty()
    {
        const auto none = m_database.database().transact("squad_server", [](Session &session) {
            return session.maybe<int>(fetchNumbers, 0);
        });

        QVERIFY2(none, why(none));
        QVERIFY(!*none);
    }

    void aColumnThatCannotBeReadIsNamed()
    {
        const auto null = one<Part>(fetchNoName);
        const auto missing = one<Part>(fetchOnlyName);
        const auto two = one<int>(fetchTwoNumbers);

        QVERIFY(!null && !missing && !two);
        QCOMPARE(null.error().kind, ProblemKind::internal);
        QCOMPARE(null.error().detail, u"test.fetchNoName: column name is NULL"_s);
        QCOMPARE(missing.error().detail, u"test.fetchOnlyName: column weight is missing"_s);
        QVERIFY(two.error().detail.startsWith("test.fetchTwoNumbers"_L1));
    }

    void aNameTheEnumDoesNotKnowIsInternal()
    {
        const auto blue = one<Colour>(echoText, u"blue"_s);

        QVERIFY(!blue);
        QCOMPARE(blue.error().kind, ProblemKind::internal);
    }

private:
    template <class T, class... Args>
    Result<T> one(const Statement &statement, const Args &...args)
    {
        return m_database.database().transact("squad_server", [&](Session &session) {
            return session.one<T>(statement, args...);
        });
    }

    Result<Thing> roundTrip(const Thing &thing)
    {
        const std::optional<Position> &at = thing.position;
        return m_database.database().transact("squad_server", [&](Session &session) -> Result<Thing> {
            TRY(session.exec(
                storeThing,
                thing.id,
                thing.label,
                thing.note,
                thing.colour,
                thing.count,
                thing.ratio,
                thing.isOpen,
                thing.createdAt,
                thing.price.minor,
                thing.price.currency,
                at ? std::optional(at->lat) : std::nullopt,
                at ? std::optional(at->lon) : std::nullopt,
                thing.tags,
                thing.related,
                thing.holes,
                thing.parts,
                thing.biggestPart,
                thing.extra
            ));
            return session.one<Thing>(fetchThing, thing.id);
        });
    }

    TestDatabase m_database { TestDatabase::Content::empty };
};

QTEST_GUILESS_MAIN(DbSessionTest)
#include "db_session_test.moc"

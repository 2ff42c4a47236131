#include "server/db/connection.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

enum class Colour { red, green };
BOOST_DESCRIBE_ENUM(Colour, red, green)

struct Thing
{
    Id<struct ThingConcept> id;
    QString label;
    std::optional<QString> note;
    Colour colour = Colour::red;
    int count = 0;
    double ratio = 0;
    bool isOpen = false;
    Instant createdAt;
    Money price;
    std::optional<Position> position;
    QStringList tags;
    QJsonObject extra;
    QByteArray bytes;
};
BOOST_DESCRIBE_STRUCT(
    Thing, (), (id, label, note, colour, count, ratio, isOpen, createdAt, price, position, tags, extra, bytes)
)

const Statement storeThing { "test.storeThing", R"sql(
    insert into test.thing (
        id, label, note, colour, count, ratio, is_open, created_at, price_minor, price_currency, position_lat, position_lon,
        tags, extra, bytes
    ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
)sql" };
const Statement fetchThing { "test.fetchThing", "select * from test.thing where id = $1" };

} // namespace

class DbSessionTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto connection = *Connection::open(m_database.superuserUrl());
        QVERIFY(connection->script(R"sql(
            create role squad_test nologin;
            grant squad_test to squad_server;
            create schema test;
            grant usage on schema test to squad_test;
            create table test.thing (
                id uuid constraint thing_key primary key, label text not null, note text, colour text not null,
                count integer not null, ratio double precision not null, is_open boolean not null,
                created_at timestamptz not null, price_minor bigint not null, price_currency text not null,
                position_lat double precision, position_lon double precision, tags text[] not null, extra jsonb not null,
                bytes bytea not null
            );
            grant all on all tables in schema test to squad_test;
        )sql"));
    }

    void whatIsStoredIsReadBack()
    {
        Thing thing;
        thing.id = Id<ThingConcept>::make();
        thing.label = u"it's \\ \"quoted\" ☃ ? $1 :name"_s;
        thing.colour = Colour::green;
        thing.count = -7;
        thing.ratio = 0.1;
        thing.isOpen = true;
        thing.createdAt = *instantFromText(u"2026-03-29T01:30:00.123Z"_s);
        thing.price = { 1999, u"EUR"_s };
        thing.position = Position { 28.5, -81.3 };
        thing.tags = { u"a,b"_s, u""_s, u"NULL"_s, u"{\"\\}"_s };
        thing.extra = { { u"deep"_s, QJsonObject { { u"n"_s, 1.5 } } } };
        thing.bytes = QByteArray("\0\x01\xff", 3);

        const Result<Thing> read
            = m_database.database().transact("squad_test", [&](Session &session) -> Result<Thing> {
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
                      thing.position->lat,
                      thing.position->lon,
                      thing.tags,
                      thing.extra,
                      thing.bytes
                  ));
                  return session.one<Thing>(fetchThing, thing.id);
              });

        QVERIFY2(read, why(read));
        QCOMPARE(read->label, thing.label);
        QCOMPARE(read->note, std::nullopt);
        QCOMPARE(read->colour, Colour::green);
        QCOMPARE(read->count, -7);
        QCOMPARE(read->ratio, 0.1);
        QVERIFY(read->isOpen);
        QVERIFY(read->createdAt == thing.createdAt);
        QVERIFY(read->price == thing.price);
        QVERIFY(read->position == thing.position);
        QCOMPARE(read->tags, thing.tags);
        QCOMPARE(read->extra, thing.extra);
        QCOMPARE(read->bytes, thing.bytes);
    }

private:
    TestDatabase m_database { TestDatabase::Content::empty };
};

QTEST_GUILESS_MAIN(DbSessionTest)
#include "db_session_test.moc"

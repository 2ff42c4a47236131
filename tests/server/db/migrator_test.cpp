#include "server/db/migrator.h"

#include "server/db/connection.h"
#include "server/db/embedded_migrations.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <barrier>
#include <thread>

using namespace Qt::StringLiterals;

namespace {

const Migration first { u"apple"_s,
                        1,
                        u"001_fruit"_s,
                        "create table apple.fruit (name text); insert into apple.fruit values ('cox')" };
const Migration second { u"apple"_s, 2, u"002_size"_s, "alter table apple.fruit add column size int" };
const Migration other { u"pear"_s, 1, u"001_fruit"_s, R"sql(
    create table pear.fruit (n serial, name text);
    create function pear.ripen() returns int language sql security definer as 'select 1';
    create function pear.rot() returns int language sql security definer as 'select 1';
    grant usage on schema pear to squad_service;
    grant execute on function pear.ripen() to squad_service;
)sql" };
const Migration appendOnly {
    u"pear"_s,
    2,
    u"002_log"_s,
    "create table pear.log (n int); revoke update, delete on pear.log from squad_pear"
};

} // namespace

// A database is brought to what the code expects, or left alone.
class MigratorTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_own = std::make_unique<TestDatabase>(TestDatabase::Content::empty);
        m_admin = *Connection::open(m_own->superuserUrl());
    }

    void cleanup()
    {
        m_admin.reset();
        m_own.reset();
    }

    void cleanupTestCase()
    {
        const TestDatabase last(TestDatabase::Content::empty);
        const auto admin = *Connection::open(last.superuserUrl());
        QVERIFY(admin->script("drop role if exists squad_apple, squad_pear"));
    }

    void everyMigrationRunsOnceInOrder()
    {
        QCOMPARE(migrate({ first, second, other }), 3);
        QCOMPARE(migrate({ first, second, other }), 0);

        QCOMPARE(ask("select name from apple.fruit where size is null"), u"cox"_s);
    }

    void aLaterBuildBringsMoreMigrations()
    {
        QCOMPARE(migrate({ first }), 1);
        QCOMPARE(migrate({ first, second, other }), 2);
    }

    void aFailingMigrationLeavesNothingOfItselfAndTheNextStartGoesOn()
    {
        const Migration broken {
            u"apple"_s, 2, u"002_size"_s, "alter table apple.fruit add column size int; select 1/0"
        };

        const Result<int> failed = run({ first, broken, other });

        QVERIFY(failed.error().detail.contains("apple/002_size failed: division by zero"_L1));
        QCOMPARE(ask("select count(*) from information_schema.columns where table_schema = 'apple'"), u"1"_s);
        QCOMPARE(migrate({ first, second, other }), 2);
    }

    void anEditedMigrationIsRefused()
    {
        QCOMPARE(migrate({ first, second }), 2);
        Migration edited = first;
        edited.sql += " -- improved";

        const Result<int> refused = run({ edited, second });

        QVERIFY(refused.error().detail.contains("apple/001_fruit is not the one that was run here"_L1));
    }

    void aDatabaseNewerThanTheCodeIsRefused()
    {
        QCOMPARE(migrate({ first, second }), 2);

        const Result<int> refused = run({ first });

        QVERIFY(refused.error().detail.contains("migrated by a newer version"_L1));
    }

    void twoNodesAtOnceShareTheWork()
    {
        constexpr int nodes = 4;
        std::barrier start(nodes);
        std::atomic<int> migrated = 0;
        std::atomic<int> failed = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < nodes; ++i)
                threads.emplace_back([&] {
                    start.arrive_and_wait();
                    const Result<int> count = run({ first, second, other, appendOnly });
                    migrated += count.value_or(0);
                    failed += count ? 0 : 1;
                });
        }

        QCOMPARE(failed, 0);
        QCOMPARE(migrated, 4);
        QCOMPARE(ask("select count(*) from apple.fruit"), u"1"_s);
    }

    void aNameWithoutSchemaIsRefused()
    {
        const Result<int> refused
            = run({ { u"apple"_s, 1, u"001_fruit"_s, "create table fruit (name text)" } });

        QVERIFY2(!refused, "the table went somewhere");
    }

    void aMigrationThatEndsItsTransactionIsRefused()
    {
        const Result<int> refused
            = run({ { u"apple"_s, 1, u"001_fruit"_s, "create table apple.fruit (name text); commit" } });

        QVERIFY(!refused);
        QVERIFY(refused.error().detail.contains("may not end its transaction"_L1));
    }

    void twoOfOneNumberAreRefused()
    {
        const Result<int> refused = run({ first, { u"apple"_s, 1, u"001_other"_s, "select 1" } });

        QVERIFY(refused.error().detail.contains("apple/001_other needs a number of its own"_L1));
    }

    void aServiceMayUseItsTablesButNotShapeThem()
    {
        QCOMPARE(migrate({ first, other, appendOnly }), 3);
        QVERIFY(m_admin->script("set role squad_pear"));

        QVERIFY(m_admin->script("insert into pear.fruit (name) values ('williams')"));
        QVERIFY(m_admin->script("select pear.rot()"));
        QVERIFY(!m_admin->script("alter table pear.fruit add column size int"));
        QVERIFY(!m_admin->script("create table pear.mine (n int)"));
        QVERIFY(!m_admin->script("select * from apple.fruit"));
        QVERIFY(!m_admin->script("select * from squad.migration"));
    }

    void whatAMigrationOpensToEveryServiceIsOpen()
    {
        QCOMPARE(migrate({ first, other }), 2);
        QVERIFY(m_admin->script("set role squad_apple"));

        QVERIFY(m_admin->script("select pear.ripen()"));
        QVERIFY(!m_admin->script("select pear.rot()"));
        QVERIFY(!m_admin->script("select * from pear.fruit"));
    }

    void rightsTakenAwayStayAway()
    {
        QCOMPARE(migrate({ first, other, appendOnly }), 3);
        QCOMPARE(migrate({ first, other, appendOnly }), 0);
        QVERIFY(m_admin->script("set role squad_pear"));

        QVERIFY(m_admin->script("insert into pear.log values (1)"));
        QVERIFY(!m_admin->script("delete from pear.log"));
    }

    void aLoginThatMayNotCreateSchemasIsToldWhatItLacks()
    {
        const auto refused = Migrator({ m_own->url(), {} }, { first }).migrate();

        QVERIFY(!refused);
        QVERIFY2(refused.error().detail.contains("GRANT CREATE ON DATABASE"_L1), why(refused));
    }

    void aLoginThatMayNotCreateRolesIsToldWhatItLacks()
    {
        QVERIFY(m_admin->script("grant create on database " + m_own->name().toUtf8() + " to squad_server"));

        const auto refused
            = Migrator({ m_own->url(), {} }, { { u"plum"_s, 1, u"001_fruit"_s, "select 1" } }).migrate();

        QVERIFY(!refused);
        QVERIFY2(refused.error().detail.contains("CREATEROLE"_L1), why(refused));
    }

    // As with --database-url: one login that owns and serves.
    void oneLoginMayBothMigrateAndServe()
    {
        const auto migrated = Migrator({ m_own->ownerUrl(), {} }, { first }).migrate();
        QVERIFY2(migrated, why(migrated));
        Database database({ .url = m_own->ownerUrl(), .workers = 1 });
        static const Statement fetch { "test.fetchFruit", "select name from apple.fruit" };

        const auto name
            = database.transact("squad_apple", [](Session &session) { return session.one<QString>(fetch); });

        QVERIFY2(name, why(name));
        QCOMPARE(*name, u"cox"_s);
    }

    void aServerThatIsNotThereIsNamed()
    {
        const auto refused = Migrator({ u"host=/nowhere"_s, {} }, { first }).migrate();

        QVERIFY2(refused.error().detail.contains("/nowhere"_L1), why(refused));
    }

    void theProductsOwnMigrationsAreComplete()
    {
        const QList<Migration> migrations = embeddedMigrations();

        const Result<int> count = run(migrations);

        QVERIFY2(count, why(count));
        QCOMPARE(*count, migrations.size());
    }

private:
    [[nodiscard]] Result<int> run(const QList<Migration> &migrations) const
    {
        return Migrator({ m_own->ownerUrl(), u"squad_server"_s }, migrations).migrate();
    }

    [[nodiscard]] int migrate(const QList<Migration> &migrations) const
    {
        const Result<int> count = run(migrations);
        if (!count)
            qWarning("%s", why(count));
        return count.value_or(-1);
    }

    QString ask(const QByteArray &sql)
    {
        Result<Rows> rows = m_admin->script(sql);
        return rows && rows->next() ? QString::fromUtf8(rows->text(0)) : u"nothing"_s;
    }

    std::unique_ptr<TestDatabase> m_own;
    std::unique_ptr<Connection> m_admin;
};

QTEST_GUILESS_MAIN(MigratorTest)
#include "migrator_test.moc"

#include "server/db/database.h"

#include "server/db/connection.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <barrier>
#include <latch>
#include <stdexcept>
#include <thread>

using namespace Qt::StringLiterals;

namespace {

constexpr const char *role = "squad_apple";
constexpr const char *otherRole = "squad_pear";

const Statement addApple { "test.addApple", "insert into apple.fruit (name) values ($1)" };
const Statement countApples { "test.countApples", "select count(*) from apple.fruit where name = $1" };
const Statement fetchApples { "test.fetchApples", "select * from apple.fruit where name = $1" };
const Statement growApple { "test.growApple", "update apple.fruit set size = size + 1 where name = $1" };
const Statement peekAtPears { "test.peekAtPears", "select count(*) from pear.fruit" };
const Statement whoAmI { "test.whoAmI", "select current_user::text" };
const Statement failTimes { "test.failTimes", "select apple.fail_times($1, $2)" };
const Statement failAtCommit { "test.failAtCommit", "insert into apple.checked_late (n) values (1), (1)" };
const Statement dieNow { "test.dieNow", "select apple.die_once($1)" };
const Statement dieAtCommit { "test.dieAtCommit", "insert into apple.deadly values (1)" };
const Statement sleepLong { "test.sleepLong", "select pg_sleep(60)" };
const Statement breakSyntax { "test.breakSyntax", "selekt" };

struct Fruit
{
    QString name;
    int size = 0;
};
BOOST_DESCRIBE_STRUCT(Fruit, (), (name, size))

// fail_times(key, n, code) fails the first n times; a sequence counts, because nothing takes it back.
constexpr const char *schema = R"sql(
    create role squad_apple nologin;
    create role squad_pear nologin;
    grant squad_apple, squad_pear to squad_server;
    create schema apple;
    create schema pear;
    grant usage on schema apple to squad_apple;
    grant usage on schema pear to squad_pear;
    create table apple.fruit (name text constraint fruit_key primary key, size integer not null default 0);
    create table pear.fruit (name text);
    create sequence apple.attempt;
    create function apple.fail_times(code text, times int) returns int language plpgsql as $$
    begin
        if nextval('apple.attempt') <= times then raise exception using errcode = code; end if;
        return 1;
    end $$;
    create table apple.checked_late (
        n integer constraint checked_late_key unique deferrable initially deferred
    );
    create function apple.die_once(times int) returns int language plpgsql security definer as $$
    begin
        if nextval('apple.attempt') <= times then perform pg_terminate_backend(pg_backend_pid()); end if;
        return 1;
    end $$;
    create table apple.deadly (n int);
    create function apple.die() returns trigger language plpgsql security definer as $$
    begin
        perform pg_terminate_backend(pg_backend_pid());
        return null;
    end $$;
    create constraint trigger die after insert on apple.deadly deferrable initially deferred
        for each row execute function apple.die();
    grant all on all tables in schema apple to squad_apple;
    grant all on all sequences in schema apple to squad_apple;
    grant all on all tables in schema pear to squad_pear;
)sql";

} // namespace

// One request, one transaction, one exit: whatever happens in between.
class DatabaseTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_admin = *Connection::open(m_own.superuserUrl());
        QVERIFY(m_admin->script(schema));
    }

    void init()
    {
        QVERIFY(m_admin->script(
            "truncate apple.fruit, apple.checked_late, apple.deadly; alter sequence apple.attempt restart"
        ));
    }

    void cleanupTestCase()
    {
        QVERIFY(m_admin->script("drop owned by squad_apple, squad_pear; drop role squad_apple, squad_pear"));
    }

    void aValueCommits()
    {
        const auto added = add(u"boskop"_s);

        QVERIFY2(added, why(added));
        QCOMPARE(count(u"boskop"_s), 1);
    }

    void aProblemRollsBack()
    {
        const Result<int> refused = m_database.transact(role, [](Session &session) -> Result<int> {
            TRY(session.exec(addApple, u"boskop"_s));
            return fail(Problem::conflict(u"test.full"_s, u"The basket is full."_s));
        });

        QCOMPARE(refused.error().code, u"test.full"_s);
        QCOMPARE(count(u"boskop"_s), 0);
    }

    void anExceptionRollsBackAndIsInternal()
    {
        const Result<int> thrown = m_database.transact(role, [](Session &session) -> Result<int> {
            TRY(session.exec(addApple, u"boskop"_s));
            throw std::runtime_error("the basket broke");
        });

        QCOMPARE(thrown.error().kind, ProblemKind::internal);
        QVERIFY(!thrown.error().detail.contains("basket"_L1));
        QCOMPARE(count(u"boskop"_s), 0);
    }

    void aBrokenConstraintIsAConflictByName()
    {
        QVERIFY(add(u"boskop"_s));

        const auto again = add(u"boskop"_s);

        QCOMPARE(again.error().kind, ProblemKind::conflict);
        QCOMPARE(again.error().code, u"apple.fruit_key"_s);
    }

    void aFailureThatWorkIgnoresStillFailsTheTransaction()
    {
        QVERIFY(add(u"boskop"_s));

        const Result<int> ignored = m_database.transact(role, [](Session &session) -> Result<int> {
            TRY(session.exec(addApple, u"cox"_s));
            static_cast<void>(session.exec(addApple, u"boskop"_s));
            static_cast<void>(session.exec(addApple, u"elstar"_s));
            return 1;
        });

        QCOMPARE(ignored.error().code, u"apple.fruit_key"_s);
        QCOMPARE(count(u"cox"_s), 0);
    }

    void aConstraintCheckedAtCommitFailsTheTransaction()
    {
        const Result<int> late
            = m_database.transact(role, [](Session &session) { return session.exec(failAtCommit); });

        QCOMPARE(late.error().kind, ProblemKind::conflict);
        QCOMPARE(late.error().code, u"apple.checked_late_key"_s);
    }

    void aStatementThatIsWrongIsInternalAndTheConnectionLivesOn()
    {
        const Result<int> wrong
            = m_database.transact(role, [](Session &session) { return session.exec(breakSyntax); });

        QCOMPARE(wrong.error().kind, ProblemKind::internal);
        QVERIFY(add(u"boskop"_s));
    }

    void workWithoutStatementsNeedsNoServer()
    {
        Database unreachable({ .url = u"host=/nowhere"_s, .workers = 1 });

        const Result<int> three = m_database.transact(role, [](Session &) -> Result<int> { return 3; });
        const Result<int> refused = unreachable.transact(role, [](Session &) -> Result<int> { return 3; });

        QCOMPARE(*three, 3);
        QCOMPARE(refused.error().kind, ProblemKind::unavailable);
    }

    void aRoleSeesItsOwnSchemaOnly()
    {
        const auto peek
            = m_database.transact(role, [](Session &session) { return session.one<int>(peekAtPears); });
        const auto own
            = m_database.transact(otherRole, [](Session &session) { return session.one<int>(peekAtPears); });

        QCOMPARE(peek.error().kind, ProblemKind::internal);
        QCOMPARE(*own, 0);
    }

    void theRoleEndsWithTheTransaction()
    {
        Database single({ .url = m_own.url(), .workers = 1 });
        const auto who = [&](const char *as) {
            return *single.transact(as, [](Session &session) { return session.one<QString>(whoAmI); });
        };

        QCOMPARE(who(role), u"squad_apple"_s);
        QCOMPARE(who(otherRole), u"squad_pear"_s);
    }

    void aNestedTransactionIsIndependent()
    {
        const Result<int> outer = m_database.transact(role, [this](Session &session) -> Result<int> {
            TRY(session.exec(addApple, u"outer"_s));
            if (count(u"outer"_s) != 0) // seen by nobody before the commit
                return fail(Problem::internal(u"not independent"_s));
            TRY(add(u"inner"_s));
            return fail(Problem::forbidden(u"The outer one is refused."_s));
        });

        QCOMPARE(outer.error().kind, ProblemKind::forbidden);
        QCOMPARE(count(u"inner"_s), 1);
        QCOMPARE(count(u"outer"_s), 0);
    }

    void nestingDeeplyOnEveryWorkerCannotRunDry()
    {
        constexpr int depth = 5;
        std::latch done(m_workers);
        std::atomic<int> reached = 0;
        const std::function<Result<int>(int)> nest = [&](int level) -> Result<int> {
            return m_database.transact(role, [&](Session &session) -> Result<int> {
                TRY(session.one<QString>(whoAmI));
                return level == depth ? level : nest(level + 1);
            });
        };

        for (int i = 0; i < m_workers; ++i)
            QVERIFY(m_database.post([&] {
                if (nest(1) == depth)
                    ++reached;
                done.count_down();
            }));
        done.wait();

        QCOMPARE(reached, m_workers);
    }

    void whatWaitsForTheCommitRunsOnceAfterIt()
    {
        QStringList story;
        const Result<int> done = m_database.transact(role, [&](Session &session) -> Result<int> {
            session.afterCommit([&] { story += u"woken, sees %1"_s.arg(count(u"boskop"_s)); });
            story += u"added"_s;
            return session.exec(addApple, u"boskop"_s);
        });

        QVERIFY2(done, why(done));
        QCOMPARE(story, (QStringList { u"added"_s, u"woken, sees 1"_s }));
    }

    void whatWaitsForTheCommitNeverRunsWithoutOne()
    {
        bool woken = false;
        static_cast<void>(m_database.transact(role, [&](Session &session) -> Result<int> {
            session.afterCommit([&] { woken = true; });
            return fail(Problem::forbidden(u"No."_s));
        }));
        static_cast<void>(m_database.transact(role, [&](Session &session) -> Result<int> {
            session.afterCommit([&] { woken = true; });
            return session.exec(failAtCommit);
        }));
        QVERIFY(add(u"boskop"_s)); // on the same connection

        QVERIFY(!woken);
    }

    void aRetryForgetsWhatTheFirstTryWantedToWake()
    {
        int woken = 0;

        const Result<int> done = m_database.transact(role, [&](Session &session) -> Result<int> {
            session.afterCommit([&] { ++woken; });
            return session.one<int>(failTimes, u"40001"_s, 1);
        });

        QVERIFY2(done, why(done));
        QCOMPARE(woken, 1);
    }

    void aTransientFailureIsRetriedOnce_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("failures");
        QTest::addColumn<int>("tries");
        QTest::addColumn<bool>("succeeds");
        QTest::newRow("serialization") << u"40001"_s << 1 << 2 << true;
        QTest::newRow("dead-lock") << u"40P01"_s << 1 << 2 << true;
        QTest::newRow("serialization, twice") << u"40001"_s << 2 << 2 << false;
        QTest::newRow("a bug") << u"22012"_s << 1 << 1 << false;
        QTest::newRow("a conflict") << u"23505"_s << 1 << 1 << false;
    }

    void aTransientFailureIsRetriedOnce()
    {
        QFETCH(QString, code);
        QFETCH(int, failures);
        int tries = 0;

        const Result<int> done = m_database.transact(role, [&](Session &session) {
            ++tries;
            return session.one<int>(failTimes, code, failures);
        });

        QTEST(tries, "tries");
        QTEST(done.has_value(), "succeeds");
    }

    void twoThatLockEachOtherBothSucceed()
    {
        QVERIFY(add(u"left"_s));
        QVERIFY(add(u"right"_s));
        std::barrier bothHoldOne(2);
        std::atomic<int> succeeded = 0;
        const auto grow = [&](const QString &first, const QString &second) {
            bool firstTry = true;
            const Result<int> done = m_database.transact(role, [&](Session &session) -> Result<int> {
                TRY(session.exec(growApple, first));
                if (std::exchange(firstTry, false))
                    bothHoldOne.arrive_and_wait();
                return session.exec(growApple, second);
            });
            succeeded += done ? 1 : 0;
        };

        {
            const std::jthread other([&] { grow(u"right"_s, u"left"_s); });
            grow(u"left"_s, u"right"_s);
        }

        QCOMPARE(succeeded, 2);
        QCOMPARE(size(u"left"_s), 2);
        QCOMPARE(size(u"right"_s), 2);
    }

    void aConnectionLostBeforeTheCommitIsReplaced()
    {
        int tries = 0;

        const Result<int> done = m_database.transact(role, [&](Session &session) -> Result<int> {
            ++tries;
            TRY(session.exec(addApple, u"boskop"_s));
            return session.one<int>(dieNow, 1);
        });

        QVERIFY2(done, why(done));
        QCOMPARE(tries, 2);
        QCOMPARE(count(u"boskop"_s), 1);
    }

    void connectionsThatDiedWhileIdleAreReplaced()
    {
        QVERIFY(add(u"boskop"_s));
        QVERIFY(m_admin->script(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'squad_server' "
            "and datname = current_database()"
        ));

        const Result<void> added = m_database.transact(role, [](Session &session) {
            return session.execAtCommit(
                addApple, u"cox"_s
            ); // which would leave it open whether it was committed
        });

        QVERIFY2(added, why(added));
    }

    // The server may have committed before the line went dead: to run the work again might do it twice.
    void aConnectionLostAtTheCommitIsUnavailableAndNotRepeated()
    {
        int tries = 0;

        const Result<int> unknown = m_database.transact(role, [&](Session &session) {
            ++tries;
            return session.exec(dieAtCommit);
        });

        QCOMPARE(unknown.error().kind, ProblemKind::unavailable);
        QCOMPARE(tries, 1);
        QVERIFY(add(u"boskop"_s));
    }

    void whatIsSentWithTheCommitComesAfterEverythingElse()
    {
        const Result<int> done = m_database.transact(role, [&](Session &session) -> Result<int> {
            TRY(session.execAtCommit(growApple, u"boskop"_s));
            TRY(session.execAtCommit(growApple, u"boskop"_s)); // not prepared yet, and twice in one go
            return session.exec(addApple, u"boskop"_s);
        });

        QVERIFY2(done, why(done));
        QCOMPARE(
            m_database
                .transact(role, [](Session &session) { return session.one<Fruit>(fetchApples, u"boskop"_s); })
                ->size,
            2
        );
    }

    void whatIsSentWithTheCommitCanBeTheWholeTransaction()
    {
        QVERIFY(m_database.transact(role, [](Session &session) {
            return session.execAtCommit(addApple, u"boskop"_s);
        }));
        QCOMPARE(count(u"boskop"_s), 1);
    }

    void whatIsSentWithTheCommitAndFailsTakesTheTransactionWithIt()
    {
        const Result<void> failed = m_database.transact(role, [](Session &session) -> Result<void> {
            TRY(session.exec(addApple, u"cox"_s));
            TRY(session.execAtCommit(addApple, u"cox"_s));
            return session.execAtCommit(addApple, u"boskop"_s);
        });

        QCOMPARE(failed.error().kind, ProblemKind::conflict);
        QCOMPARE(count(u"cox"_s), 0);
        QCOMPARE(count(u"boskop"_s), 0);
        QVERIFY(add(u"boskop"_s));
    }

    void aConnectionThatIsLostByWhatIsSentWithTheCommitIsReplaced()
    {
        int tries = 0;

        const Result<void> done = m_database.transact(role, [&](Session &session) -> Result<void> {
            ++tries;
            TRY(session.execAtCommit(addApple, u"boskop"_s));
            return session.execAtCommit(dieNow, 1);
        });

        QVERIFY2(done, why(done)); // the server said before it went that it had not come to the commit
        QCOMPARE(tries, 2);
        QCOMPARE(count(u"boskop"_s), 1);
    }

    void aStatementThatTakesTooLongIsUnavailable()
    {
        Database impatient({ .url = m_own.url() + u" options='-c statement_timeout=50'"_s, .workers = 1 });

        const auto late = impatient.transact(role, [](Session &session) { return session.exec(sleepLong); });

        QCOMPARE(late.error().kind, ProblemKind::unavailable);
    }

    void aTableThatGrowsAColumnIsNoticed()
    {
        Database single({ .url = m_own.url(), .workers = 1 });
        const auto fetch = [&] {
            return single.transact(role, [](Session &session) {
                return session.one<Fruit>(fetchApples, u"boskop"_s);
            });
        };
        QVERIFY(add(u"boskop"_s));
        QVERIFY(fetch());
        QVERIFY(m_admin->script("alter table apple.fruit add column colour text"));

        const auto after = fetch();

        QVERIFY2(after, why(after));
        QVERIFY(m_admin->script("alter table apple.fruit drop column colour"));
    }

    void workThatThrowsLeavesItsWorkerAlive()
    {
        Database single({ .url = m_own.url(), .workers = 1 });
        std::latch ran(1);

        QVERIFY(single.post([] { throw std::runtime_error("thrown on purpose"); }));
        QVERIFY(single.post([&] { ran.count_down(); }));

        ran.wait();
    }

    void aFullQueueRefusesWork()
    {
        std::latch busy(1);
        std::latch release(1);
        Database small({ .url = m_own.url(), .workers = 1, .queueLimit = 2 });
        QVERIFY(small.post([&] {
            busy.count_down();
            release.wait();
        }));
        busy.wait();

        QVERIFY(small.post([] {}));
        QVERIFY(small.post([] {}));
        QVERIFY(!small.post([] {}));
        release.count_down();
    }

    void closingWaitsForWhatRunsAndDropsWhatWaits()
    {
        std::latch busy(1);
        std::atomic<bool> finished = false;
        std::atomic<bool> droppedRan = false;
        {
            Database closing({ .url = m_own.url(), .workers = 1 });
            QVERIFY(closing.post([&] {
                busy.count_down();
                const auto slow
                    = closing.transact(role, [](Session &session) { return session.one<QString>(whoAmI); });
                finished = slow.has_value();
            }));
            QVERIFY(closing.post([&] { droppedRan = finished.load(); }));
            busy.wait();
        }

        QVERIFY(finished);
    }

private:
    Result<int> add(const QString &name)
    {
        return m_database.transact(role, [&](Session &session) { return session.exec(addApple, name); });
    }

    int count(const QString &name)
    {
        return *m_database.transact(role, [&](Session &session) {
            return session.one<int>(countApples, name);
        });
    }

    int size(const QString &name)
    {
        return m_database
            .transact(role, [&](Session &session) { return session.one<Fruit>(fetchApples, name); })
            ->size;
    }

    const int m_workers = 4;
    TestDatabase m_own { TestDatabase::Content::empty };
    Database &m_database = m_own.database();
    std::unique_ptr<Connection> m_admin;
};

QTEST_GUILESS_MAIN(DatabaseTest)
#include "database_test.moc"

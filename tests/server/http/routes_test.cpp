#include "server/http/routes.h"

#include "server/db/connection.h"
#include "server/db/worker_threads.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <mutex>
#include <stdexcept>

using namespace Qt::StringLiterals;

namespace {

struct NewThing
{
    Text<1, 20> label;
    Bounded<1, 9> count;
};
BOOST_DESCRIBE_STRUCT(NewThing, (), (label, count))

struct Thing
{
    QString label;
    int count = 0;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (label, count, version))

struct ThingRef
{
    Text<1, 20> label;
};
BOOST_DESCRIBE_STRUCT(ThingRef, (), (label))

struct ThingQuery
{
    std::optional<Bounded<1, 200>> limit;
    std::optional<bool> active;
    std::optional<api::Role> role;
    QList<QString> tag;
};
BOOST_DESCRIBE_STRUCT(ThingQuery, (), (limit, active, role, tag))

struct Token
{
    Secret token;
};
BOOST_DESCRIBE_STRUCT(Token, (), (token))

namespace endpoint {

    struct Store : api::Endpoint<api::Method::post, "/things">
    {
        static constexpr std::string_view summary = "Store a thing";
        static constexpr api::Roles roles = api::Role::customer | api::Role::manager;
        static constexpr int success = 201;
        using Body = NewThing;
        using Answer = Thing;
    };

    struct StoreMany : api::Endpoint<api::Method::post, "/batches">
    {
        static constexpr std::string_view summary = "Store a thing among others";
        static constexpr api::Roles roles = api::Role::customer;
        using Body = NewThing;
        using Answer = Thing;
    };

    struct Fetch : api::Endpoint<api::Method::get, "/things/{label}">
    {
        static constexpr std::string_view summary = "Fetch a thing";
        using Params = ThingRef;
        using Answer = Thing;
    };

    struct Find : api::Endpoint<api::Method::get, "/things">
    {
        static constexpr std::string_view summary = "Find things";
        using Params = ThingQuery;
        using Answer = ThingQuery;
    };

    struct Erase : api::Endpoint<api::Method::del, "/things/{label}">
    {
        static constexpr std::string_view summary = "Erase a thing";
        static constexpr api::Roles roles = api::Role::manager;
        using Params = ThingRef;
    };

    struct Issue : api::Endpoint<api::Method::post, "/tokens">
    {
        static constexpr std::string_view summary = "Answer a secret";
        static constexpr api::Roles roles = api::Role::customer;
        using Answer = Token;
    };

    struct Explode : api::Endpoint<api::Method::post, "/explosions">
    {
        static constexpr std::string_view summary = "Throw";
        static constexpr api::Roles roles = api::Role::customer;
    };

} // namespace endpoint

const Statement storeThing {
    "test.storeThing",
    "insert into test.thing (label, count) values ($1, $2) returning label, count, version",
};
const Statement fetchThing { "test.fetchThing",
                             "select label, count, version from test.thing where label = $1" };
const Statement eraseThing { "test.eraseThing", "delete from test.thing where label = $1" };
const Statement countThings { "test.countThings", "select count(*)::integer from test.thing" };

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QString code(const Response &response)
{
    return object(response).value("code"_L1).toString();
}

QStringList pointers(const Response &response)
{
    QStringList found;
    for (const QJsonValue &error : object(response).value("errors"_L1).toArray())
        found += error["pointer"_L1].toString();
    return found;
}

// Holds handlers inside their transaction until the test has arranged what it is about; opens when the test
// ends.
class Gate
{
public:
    Gate() = default;
    ~Gate() { open(); }
    Gate(const Gate &) = delete;
    Gate &operator=(const Gate &) = delete;

    [[nodiscard]] std::function<void()> hold() const
    {
        return [state = m_state] {
            ++state->held;
            state->held.notify_all();
            state->isOpen.wait(false);
        };
    }
    void awaitHeld(int expected) const
    {
        for (int held = m_state->held; held < expected; held = m_state->held)
            m_state->held.wait(held);
    }
    void open() const
    {
        m_state->isOpen = true;
        m_state->isOpen.notify_all();
    }

private:
    struct State
    {
        std::atomic<int> held = 0;
        std::atomic<bool> isOpen = false;
    };
    std::shared_ptr<State> m_state = std::make_shared<State>();
};

const Headers::Field asCustomer { "authorization", "Bearer customer-1" };
const Headers::Field asOtherCustomer { "authorization", "Bearer customer-2" };
const Headers::Field asExpert { "authorization", "Bearer expert-1" };
const Headers::Field asManager { "authorization", "Bearer manager-1" };

Headers::Field key(const QByteArray &text)
{
    return { "idempotency-key", text };
}

} // namespace

class RoutesTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();

    void aValueIsCommittedAndAnswered();
    void aProblemRollsBack();
    void aThrowingHandlerAnswersInternalAndRollsBack();
    void nothingIsAnswered204();
    void paramsComeFromPathAndQuery();
    void everyBadParamIsNamed();
    void everyBadFieldIsNamed();
    void aBodyMustBeJson_data();
    void aBodyMustBeJson();
    void rolesDecideWhoMayAsk_data();
    void rolesDecideWhoMayAsk();
    void aStaleTokenDoesNotKeepAnybodyOutOfAPublicPlace();
    void unknownPathsAndMethodsAreToldApart();
    void ifMatchReachesTheHandler_data();
    void ifMatchReachesTheHandler();

    void theSameKeyGivesTheSameAnswer();
    void aKeyForAnotherRequestIsRefused();
    void aKeyBelongsToItsAccount();
    void aProblemFreesItsKey();
    void anonymousKeysAreIgnored();
    void badKeysAreRefused_data();
    void badKeysAreRefused();
    void answersWithSecretsAreNotStored();
    void aKeyExpiresAfterADay();
    void concurrentDuplicatesAreDoneOnce();
    void servicesCannotReadTheStoredAnswers();

    void gatheredCallsAreAnsweredEach();
    void whatQueuesUpIsOneBatch();
    void aProblemInABatchIsOneCallsOwn();
    void aFailedBatchIsTriedOneByOne();
    void keysAreHonouredInBatches();
    void aBatchHandlerThatLosesACallIsCaught();
    void slowHandlersHaveThreadsOfTheirOwn();

private:
    int things();
    void registerRoutes(Routes &routes);
    QList<Result<Thing>> storeAll(Session &session, const QList<Routes::Call<endpoint::StoreMany>> &calls);

    TestDatabase m_database;
    Router m_router;
    std::optional<int> m_seenIfMatch;
    std::atomic<int> m_handled = 0;
    std::atomic<int> m_issued = 0;
    std::mutex m_batchesMutex;
    QList<qsizetype> m_batches;
    std::function<void()> m_inHandler; // what a test wants to happen inside
    std::function<void()> m_inBatch;
};

void RoutesTest::initTestCase()
{
    const auto connection = *Connection::open(m_database.superuserUrl());
    QVERIFY(connection->script(R"sql(
        create role squad_routes_test nologin;
        grant squad_routes_test to squad_server;
        grant squad_service to squad_routes_test;
        create schema test;
        grant usage on schema test to squad_routes_test;
        create table test.thing (
            label text not null constraint thing_label primary key,
            count integer not null constraint thing_count check (count <> 7),
            version integer not null default 1
        );
        grant select, insert, update, delete on test.thing to squad_routes_test;
    )sql"));
    m_router.setAuthenticator(testAuthenticator);
    Routes routes(m_router, m_database.database(), "squad_routes_test");
    registerRoutes(routes);
}

void RoutesTest::init()
{
    const auto connection = *Connection::open(m_database.superuserUrl());
    QVERIFY(connection->script("truncate test.thing; truncate http.idempotency"));
    m_inHandler = nullptr;
    m_inBatch = nullptr;
    m_batches.clear();
    m_handled = 0;
}

void RoutesTest::registerRoutes(Routes &routes)
{
    routes.on<endpoint::Store>(
        [this](Session &session, const Caller &by, const NewThing &draft) -> Result<Thing> {
            ++m_handled;
            m_seenIfMatch = by.ifMatch;
            Thing stored = TRY(session.one<Thing>(storeThing, draft.label, draft.count));
            if (m_inHandler)
                m_inHandler();
            if (draft.count.value == 9)
                return fail(Problem::conflict(u"thing.nine"_s, u"Nine is taken."_s, { { u"left"_s, 8 } }));
            return stored;
        }
    );
    routes.on<endpoint::Fetch>([](Session &session, const Caller &, const ThingRef &ref) {
        return session.one<Thing>(fetchThing, ref.label);
    });
    routes.on<endpoint::Find>([](Session &, const Caller &, const ThingQuery &query) -> Result<ThingQuery> {
        return query;
    });
    routes.on<endpoint::Erase>(
        [](Session &session, const Caller &, const ThingRef &ref) -> Result<api::Nothing> {
            TRY(session.exec(eraseThing, ref.label));
            return api::Nothing();
        }
    );
    routes.on<endpoint::Issue>([this](Session &, const Caller &) -> Result<Token> {
        return Token { Secret(QByteArray::number(++m_issued)) };
    });
    routes.on<endpoint::Explode>([](Session &session, const Caller &) -> Result<api::Nothing> {
        TRY(session.one<Thing>(storeThing, u"debris"_s, 1));
        throw std::runtime_error("boom");
    });
    routes.gather<endpoint::StoreMany>(
        [this](
            Session &session, const QList<Routes::Call<endpoint::StoreMany>> &calls
        ) -> Result<QList<Result<Thing>>> {
            {
                const std::lock_guard lock(m_batchesMutex);
                m_batches.append(calls.size());
            }
            if (m_inBatch)
                m_inBatch();
            QList<Result<Thing>> answers;
            for (const auto &call : calls) {
                if (call.body.count.value == 9)
                    answers.append(fail(Problem::conflict(u"thing.nine"_s, u"Nine is taken."_s)));
                else if (call.body.count.value == 8)
                    return answers; // a mistake: one answer is missing
                else
                    answers.append(TRY(session.one<Thing>(storeThing, call.body.label, call.body.count)));
            }
            return answers;
        }
    );
}

int RoutesTest::things()
{
    return *m_database.database().transact("squad_routes_test", [](Session &session) {
        return session.one<int>(countThings);
    });
}

void RoutesTest::aValueIsCommittedAndAnswered()
{
    const Response answer = answerTo(
        m_router, { "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":3})", { asCustomer } }
    );

    QCOMPARE(answer.status, 201);
    QCOMPARE(answer.contentType, "application/json");
    QCOMPARE(answer.body, R"({"count":3,"label":"lamp","version":1})");
    QCOMPARE(answer.header("ETag"), "\"1\"");
    QCOMPARE(things(), 1);
}

void RoutesTest::aProblemRollsBack()
{
    const Response answer = answerTo(
        m_router, { "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":9})", { asCustomer } }
    );

    QCOMPARE(answer.status, 409);
    QCOMPARE(answer.contentType, "application/problem+json");
    const QJsonObject problem = object(answer);
    QCOMPARE(problem.value("type"_L1), u"/problems/conflict"_s);
    QCOMPARE(problem.value("code"_L1), u"thing.nine"_s);
    QCOMPARE(problem.value("instance"_L1), u"test-request"_s);
    QCOMPARE(problem.value("left"_L1), 8);
    QCOMPARE(things(), 0);
}

void RoutesTest::aThrowingHandlerAnswersInternalAndRollsBack()
{
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"test-request.*boom"_s));
    const Response answer = answerTo(m_router, { "POST", u"/api/v1/explosions"_s, {}, { asCustomer } });

    QCOMPARE(answer.status, 500);
    QCOMPARE(code(answer), u"internal"_s);
    QVERIFY2(!answer.body.contains("boom"), answer.body.constData());
    QCOMPARE(things(), 0);
}

void RoutesTest::nothingIsAnswered204()
{
    const Response answer = answerTo(m_router, { "DELETE", u"/api/v1/things/lamp"_s, {}, { asManager } });

    QCOMPARE(answer.status, 204);
    QVERIFY(answer.contentType.isEmpty());
    QVERIFY(answer.body.isEmpty());
}

void RoutesTest::paramsComeFromPathAndQuery()
{
    const Response found = answerTo(
        m_router, { "GET", u"/api/v1/things?limit=20&active=true&role=expert&tag=a&tag=b&unknown=1"_s }
    );
    const Response missing = answerTo(m_router, { "GET", u"/api/v1/things/lamp?label=other"_s });

    QCOMPARE(found.body, R"({"active":true,"limit":20,"role":"expert","tag":["a","b"]})");
    QCOMPARE(missing.status, 404);
}

void RoutesTest::everyBadParamIsNamed()
{
    const Response answer
        = answerTo(m_router, { "GET", u"/api/v1/things?limit=many&active=1&role=nobody&tag=x"_s });

    QCOMPARE(answer.status, 422);
    QCOMPARE(pointers(answer), (QStringList { u"?limit"_s, u"?active"_s, u"?role"_s }));
}

void RoutesTest::everyBadFieldIsNamed()
{
    const Response answer
        = answerTo(m_router, { "POST", u"/api/v1/things"_s, R"({"label":"","count":10})", { asCustomer } });

    QCOMPARE(answer.status, 422);
    QCOMPARE(pointers(answer), (QStringList { u"/label"_s, u"/count"_s }));
    QCOMPARE(m_handled, 0);
}

void RoutesTest::aBodyMustBeJson_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("status");
    QTest::newRow("none") << QByteArray() << QByteArray("application/json") << 400;
    QTest::newRow("cut off") << QByteArray(R"({"label":"la)") << QByteArray("application/json") << 400;
    QTest::newRow("two values") << QByteArray("{}{}") << QByteArray("application/json") << 400;
    QTest::newRow("no UTF-8") << QByteArray("{\"label\":\"\xff\",\"count\":1}")
                              << QByteArray("application/json") << 400;
    QTest::newRow("a NUL") << QByteArray("{\"label\":\"a\0b\",\"count\":1}", 25)
                           << QByteArray("application/json") << 422;
    QTest::newRow("an escaped NUL") << QByteArray(R"({"label":"a\u0000b","count":1})")
                                    << QByteArray("application/json") << 422;
    QTest::newRow("too deep") << QByteArray(5000, '[') << QByteArray("application/json") << 400;
    QTest::newRow("an array") << QByteArray("[1]") << QByteArray("application/json") << 422;
    QTest::newRow("a form") << QByteArray("label=lamp") << QByteArray("application/x-www-form-urlencoded")
                            << 415;
    QTest::newRow("text") << QByteArray(R"({"label":"a","count":1})") << QByteArray("text/plain") << 415;
    QTest::newRow("with charset") << QByteArray(R"({"label":"a","count":1})")
                                  << QByteArray("Application/JSON; charset=utf-8") << 201;
}

void RoutesTest::aBodyMustBeJson()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, type);
    const Response answer
        = answerTo(m_router, { "POST", u"/api/v1/things"_s, body, { asCustomer, { "content-type", type } } });

    QTEST(answer.status, "status");
}

void RoutesTest::rolesDecideWhoMayAsk_data()
{
    QTest::addColumn<QByteArray>("authorization");
    QTest::addColumn<int>("status");
    QTest::newRow("nobody") << QByteArray() << 401;
    QTest::newRow("forged") << QByteArray("Bearer forged") << 401;
    QTest::newRow("another scheme") << QByteArray("Basic Y3VzdG9tZXItMQ==") << 401;
    QTest::newRow("another role") << QByteArray("Bearer expert-1") << 403;
    QTest::newRow("the role") << QByteArray("bearer manager-1") << 201;
}

void RoutesTest::rolesDecideWhoMayAsk()
{
    QFETCH(const QByteArray, authorization);
    const Response answer = answerTo(
        m_router,
        { "POST",
          u"/api/v1/things"_s,
          R"({"label":"lamp","count":1})",
          { { "authorization", authorization } } }
    );

    QTEST(answer.status, "status");
    if (answer.status == 401)
        QCOMPARE(answer.header("WWW-Authenticate"), "Bearer");
}

void RoutesTest::aStaleTokenDoesNotKeepAnybodyOutOfAPublicPlace()
{
    const Response answer
        = answerTo(m_router, { "GET", u"/api/v1/things"_s, {}, { { "authorization", "Bearer forged" } } });

    QCOMPARE(answer.status, 200);
}

void RoutesTest::unknownPathsAndMethodsAreToldApart()
{
    const Response unknownPath = answerTo(m_router, { "GET", u"/api/v1/nothing"_s });
    const Response unknownMethod = answerTo(m_router, { "PATCH", u"/api/v1/things"_s });

    QCOMPARE(unknownPath.status, 404);
    QCOMPARE(unknownMethod.status, 405);
    QCOMPARE(unknownMethod.header("Allow"), "GET, HEAD, POST, OPTIONS");
}

void RoutesTest::ifMatchReachesTheHandler_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("status");
    QTest::addColumn<std::optional<int>>("seen");
    QTest::newRow("a version") << QByteArray("\"12\"") << 201 << std::optional(12);
    QTest::newRow("any") << QByteArray("*") << 201 << std::optional<int>();
    QTest::newRow("not one of ours") << QByteArray("\"abc\"") << 201 << std::optional(-1);
    QTest::newRow("weak") << QByteArray("W/\"12\"") << 201 << std::optional(-1);
    QTest::newRow("several") << QByteArray("\"1\", \"2\"") << 400 << std::optional<int>();
}

void RoutesTest::ifMatchReachesTheHandler()
{
    QFETCH(const QByteArray, header);
    QFETCH(const std::optional<int>, seen);
    m_seenIfMatch.reset();
    const Response answer = answerTo(
        m_router,
        { "POST",
          u"/api/v1/things"_s,
          R"({"label":"lamp","count":1})",
          { asCustomer, { "if-match", header } } }
    );

    QTEST(answer.status, "status");
    QCOMPARE(m_seenIfMatch, seen);
}

void RoutesTest::theSameKeyGivesTheSameAnswer()
{
    const Asking asking {
        "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":3})", { asCustomer, key("k1") }
    };

    const Response first = answerTo(m_router, asking);
    const Response second = answerTo(m_router, asking);

    QCOMPARE(first.status, 201);
    QVERIFY(first.header("Idempotency-Replayed").isNull());
    QCOMPARE(second.status, first.status);
    QCOMPARE(second.body, first.body);
    QCOMPARE(second.header("ETag"), first.header("ETag"));
    QCOMPARE(second.header("Idempotency-Replayed"), "true");
    QCOMPARE(m_handled, 1);
    QCOMPARE(things(), 1);
}

void RoutesTest::aKeyForAnotherRequestIsRefused()
{
    const Response first = answerTo(
        m_router, { "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":3})", { asCustomer, key("k1") } }
    );
    const Response second = answerTo(
        m_router, { "POST", u"/api/v1/things"_s, R"({"label":"chair","count":3})", { asCustomer, key("k1") } }
    );

    QCOMPARE(first.status, 201);
    QCOMPARE(second.status, 422);
    QCOMPARE(code(second), u"idempotency.key-reused"_s);
    QCOMPARE(things(), 1);
}

void RoutesTest::aKeyBelongsToItsAccount()
{
    const Response first = answerTo(
        m_router, { "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":3})", { asCustomer, key("k1") } }
    );
    const Response second = answerTo(
        m_router,
        { "POST", u"/api/v1/things"_s, R"({"label":"chair","count":3})", { asOtherCustomer, key("k1") } }
    );

    QCOMPARE(first.status, 201);
    QCOMPARE(second.status, 201);
    QCOMPARE(things(), 2);
}

void RoutesTest::aProblemFreesItsKey()
{
    const Asking asking {
        "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":9})", { asCustomer, key("k1") }
    };

    const Response first = answerTo(m_router, asking);
    const Response second = answerTo(m_router, asking);

    QCOMPARE(first.status, 409);
    QCOMPARE(second.status, 409);
    QVERIFY(second.header("Idempotency-Replayed").isNull());
    QCOMPARE(m_handled, 2);
}

void RoutesTest::anonymousKeysAreIgnored()
{
    const Response answer = answerTo(m_router, { "GET", u"/api/v1/things"_s, {}, { key("k1") } });

    QCOMPARE(answer.status, 200);
    QVERIFY(answer.header("Idempotency-Replayed").isNull());
}

void RoutesTest::badKeysAreRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("too long") << QByteArray(201, 'k');
    QTest::newRow("a space") << QByteArray("k 1");
    QTest::newRow("not ASCII") << QByteArray("\xc3\xa9");
}

void RoutesTest::badKeysAreRefused()
{
    QFETCH(const QByteArray, text);
    const Response answer = answerTo(
        m_router, { "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":1})", { asCustomer, key(text) } }
    );

    QCOMPARE(answer.status, 400);
    QCOMPARE(things(), 0);
}

void RoutesTest::answersWithSecretsAreNotStored()
{
    const Asking asking { "POST", u"/api/v1/tokens"_s, {}, { asCustomer, key("k1") } };

    const Response first = answerTo(m_router, asking);
    const Response second = answerTo(m_router, asking);

    QCOMPARE(first.status, 200);
    QVERIFY(second.body != first.body);
    const auto connection = *Connection::open(m_database.superuserUrl());
    Rows rows = *connection->script("select 1 from http.idempotency");
    QVERIFY(!rows.next());
}

void RoutesTest::aKeyExpiresAfterADay()
{
    const Asking asking {
        "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":3})", { asCustomer, key("k1") }
    };
    QCOMPARE(answerTo(m_router, asking).status, 201);
    const auto connection = *Connection::open(m_database.superuserUrl());
    QVERIFY(connection->script("update http.idempotency set created_at = now() - interval '25 hours'"));
    QVERIFY(connection->script("delete from test.thing"));

    const Response again = answerTo(m_router, asking);
    const Response replayed = answerTo(m_router, asking);

    QCOMPARE(again.status, 201);
    QVERIFY(again.header("Idempotency-Replayed").isNull());
    QCOMPARE(replayed.header("Idempotency-Replayed"), "true");

    // Old answers go in batches of a bounded size.
    QVERIFY(connection->script("insert into http.idempotency select gen_random_uuid(), n::text, '', 200, '', "
                               "'', now() - interval '2 days' "
                               "from generate_series(1, 5) n"));
    const auto expire = [&](int limit) {
        return m_database.database().transact("squad_routes_test", [&](Session &session) {
            return idempotency::expire(session, limit);
        });
    };
    QCOMPARE(expire(3).value_or(-1), 3);
    QCOMPARE(expire(3).value_or(-1), 2);
    QVERIFY(idempotency::expireAll(m_database.database(), "squad_routes_test"));
    QCOMPARE(answerTo(m_router, asking).header("Idempotency-Replayed"), "true");
}

void RoutesTest::concurrentDuplicatesAreDoneOnce()
{
    // Given a handler that is still inside its transaction when the duplicates arrive
    const Gate gate;
    m_inHandler = gate.hold();
    const Asking asking {
        "POST", u"/api/v1/things"_s, R"({"label":"lamp","count":3})", { asCustomer, key("k1") }
    };
    std::vector<std::future<Response>> answers;
    answers.push_back(ask(m_router, asking));
    gate.awaitHeld(1);
    for (int i = 0; i < 3; ++i)
        answers.push_back(ask(m_router, asking));

    // When the duplicates wait for its lock and it commits
    const auto connection = *Connection::open(m_database.superuserUrl());
    QTRY_VERIFY(([&] {
        Rows rows
            = *connection->script("select count(*) from pg_locks where locktype = 'advisory' and not granted"
            );
        return rows.next() && rows.text(0) == QByteArrayView("3");
    }()));
    gate.open();

    // Then they all get its answer
    int replayed = 0;
    for (std::future<Response> &answer : answers) {
        const Response response = answer.get();
        QCOMPARE(response.status, 201);
        replayed += response.header("Idempotency-Replayed") == "true" ? 1 : 0;
    }
    QCOMPARE(replayed, 3);
    QCOMPARE(m_handled, 1);
    QCOMPARE(things(), 1);
}

void RoutesTest::servicesCannotReadTheStoredAnswers()
{
    static const Statement peek { "test.peek", "select count(*)::integer from http.idempotency" };
    const Result<int> peeked = m_database.database().transact("squad_routes_test", [](Session &session) {
        return session.one<int>(peek);
    });

    QVERIFY(!peeked);
}

void RoutesTest::gatheredCallsAreAnsweredEach()
{
    std::vector<std::future<Response>> answers;
    for (int i = 0; i < 50; ++i)
        answers.push_back(
            ask(m_router,
                { "POST",
                  u"/api/v1/batches"_s,
                  QByteArray(R"({"label":"thing %","count":1})").replace('%', QByteArray::number(i)),
                  { asCustomer } })
        );

    for (size_t i = 0; i < answers.size(); ++i) {
        const Response response = answers[i].get();
        QCOMPARE(response.status, 200);
        QCOMPARE(object(response).value("label"_L1).toString(), u"thing %1"_s.arg(i));
    }
    QCOMPARE(things(), 50);
}

void RoutesTest::whatQueuesUpIsOneBatch()
{
    // Given two batches that are being written, the most there may be at once
    const Gate gate;
    m_inBatch = gate.hold();
    const auto store = [&](int i) {
        return ask(
            m_router,
            { "POST",
              u"/api/v1/batches"_s,
              QByteArray(R"({"label":"thing %","count":1})").replace('%', QByteArray::number(i)),
              { asCustomer } }
        );
    };
    std::vector<std::future<Response>> answers;
    answers.push_back(store(0));
    gate.awaitHeld(1);
    answers.push_back(store(1));
    gate.awaitHeld(2);

    // When twenty more arrive meanwhile
    for (int i = 2; i < 22; ++i)
        answers.push_back(store(i));
    gate.open();
    for (std::future<Response> &answer : answers)
        QCOMPARE(answer.get().status, 200);

    // Then they are answered together
    QCOMPARE(m_batches, (QList<qsizetype> { 1, 1, 20 }));
}

void RoutesTest::aProblemInABatchIsOneCallsOwn()
{
    auto good
        = ask(m_router, { "POST", u"/api/v1/batches"_s, R"({"label":"lamp","count":1})", { asCustomer } });
    auto bad
        = ask(m_router, { "POST", u"/api/v1/batches"_s, R"({"label":"nine","count":9})", { asCustomer } });
    auto unreadable = ask(m_router, { "POST", u"/api/v1/batches"_s, R"({"label":1})", { asCustomer } });

    QCOMPARE(good.get().status, 200);
    QCOMPARE(bad.get().status, 409);
    QCOMPARE(unreadable.get().status, 422);
    QCOMPARE(things(), 1);
}

void RoutesTest::aFailedBatchIsTriedOneByOne()
{
    // Given three calls in one batch, of which one breaks a constraint and so the whole transaction
    const Gate gate;
    m_inBatch = gate.hold();
    const auto store = [&](const QByteArray &body) {
        return ask(m_router, { "POST", u"/api/v1/batches"_s, body, { asCustomer } });
    };
    std::vector<std::future<Response>> first;
    first.push_back(store(R"({"label":"a","count":1})"));
    gate.awaitHeld(1);
    first.push_back(store(R"({"label":"b","count":1})"));
    gate.awaitHeld(2);
    auto good = store(R"({"label":"c","count":1})");
    auto bad = store(R"({"label":"d","count":7})");
    auto alsoGood = store(R"({"label":"e","count":1})");

    // When it has failed
    gate.open();

    // Then the others are stored nevertheless
    QCOMPARE(good.get().status, 200);
    QCOMPARE(bad.get().status, 422);
    QCOMPARE(alsoGood.get().status, 200);
    for (std::future<Response> &answer : first)
        QCOMPARE(answer.get().status, 200);
    QCOMPARE(things(), 4);
}

void RoutesTest::keysAreHonouredInBatches()
{
    const Asking asking {
        "POST", u"/api/v1/batches"_s, R"({"label":"lamp","count":3})", { asCustomer, key("k1") }
    };
    std::vector<std::future<Response>> answers;
    for (int i = 0; i < 20; ++i)
        answers.push_back(ask(m_router, asking));
    auto reused = ask(
        m_router, { "POST", u"/api/v1/batches"_s, R"({"label":"x","count":1})", { asCustomer, key("k1") } }
    );

    int replayed = 0;
    for (std::future<Response> &answer : answers) {
        const Response response = answer.get();
        QCOMPARE(response.status, 200);
        QCOMPARE(response.header("ETag"), "\"1\"");
        replayed += response.header("Idempotency-Replayed") == "true" ? 1 : 0;
    }
    QCOMPARE(replayed, 19);
    QCOMPARE(reused.get().status, 422);
    QCOMPARE(things(), 1);
}

void RoutesTest::aBatchHandlerThatLosesACallIsCaught()
{
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"lost a call"_s));
    const Response answer = answerTo(
        m_router, { "POST", u"/api/v1/batches"_s, R"({"label":"lamp","count":8})", { asCustomer } }
    );

    QCOMPARE(answer.status, 500);
}

void RoutesTest::slowHandlersHaveThreadsOfTheirOwn()
{
    // Given one thread for slow handlers, on which more of them wait than there are database workers
    const Gate gate;
    const auto hold = gate.hold();
    Router router;
    router.setAuthenticator(testAuthenticator);
    WorkerThreads slow(1, 20);
    Routes routes(router, m_database.database(), "squad_routes_test");
    routes.on<endpoint::Store>(slow, [hold](Session &session, const Caller &, const NewThing &draft) {
        hold();
        return session.one<Thing>(storeThing, draft.label, draft.count);
    });
    const auto store = [&](int i) {
        return ask(
            router,
            { "POST",
              u"/api/v1/things"_s,
              QByteArray(R"({"label":"thing %","count":1})").replace('%', QByteArray::number(i)),
              { asCustomer } }
        );
    };
    std::vector<std::future<Response>> answers;
    answers.push_back(store(0));
    gate.awaitHeld(1);
    for (int i = 1; i <= 20; ++i)
        answers.push_back(store(i));

    // When others ask, and one more than may wait
    const Response other = answerTo(m_router, { "GET", u"/api/v1/things?limit=5"_s });
    const Response tooMany = store(21).get();
    gate.open();

    // Then the others are answered meanwhile, the one too many is told to come back, and all else is done
    QCOMPARE(other.status, 200);
    QCOMPARE(tooMany.status, 503);
    QVERIFY(!tooMany.header("Retry-After").isNull());
    for (std::future<Response> &answer : answers)
        QCOMPARE(answer.get().status, 201);
    QCOMPARE(things(), 21);
}

QTEST_GUILESS_MAIN(RoutesTest)
#include "routes_test.moc"

#include "server/http/http_server.h"

#include "server/http/metrics.h"
#include "server/http/problem_response.h"
#include "tests/server/http/answer_to.h"
#include "tests/server/http/raw_client.h"
#include "tests/support/why.h"

#include <QTest>

#include <deque>
#include <semaphore>
#include <sys/socket.h>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// A server with handlers that tests steer, on a port of its own.
class Served
{
public:
    explicit Served(const HttpLimits &limits = {}, int ioThreads = 1)
        : m_server(options(limits, ioThreads), m_router, m_metrics)
    {
        addRoutes();
        const Result<void> listening = m_server.listen();
        if (!listening)
            qFatal("%s", why(listening));
    }

    [[nodiscard]] quint16 port() const { return m_server.port(); }
    [[nodiscard]] HttpServer &server() { return m_server; }
    [[nodiscard]] QByteArray metrics() const { return m_metrics.text(); }

    // What has been asked of /slow and waits for an answer; null: nothing yet.
    [[nodiscard]] std::optional<Responder> takeSlow()
    {
        if (!m_slowArrived.try_acquire_for(10s))
            return std::nullopt;
        const std::lock_guard lock(m_mutex);
        const Responder responder = m_slow.front();
        m_slow.pop_front();
        return responder;
    }
    [[nodiscard]] QByteArrayList order() const
    {
        const std::lock_guard lock(m_mutex);
        return m_order;
    }

private:
    static HttpServer::Options options(const HttpLimits &limits, int ioThreads)
    {
        HttpServer::Options options;
        options.limits = limits;
        options.ioThreads = ioThreads;
        return options;
    }

    void addRoutes()
    {
        m_router.setAuthenticator(testAuthenticator);
        m_router.get(u"/hello"_s, [](const Request &) {
            return Response::text("hello").set("ETag", "\"7\"");
        });
        m_router.get(u"/name/{name}"_s, [](const Request &request) {
            return Response::text(
                request.pathValues.value(u"name"_s).toUtf8() + '?' + request.query.value(u"q"_s).toUtf8()
            );
        });
        m_router.get(u"/files/{rest...}"_s, [](const Request &request) {
            return Response::text(request.pathValues.value(u"rest"_s).toUtf8());
        });
        m_router.get(u"/page"_s, [](const Request &) { return Response::html("<p>hello</p>"); });
        m_router.get(u"/big"_s, [](const Request &) { return Response::text(QByteArray(300'000, 'b')); });
        m_router.get(u"/split"_s, [](const Request &) {
            return Response::text("split")
                .set("X-Good", "yes")
                .set("X-Bad", "a\r\nSet-Cookie: b")
                .set("X: Y", "no");
        });
        m_router.get(u"/throw"_s, [](const Request &) -> Response { throw std::runtime_error("boom"); });
        Router::Route echo;
        echo.method = api::Method::post;
        echo.path = u"/echo"_s;
        echo.handler = [this](const RequestPtr &request, const Responder &respond) {
            note("echo " + request->body.left(10));
            respond(Response::text(request->body));
        };
        m_router.add(echo);
        Router::Route small = echo;
        small.path = u"/small"_s;
        small.bodyLimit = 10;
        m_router.add(small);
        Router::Route guarded = echo;
        guarded.path = u"/guarded"_s;
        guarded.roles = api::Role::customer;
        m_router.add(guarded);
        for (const api::Method method : { api::Method::get, api::Method::post }) {
            Router::Route slow;
            slow.method = method;
            slow.path = u"/slow"_s;
            slow.handler = [this](const RequestPtr &request, const Responder &respond) {
                note("slow " + request->method);
                {
                    const std::lock_guard lock(m_mutex);
                    m_slow.push_back(respond);
                }
                m_slowArrived.release();
            };
            m_router.add(slow);
        }
        Router::Route lost;
        lost.path = u"/lost"_s;
        lost.handler = [](const RequestPtr &, const Responder &) {};
        m_router.add(lost);
    }

    void note(const QByteArray &what)
    {
        const std::lock_guard lock(m_mutex);
        m_order += what;
    }

    Router m_router;
    Metrics m_metrics;
    mutable std::mutex m_mutex;
    std::deque<Responder> m_slow;
    std::counting_semaphore<> m_slowArrived { 0 };
    QByteArrayList m_order;
    HttpServer m_server; // last: it ends before what its handlers use
};

QByteArray get(const QByteArray &target, const QByteArray &more = {})
{
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

QByteArray post(const QByteArray &target, const QByteArray &body, const QByteArray &more = {})
{
    return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more
        + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}

qint64 residentKilobytes()
{
    QFile file(u"/proc/self/status"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).simplified().split(' ').constFirst().toLongLong();
    }
    return 0;
}

} // namespace

class HttpServerTest : public QObject
{
    Q_OBJECT

private slots:
    void aRequestIsAnswered();
    void everyAnswerCarriesTheSecurityHeaders();
    void answersAreFramedAsHttpSays_data();
    void answersAreFramedAsHttpSays();
    void hostileRequestsAreRefused_data();
    void hostileRequestsAreRefused();
    void targetsAreDecodedOnce_data();
    void targetsAreDecodedOnce();
    void bodiesArriveWhole_data();
    void bodiesArriveWhole();
    void bodiesHaveALimit_data();
    void bodiesHaveALimit();
    void aRefusedRequestsBodyIsReadAway();
    void expectationsAreMetOrRefused_data();
    void expectationsAreMetOrRefused();
    void byteByByteIsARequestToo();
    void requestIdsAreKeptWhenSane();
    void responseHeadersCannotBeSplit();
    void aThrowingHandlerAnswers500();
    void aForgottenRequestAnswers500();

    void pipelinedAnswersKeepTheirOrder();
    void pipelinedWritesHappenInOrder();
    void aClosingRequestEndsThePipeline();
    void anErrorInThePipelineIsAnsweredInItsPlace();

    void slowRequestsTimeOut_data();
    void slowRequestsTimeOut();
    void idleConnectionsAreClosed();
    void aSlowHandlerAnswers504AndItsLateAnswerIsDropped();
    void tooManyConnectionsAreTurnedAway();
    void tooManyConnectionsFromAnAddressAreTurnedAway();
    void allBodiesTogetherHaveALimit();
    void aPeerThatDoesNotReadIsReset();
    void slowConnectionsKeepNobodyElseWaiting();
    void aClientThatLeavesDuringAHandlerIsHarmless();
    void drainFinishesWhatRuns();
    void drainGivesUpInTheEnd();
    void lateAnswersFindNoServer();
    void requestsAreCountedByRouteAndStatus();
    void twoIoThreadsServeManyClients();
};

void HttpServerTest::aRequestIsAnswered()
{
    Served served;
    RawClient client(served.port());

    const RawClient::Answer first = client.ask(get("/hello"));
    const RawClient::Answer second = client.ask(get("/name/J%C3%B6rg?q=a+b%26c"));

    QCOMPARE(first.status, 200);
    QCOMPARE(first.body, "hello");
    QCOMPARE(first.header("content-type"), "text/plain; charset=utf-8");
    QVERIFY(first.header("date").endsWith(" GMT"));
    QCOMPARE(first.header("x-request-id").size(), 36);
    QCOMPARE(second.body, "J\xc3\xb6rg?a b&c");
}

void HttpServerTest::everyAnswerCarriesTheSecurityHeaders()
{
    Served served;
    RawClient client(served.port());

    for (const RawClient::Answer &answer :
         { client.ask(get("/page")), client.ask(get("/nothing")), client.ask(get("/hello")) }) {
        QCOMPARE(answer.header("x-content-type-options"), "nosniff");
        QCOMPARE(answer.header("referrer-policy"), "no-referrer");
        QCOMPARE(answer.header("cache-control"), "no-store");
        QVERIFY(answer.header("content-security-policy").contains("frame-ancestors 'none'"));
        QVERIFY(answer.header("strict-transport-security").isEmpty()); // would be a lie over plain HTTP
    }
    QVERIFY(client.ask(get("/page")).header("content-security-policy").startsWith("default-src 'self'"));
}

void HttpServerTest::answersAreFramedAsHttpSays_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isClosed");
    const QByteArray host = "Host: localhost\r\n";
    QTest::newRow("1.1") << get("/hello") << 200 << QByteArray("hello") << false;
    QTest::newRow("1.1 close") << get("/hello", "Connection: close\r\n") << 200 << QByteArray("hello")
                               << true;
    QTest::newRow("1.0") << QByteArray("GET /hello HTTP/1.0\r\n\r\n") << 200 << QByteArray("hello") << true;
    QTest::newRow("1.0 keep-alive") << QByteArray("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                                    << 200 << QByteArray("hello") << false;
    QTest::newRow("HEAD") << QByteArray("HEAD /hello HTTP/1.1\r\n" + host + "\r\n") << 200 << QByteArray()
                          << false;
    QTest::newRow("OPTIONS") << QByteArray("OPTIONS /slow HTTP/1.1\r\n" + host + "\r\n") << 204
                             << QByteArray() << false;
    QTest::newRow("OPTIONS *") << QByteArray("OPTIONS * HTTP/1.1\r\n" + host + "\r\n") << 204 << QByteArray()
                               << false;
    QTest::newRow("not modified") << get("/hello", "If-None-Match: \"1\", W/\"7\"\r\n") << 304 << QByteArray()
                                  << false;
    QTest::newRow("modified") << get("/hello", "If-None-Match: \"1\"\r\n") << 200 << QByteArray("hello")
                              << false;
    QTest::newRow("absolute form") << get("http://localhost/hello") << 200 << QByteArray("hello") << false;
    QTest::newRow("empty line first")
        << QByteArray("\r\n" + get("/hello")) << 200 << QByteArray("hello") << false;
    QTest::newRow("query only") << get("/hello?") << 200 << QByteArray("hello") << false;
}

void HttpServerTest::answersAreFramedAsHttpSays()
{
    QFETCH(const QByteArray, request);
    QFETCH(const bool, isClosed);
    Served served;
    RawClient client(served.port());
    client.send(request);

    const RawClient::Answer answer = client.receive(request.startsWith("HEAD"));

    QTEST(answer.status, "status");
    QTEST(answer.body, "body");
    if (answer.status == 204)
        QVERIFY(answer.header("content-length").isNull());
    if (request.startsWith("HEAD"))
        QCOMPARE(answer.header("content-length"), "5");
    if (request.startsWith("OPTIONS /slow"))
        QCOMPARE(answer.header("allow"), "GET, HEAD, POST, OPTIONS");
    QCOMPARE(answer.header("connection") == "close", isClosed);
    if (isClosed)
        QVERIFY(client.isClosedByServer());
    else
        QCOMPARE(client.ask(get("/hello")).status, 200);
}

void HttpServerTest::hostileRequestsAreRefused_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    const QByteArray start = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
    const auto row = [](const char *name, const QByteArray &request, int status) {
        QTest::newRow(name) << request << status;
    };
    row("bare line feeds", "GET /hello HTTP/1.1\nHost: localhost\n\n", 400);
    row("one bare line feed", "GET /hello HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400);
    row("bare line feed, no end", "GET /hello HTTP/1.1\n", 400);
    row("bare carriage return", "GET /hello HTTP/1.1\r\nHost: local\rhost\r\n\r\n", 400);
    row("folded field", "GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", 400);
    row("folded first field", "GET /hello HTTP/1.1\r\n Host: localhost\r\n\r\n", 400);
    row("no host", "GET /hello HTTP/1.1\r\n\r\n", 400);
    row("two hosts", get("/hello", "Host: localhost\r\n"), 400);
    row("two hosts in one", "GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n", 400);
    row("host with user", "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n", 400);
    row("empty host", "GET /hello HTTP/1.1\r\nHost:\r\n\r\n", 400);
    row("another host", get("http://elsewhere.example/hello"), 400);
    row("authority form", "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 501);
    row("unknown method", "BREW /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 501);
    row("trace", "TRACE /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 501);
    row("lower-case method", "get /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 501);
    row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    row("HTTP/1.2", "GET /hello HTTP/1.2\r\nHost: localhost\r\n\r\n", 505);
    row("no version", "GET /hello\r\n\r\n", 400);
    row("garbage version", "GET /hello HTTP/x.y\r\nHost: localhost\r\n\r\n", 400);
    row("TLS on a plain port", QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400);
    row("length and coding", start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    row("coding and length", start + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400);
    row("two equal lengths", start + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400);
    row("two lengths", start + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", 400);
    row("a list of lengths", start + "Content-Length: 4, 4\r\n\r\nabcd", 400);
    row("negative length", start + "Content-Length: -1\r\n\r\n", 400);
    row("signed length", start + "Content-Length: +4\r\n\r\nabcd", 400);
    row("hexadecimal length", start + "Content-Length: 0x4\r\n\r\nabcd", 400);
    row("empty length", start + "Content-Length:\r\n\r\n", 400);
    row("overflowing length", start + "Content-Length: 18446744073709551617\r\n\r\n", 400);
    row("huge length", start + "Content-Length: 999999999999999\r\n\r\n", 413);
    row("unknown coding", start + "Transfer-Encoding: gzip\r\n\r\n", 501);
    row("chunked twice", start + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501);
    row("chunked not last", start + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 501);
    row("obscured coding", start + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501);
    row("two codings",
        start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        400);
    row("chunked in 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    const QByteArray chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
    row("chunk size no number", chunked + "x\r\n", 400);
    row("negative chunk size", chunked + "-1\r\n", 400);
    row("overflowing chunk size", chunked + "fffffffffffffffff\r\n", 400);
    row("huge chunk size", chunked + "fffffffffffffff\r\n", 413);
    row("chunk size with a space", chunked + " 4\r\nabcd\r\n0\r\n\r\n", 400);
    row("chunk without end", chunked + "4\r\nabcdX\r\n0\r\n\r\n", 400);
    row("chunk with bare line feed", chunked + "4\nabcd\r\n0\r\n\r\n", 400);
    row("chunk size with bare line feed only", chunked + "4\n", 400);
    row("endless chunk extension", chunked + "4;" + QByteArray(10'000, 'x'), 400);
    row("endless trailer", chunked + "0\r\n" + QByteArray("X: y\r\n").repeated(2000), 400);
    row("trailer with a length", chunked + "0\r\nContent-Length: 4\r\n\r\n", 400);
    row("NUL in a field", QByteArray("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", 48), 400);
    row("NUL in the target", QByteArray("GET /hel\0lo HTTP/1.1\r\nHost: localhost\r\n\r\n", 43), 400);
    row("control character", get("/hello", "X: a\x01z\r\n"), 400);
    row("space in a name", get("/hello", "X Y: a\r\n"), 400);
    row("space before the colon", get("/hello", "X : a\r\n"), 400);
    row("field without a name", get("/hello", ": a\r\n"), 400);
    row("field without a colon", get("/hello", "X\r\n"), 400);
    row("two spaces", "GET  /hello HTTP/1.1\r\nHost: localhost\r\n\r\n", 400);
    row("space in the target", "GET /hel lo HTTP/1.1\r\nHost: localhost\r\n\r\n", 400);
    row("relative target", get("hello"), 400);
    row("asterisk", get("*"), 400);
    row("fragment", get("/hello#top"), 400);
    row("raw UTF-8 in the target", get("/name/J\xc3\xb6rg"), 400);
    row("cut percent encoding", get("/name/%4"), 400);
    row("wrong percent encoding", get("/name/%zz"), 400);
    row("encoded NUL", get("/name/a%00"), 400);
    row("encoded line end", get("/name/a%0d%0aX:%20y"), 400);
    row("encoded slash", get("/files/a%2fb"), 400);
    row("encoded backslash", get("/files/a%5cb"), 400);
    row("broken UTF-8", get("/name/%ff"), 400);
    row("overlong UTF-8", get("/name/%c0%ae"), 400);
    row("surrogate in UTF-8", get("/name/%ed%a0%80"), 400);
    row("broken UTF-8 in the query", get("/hello?q=%ff"), 400);
    row("wrong percent encoding in the query", get("/hello?q=%"), 400);
    row("encoded NUL in the query", get("/hello?q=%00"), 400);
    row("traversal", get("/files/../secret"), 400);
    row("encoded traversal", get("/files/%2e%2e/secret"), 400);
    row("half encoded traversal", get("/files/.%2E/secret"), 400);
    row("dot segment", get("/files/./secret"), 400);
    row("traversal at the end", get("/files/.."), 400);
    row("header too large", get("/hello", "X: " + QByteArray(20'000, 'x') + "\r\n"), 431);
    row("line too long", get('/' + QByteArray(20'000, 'x')), 431);
    row("too many fields", get("/hello", QByteArray("X: y\r\n").repeated(101)), 431);
}

void HttpServerTest::hostileRequestsAreRefused()
{
    QFETCH(const QByteArray, request);
    Served served;
    RawClient client(served.port());

    const RawClient::Answer answer = client.ask(request);

    QTEST(answer.status, "status");
    QCOMPARE(answer.header("content-type"), "application/problem+json");
    QCOMPARE(answer.header("connection"), "close");
    QVERIFY(client.isClosedByServer());
    QVERIFY(served.order().isEmpty()); // nothing was done
}

void HttpServerTest::targetsAreDecodedOnce_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("double encoding") << QByteArray("/name/%252e%252e") << 200 << QByteArray("%2e%2e?");
    QTest::newRow("plus in a path") << QByteArray("/name/a+b") << 200 << QByteArray("a+b?");
    QTest::newRow("dots in a name") << QByteArray("/files/a..b/.c") << 200 << QByteArray("a..b/.c");
    QTest::newRow("empty segment") << QByteArray("//hello") << 404 << QByteArray();
    QTest::newRow("trailing slash") << QByteArray("/hello/") << 404 << QByteArray();
    QTest::newRow("case matters") << QByteArray("/Hello") << 404 << QByteArray();
    QTest::newRow("empty parameter") << QByteArray("/name/") << 404 << QByteArray();
    QTest::newRow("rest") << QByteArray("/files/a/b/c") << 200 << QByteArray("a/b/c");
}

void HttpServerTest::targetsAreDecodedOnce()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, body);
    Served served;
    RawClient client(served.port());

    const RawClient::Answer answer = client.ask(get(target));

    QTEST(answer.status, "status");
    if (!body.isEmpty())
        QCOMPARE(answer.body, body);
}

void HttpServerTest::bodiesArriveWhole_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("body");
    const QByteArray chunked = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    QTest::newRow("none") << post("/echo", {}) << QByteArray();
    QTest::newRow("short") << post("/echo", "abc") << QByteArray("abc");
    QTest::newRow("long") << post("/echo", QByteArray(900'000, 'x')) << QByteArray(900'000, 'x');
    QTest::newRow("no length") << QByteArray("POST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
                               << QByteArray();
    QTest::newRow("chunked") << QByteArray(chunked + "4\r\nabcd\r\n2\r\nef\r\n0\r\n\r\n")
                             << QByteArray("abcdef");
    QTest::newRow("chunked empty") << QByteArray(chunked + "0\r\n\r\n") << QByteArray();
    QTest::newRow("chunk extension") << QByteArray(chunked + "4;name=value\r\nabcd\r\n0\r\n\r\n")
                                     << QByteArray("abcd");
    QTest::newRow("trailer") << QByteArray(chunked + "4\r\nabcd\r\n0\r\nX: y\r\n\r\n") << QByteArray("abcd");
    QTest::newRow("line feeds in a chunk")
        << QByteArray(chunked + "4\r\na\n\nb\r\n0\r\n\r\n") << QByteArray("a\n\nb");
    QTest::newRow("long chunks"
    ) << QByteArray(chunked + ("10000\r\n" + QByteArray(65'536, 'y') + "\r\n").repeated(8) + "0\r\n\r\n")
      << QByteArray(8 * 65'536, 'y');
}

void HttpServerTest::bodiesArriveWhole()
{
    QFETCH(const QByteArray, request);
    QFETCH(const QByteArray, body);
    Served served;
    RawClient client(served.port());

    const RawClient::Answer answer = client.ask(request);

    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, body);
    QCOMPARE(client.ask(get("/hello")).status, 200);
}

void HttpServerTest::bodiesHaveALimit_data()
{
    QTest::addColumn<QByteArray>("request");
    const QByteArray chunked = " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    QTest::newRow("announced"
    ) << QByteArray("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");
    QTest::newRow("sent") << post("/echo", QByteArray(1048577, 'x'));
    QTest::newRow("chunked"
    ) << QByteArray("POST /echo" + chunked + ("10000\r\n" + QByteArray(65'536, 'y') + "\r\n").repeated(17));
    QTest::newRow("of a route") << post("/small", QByteArray(11, 'x'));
    QTest::newRow("of a route, chunked")
        << QByteArray("POST /small" + chunked + "5\r\nabcde\r\n6\r\nfghijk\r\n");
    QTest::newRow("with GET"
    ) << QByteArray("GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
}

void HttpServerTest::bodiesHaveALimit()
{
    QFETCH(const QByteArray, request);
    Served served;
    RawClient client(served.port());

    const RawClient::Answer answer = client.ask(request);

    QCOMPARE(answer.status, 413);
    QVERIFY(client.isClosedByServer());
}

void HttpServerTest::aRefusedRequestsBodyIsReadAway()
{
    Served served;
    RawClient client(served.port());

    client.send(post("/guarded", "secret") + post("/nothing", "x") + post("/hello", "x") + get("/hello"));

    QCOMPARE(client.receive().status, 401);
    QCOMPARE(client.receive().status, 404);
    QCOMPARE(client.receive().status, 405);
    QCOMPARE(client.receive().status, 200);
}

void HttpServerTest::expectationsAreMetOrRefused_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("first");
    QTest::addColumn<bool>("goesOn");
    QTest::newRow("met") << QByteArray("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n")
                         << 100 << true;
    QTest::newRow("too large"
    ) << QByteArray("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n")
      << 413 << false;
    QTest::newRow("not signed in"
    ) << QByteArray("POST /guarded HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n")
      << 401 << false;
    QTest::newRow("nothing there"
    ) << QByteArray("POST /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n")
      << 404 << false;
}

void HttpServerTest::expectationsAreMetOrRefused()
{
    QFETCH(const QByteArray, head);
    QFETCH(const bool, goesOn);
    Served served;
    RawClient client(served.port());

    const RawClient::Answer first = client.ask(head + "Expect: 100-continue\r\n\r\n");

    QTEST(first.status, "first");
    if (goesOn)
        QCOMPARE(client.ask("abc").body, "abc");
    else
        QVERIFY(client.isClosedByServer());

    RawClient other(served.port());
    QCOMPARE(
        other.ask(head + "Expect: a-miracle\r\n\r\n").status,
        goesOn                    ? 417
            : first.status == 413 ? 417
                                  : first.status
    );
}

void HttpServerTest::byteByByteIsARequestToo()
{
    Served served;
    RawClient client(served.port());

    for (const char byte : QByteArray("\r\nPOST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                                      "chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"))
        client.send(QByteArray(1, byte));

    QCOMPARE(client.receive().body, "abc");
}

void HttpServerTest::requestIdsAreKeptWhenSane()
{
    Served served;
    RawClient client(served.port());

    QCOMPARE(client.ask(get("/hello", "X-Request-Id: abc-1.2_Z\r\n")).header("x-request-id"), "abc-1.2_Z");
    QCOMPARE(client.ask(get("/hello", "X-Request-Id: <script>\r\n")).header("x-request-id").size(), 36);
    QCOMPARE(
        client.ask(get("/hello", "X-Request-Id: " + QByteArray(65, 'x') + "\r\n"))
            .header("x-request-id")
            .size(),
        36
    );
    const RawClient::Answer problem = client.ask(get("/nothing", "X-Request-Id: abc\r\n"));
    QCOMPARE(QJsonDocument::fromJson(problem.body)["instance"_L1].toString(), u"abc"_s);
}

void HttpServerTest::responseHeadersCannotBeSplit()
{
    Served served;
    RawClient client(served.port());
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"X-Bad"_s));
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"X: Y"_s));

    const RawClient::Answer answer = client.ask(get("/split"));

    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.header("x-good"), "yes");
    QVERIFY(answer.header("x-bad").isNull());
    QVERIFY(answer.header("x").isNull());
    QVERIFY(answer.header("set-cookie").isNull());
}

void HttpServerTest::aThrowingHandlerAnswers500()
{
    Served served;
    RawClient client(served.port());
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"boom"_s));

    const RawClient::Answer answer = client.ask(get("/throw"));

    QCOMPARE(answer.status, 500);
    QVERIFY(!answer.body.contains("boom"));
    QCOMPARE(client.ask(get("/hello")).status, 200);
}

void HttpServerTest::aForgottenRequestAnswers500()
{
    Served served;
    RawClient client(served.port());

    QCOMPARE(client.ask(get("/lost")).status, 500);
    QCOMPARE(client.ask(get("/hello")).status, 200);
}

void HttpServerTest::pipelinedAnswersKeepTheirOrder()
{
    // Given three reads in one go, of which the first is answered last
    Served served;
    RawClient client(served.port());
    client.send(get("/slow") + get("/slow") + get("/hello"));
    const std::optional<Responder> first = served.takeSlow();
    const std::optional<Responder> second = served.takeSlow();
    QVERIFY(first && second);

    // When they are answered out of order, from another thread
    std::thread([&] {
        (*second)(Response::text("second"));
        (*first)(Response::text("first"));
    }).join();

    // Then the client sees its order
    QCOMPARE(client.receive().body, "first");
    QCOMPARE(client.receive().body, "second");
    QCOMPARE(client.receive().body, "hello");
}

void HttpServerTest::pipelinedWritesHappenInOrder()
{
    // Given a write that is running, and another one and a read behind it
    Served served;
    RawClient client(served.port());
    client.send(post("/slow", "1") + post("/echo", "2") + get("/slow") + post("/echo", "3"));
    const std::optional<Responder> first = served.takeSlow();
    QVERIFY(first);
    QCOMPARE(served.order(), QByteArrayList({ "slow POST" }));

    // When it has been answered
    (*first)(Response::text("1"));

    // Then the next one runs, and the write behind the read waits for that in turn
    QCOMPARE(client.receive().body, "1");
    QCOMPARE(client.receive().body, "2");
    const std::optional<Responder> read = served.takeSlow();
    QVERIFY(read);
    QCOMPARE(served.order(), QByteArrayList({ "slow POST", "echo 2", "slow GET" }));
    (*read)(Response::text("read"));
    QCOMPARE(client.receive().body, "read");
    QCOMPARE(client.receive().body, "3");
}

void HttpServerTest::aClosingRequestEndsThePipeline()
{
    Served served;
    RawClient client(served.port());

    client.send(get("/hello") + get("/hello", "Connection: close\r\n") + post("/echo", "ignored"));

    QVERIFY(client.receive().header("connection").isNull());
    QCOMPARE(client.receive().header("connection"), "close");
    QVERIFY(client.isClosedByServer());
    QVERIFY(served.order().isEmpty());
}

void HttpServerTest::anErrorInThePipelineIsAnsweredInItsPlace()
{
    Served served;
    RawClient client(served.port());
    client.send(get("/slow") + "GET /hello HTTP/1.1\r\n\r\n");
    const std::optional<Responder> slow = served.takeSlow();
    QVERIFY(slow);

    (*slow)(Response::text("slow"));

    const RawClient::Answer first = client.receive();
    QCOMPARE(first.body, "slow");
    QVERIFY(first.header("connection").isNull());
    const RawClient::Answer second = client.receive();
    QCOMPARE(second.status, 400);
    QCOMPARE(second.header("connection"), "close");
    QVERIFY(client.isClosedByServer());
}

void HttpServerTest::slowRequestsTimeOut_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("in the header") << QByteArray("GET /hello HTTP/1.1\r\nHost: loc");
    QTest::newRow("in the second header") << QByteArray(get("/hello") + "GET");
    QTest::newRow("in the body"
    ) << QByteArray("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc");
    QTest::newRow("in a chunk"
    ) << QByteArray("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\nabc");
}

void HttpServerTest::slowRequestsTimeOut()
{
    QFETCH(const QByteArray, bytes);
    HttpLimits limits;
    limits.headerTimeout = 300ms;
    limits.bodyTimeout = 300ms;
    Served served(limits);
    RawClient client(served.port());

    client.send(bytes);
    if (bytes.startsWith(get("/hello")))
        QCOMPARE(client.receive().status, 200);
    // Bytes that trickle in do not prolong it.
    std::jthread trickle([&, descriptor = client.socket().socketDescriptor()](const std::stop_token &stop) {
        while (!stop.stop_requested()) {
            if (::send(static_cast<int>(descriptor), "x", 1, MSG_NOSIGNAL) < 0)
                return;
            std::this_thread::sleep_for(50ms);
        }
    });
    const RawClient::Answer answer = client.receive();
    trickle.request_stop();

    QCOMPARE(answer.status, 408);
    QVERIFY(served.order().isEmpty());
}

void HttpServerTest::idleConnectionsAreClosed()
{
    HttpLimits limits;
    limits.idleTimeout = 200ms;
    limits.headerTimeout = 200ms;
    Served served(limits);
    RawClient silent(served.port());
    RawClient idle(served.port());

    QCOMPARE(idle.ask(get("/hello")).status, 200);

    QVERIFY(idle.isClosedByServer()); // without a word: it asked for nothing
    QVERIFY(silent.isClosedByServer());
    QTRY_COMPARE(served.server().connections(), 0);
}

void HttpServerTest::aSlowHandlerAnswers504AndItsLateAnswerIsDropped()
{
    HttpLimits limits;
    limits.handlerTimeout = 200ms;
    Served served(limits);
    RawClient client(served.port());

    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"took too long"_s));
    const RawClient::Answer answer = client.ask(get("/slow"));
    const std::optional<Responder> slow = served.takeSlow();
    QVERIFY(slow);

    QCOMPARE(answer.status, 504);
    QVERIFY(slow->isAbandoned());
    (*slow)(Response::text("late"));
    QCOMPARE(client.ask(get("/hello")).body, "hello");
}

void HttpServerTest::tooManyConnectionsAreTurnedAway()
{
    HttpLimits limits;
    limits.connections = 3;
    Served served(limits);
    std::vector<std::unique_ptr<RawClient>> admitted;
    for (int i = 0; i < 3; ++i) {
        admitted.push_back(std::make_unique<RawClient>(served.port()));
        QCOMPARE(admitted.back()->ask(get("/hello")).status, 200);
    }

    RawClient late(served.port());
    const RawClient::Answer answer = late.ask(get("/hello"));

    QCOMPARE(answer.status, 503);
    QCOMPARE(answer.header("retry-after"), "1");
    QVERIFY(late.isClosedByServer());
    admitted.clear();
    QTRY_COMPARE(served.server().connections(), 0);
    QCOMPARE(RawClient(served.port()).ask(get("/hello")).status, 200);
}

void HttpServerTest::tooManyConnectionsFromAnAddressAreTurnedAway()
{
    HttpLimits limits;
    limits.connectionsPerAddress = 2;
    Served served(limits);
    RawClient first(served.port());
    RawClient second(served.port());
    QCOMPARE(first.ask(get("/hello")).status, 200);
    QCOMPARE(second.ask(get("/hello")).status, 200);

    RawClient third(served.port());
    const RawClient::Answer answer = third.ask(get("/hello"));

    QCOMPARE(answer.status, 429);
    QVERIFY(third.isClosedByServer());
    QVERIFY(served.metrics().contains("squad_http_refused_connections_total{reason=\"address\"} 1"));
}

void HttpServerTest::allBodiesTogetherHaveALimit()
{
    HttpLimits limits;
    limits.bodyBytesInAll = 1'000'000;
    Served served(limits);
    RawClient holding(served.port());
    holding.send(
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900001\r\n\r\n" + QByteArray(900'000, 'x')
    );
    QTRY_VERIFY(served.metrics().contains("squad_http_body_bytes 900000\n"));
    RawClient small(served.port());
    QCOMPARE(small.ask(post("/echo", QByteArray(200'000, 'y'))).status, 503);

    const RawClient::Answer held = holding.ask("x");

    QCOMPARE(held.body.size(), 900'001);
    QCOMPARE(RawClient(served.port()).ask(post("/echo", QByteArray(200'000, 'y'))).status, 200);
}

void HttpServerTest::aPeerThatDoesNotReadIsReset()
{
    HttpLimits limits;
    limits.writeTimeout = 500ms;
    limits.writeBuffer = 100'000;
    Served served(limits);
    const qint64 before = residentKilobytes();
    RawClient client(served.port());
    client.socket().setReadBufferSize(1024);

    // 300 MB of answers are asked for, and none is read.
    client.socket().write(get("/big").repeated(1000));
    while (client.socket().bytesToWrite() > 0 && client.socket().waitForBytesWritten(2000)) { }

    QTRY_COMPARE_WITH_TIMEOUT(served.server().connections(), 0, 10'000);
    QVERIFY2(residentKilobytes() - before < 50'000, "the server buffered what nobody reads");
}

void HttpServerTest::slowConnectionsKeepNobodyElseWaiting()
{
    // Given 300 connections that never finish their header, some their body
    HttpLimits limits;
    limits.connectionsPerAddress = 1000;
    limits.headerTimeout = 2000ms;
    limits.bodyTimeout = 2000ms;
    Served served(limits, 2);
    std::vector<std::unique_ptr<RawClient>> slow;
    for (int i = 0; i < 300; ++i) {
        slow.push_back(std::make_unique<RawClient>(served.port()));
        slow.back()->send(
            i % 2 == 0
                ? QByteArray("GET /hello HTTP/1.1\r\nX: ")
                : QByteArray("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx")
        );
    }

    // When others ask, while these send a byte now and then
    RawClient client(served.port());
    for (int i = 0; i < 300; ++i) {
        slow[static_cast<size_t>(i)]->socket().write("x");
        slow[static_cast<size_t>(i)]->socket().flush();
        QCOMPARE(client.ask(get("/hello")).status, 200);
    }

    // Then every slow one is told off in the end
    for (const std::unique_ptr<RawClient> &each : slow)
        QCOMPARE(each->receive().status, 408);
}

void HttpServerTest::aClientThatLeavesDuringAHandlerIsHarmless()
{
    Served served;
    for (int i = 0; i < 50; ++i) {
        auto client = std::make_unique<RawClient>(served.port());
        client->send(get("/slow") + get("/slow"));
        const std::optional<Responder> first = served.takeSlow();
        const std::optional<Responder> second = served.takeSlow();
        QVERIFY(first && second);
        client->socket().abort();
        if (i % 2 == 0)
            QTRY_VERIFY(first->isAbandoned());
        std::thread([&] { (*first)(Response::text("to nobody")); }).join();
        // The second one is never answered at all.
    }
    QTRY_COMPARE(served.server().connections(), 0);
    QCOMPARE(RawClient(served.port()).ask(get("/hello")).status, 200);
}

void HttpServerTest::drainFinishesWhatRuns()
{
    // Given an idle connection, one with a running request and another one behind it, and one that has sent
    // half a header
    Served served;
    RawClient idle(served.port());
    QCOMPARE(idle.ask(get("/hello")).status, 200);
    RawClient busy(served.port());
    busy.send(get("/slow") + get("/hello"));
    const std::optional<Responder> slow = served.takeSlow();
    QVERIFY(slow);
    RawClient half(served.port());
    half.send("GET /hello HTTP/1.1\r\n");
    QTRY_COMPARE(served.server().connections(), 3);
    QTest::qWait(50); // for the half header to have been read

    // When the server drains
    bool isDrained = false;
    std::jthread draining([&] { isDrained = served.server().drain(10s); });
    QVERIFY(idle.isClosedByServer());
    half.send("Host: localhost\r\n\r\n");
    (*slow)(Response::text("slow"));

    // Then what had begun is answered, and nothing else
    const RawClient::Answer last = half.receive();
    QCOMPARE(last.status, 200);
    QCOMPARE(last.header("connection"), "close");
    QCOMPARE(busy.receive().body, "slow");
    const RawClient::Answer behind = busy.receive();
    QCOMPARE(behind.body, "hello");
    QCOMPARE(behind.header("connection"), "close");
    QVERIFY(busy.isClosedByServer());
    QVERIFY(half.isClosedByServer());
    idle.socket().close();
    busy.socket().close();
    half.socket().close();
    draining.join();
    QVERIFY(isDrained);
    QTcpSocket refused;
    refused.connectToHost(u"127.0.0.1"_s, served.port());
    QVERIFY(!refused.waitForConnected(2000));
}

void HttpServerTest::drainGivesUpInTheEnd()
{
    Served served;
    RawClient client(served.port());
    client.send(get("/slow"));
    const std::optional<Responder> slow = served.takeSlow();
    QVERIFY(slow);

    QVERIFY(!served.server().drain(200ms));
}

void HttpServerTest::lateAnswersFindNoServer()
{
    std::optional<Responder> late;
    {
        Served served;
        RawClient client(served.port());
        client.send(get("/slow"));
        late = served.takeSlow();
        QVERIFY(late);
    }

    QVERIFY(late->isAbandoned());
    (*late)(Response::text("to nobody"));
}

void HttpServerTest::requestsAreCountedByRouteAndStatus()
{
    Served served;
    RawClient client(served.port());
    QCOMPARE(client.ask(get("/name/a")).status, 200);
    QCOMPARE(client.ask(get("/name/b")).status, 200);
    QCOMPARE(client.ask(get("/nothing/c")).status, 404);

    const QByteArray text = served.metrics();

    QVERIFY2(
        text.contains("squad_http_requests_total{method=\"GET\",route=\"/name/{name}\",status=\"200\"} 2"),
        text.constData()
    );
    QVERIFY2(
        text.contains("squad_http_requests_total{method=\"GET\",route=\"\",status=\"404\"} 1"),
        text.constData()
    );
    QVERIFY2(
        text.contains("squad_http_request_duration_seconds_count{method=\"GET\",route=\"/name/{name}\"} 2"),
        text.constData()
    );
}

void HttpServerTest::twoIoThreadsServeManyClients()
{
    HttpLimits limits;
    Served served(limits, 2);
    std::vector<std::jthread> clients;
    std::atomic<int> answered = 0;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            RawClient client(served.port());
            for (int j = 0; j < 200; ++j) {
                client.send(get("/hello") + post("/echo", "x"));
                answered += client.receive().status == 200 ? 1 : 0;
                answered += client.receive().body == "x" ? 1 : 0;
            }
        });
    }
    clients.clear();

    QCOMPARE(answered, 8 * 200 * 2);
}

QTEST_GUILESS_MAIN(HttpServerTest)
#include "http_server_test.moc"

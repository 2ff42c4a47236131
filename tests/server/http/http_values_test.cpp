#include "server/http/access_log.h"
#include "server/http/connection_count.h"
#include "server/http/cursor.h"
#include "server/http/metrics.h"
#include "server/http/problem_response.h"
#include "server/http/request_target.h"
#include "server/http/response_writer.h"
#include "server/http/route_table.h"

#include <QTemporaryFile>
#include <QTest>

#include <fcntl.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct TicketKey
{
    Instant openedAt;
    QString number;
};
BOOST_DESCRIBE_STRUCT(TicketKey, (), (openedAt, number))

QStringList segments(const QString &path)
{
    return path.sliced(1).split(u'/');
}

} // namespace

// The parts of server/http that need neither a socket nor a database.
class HttpValuesTest : public QObject
{
    Q_OBJECT

private slots:
    void aLiteralWinsOverAParameter();
    void aDeadEndDoesNotHideAParameter();
    void restTakesWhatIsLeft();
    void cursorsComeBackAsTheyWere();
    void otherTextsAreNoCursors_data();
    void otherTextsAreNoCursors();
    void countersPrintAsPrometheusReads();
    void histogramsCount();
    void connectionsAreCountedByOrigin();
    void refusedConnectionsAreLimitedToo();
    void theLogHasALinePerRequest();
    void everyProblemHasAPage();
    void extensionsCannotOverwriteAProblem();
    void internalsStayInside();
    void datesAreInEnglish();
    void tagsAreComparedWeakly_data();
    void tagsAreComparedWeakly();
};

void HttpValuesTest::aLiteralWinsOverAParameter()
{
    RouteTable table;
    const int parameter = table.insert(u"/experts/{id}"_s);
    const int literal = table.insert(u"/experts/me"_s);

    QCOMPARE(table.find(segments(u"/experts/me"_s))->place, literal);
    const auto hit = table.find(segments(u"/experts/17"_s));
    QCOMPARE(hit->place, parameter);
    QCOMPARE(hit->values.value(u"id"_s), u"17"_s);
    QCOMPARE(table.insert(u"/experts/{id}"_s), parameter);
}

void HttpValuesTest::aDeadEndDoesNotHideAParameter()
{
    RouteTable table;
    table.insert(u"/experts/me/position"_s);
    const int parameter = table.insert(u"/experts/{id}"_s);
    const int history = table.insert(u"/experts/{id}/history"_s);

    QCOMPARE(table.find(segments(u"/experts/me"_s))->place, parameter);
    QCOMPARE(table.find(segments(u"/experts/me/history"_s))->place, history);
    QVERIFY(!table.find(segments(u"/experts"_s)));
    QVERIFY(!table.find(segments(u"/experts/"_s)));
    QVERIFY(!table.find(segments(u"/experts/1/2"_s)));
}

void HttpValuesTest::restTakesWhatIsLeft()
{
    RouteTable table;
    const int root = table.insert(u"/"_s);
    const int rest = table.insert(u"/{path...}"_s);

    QCOMPARE(table.find(segments(u"/"_s))->place, root);
    const auto hit = table.find(segments(u"/a/b"_s));
    QCOMPARE(hit->place, rest);
    QCOMPARE(hit->values.value(u"path"_s), u"a/b"_s);
}

void HttpValuesTest::cursorsComeBackAsTheyWere()
{
    const TicketKey key { Instant(1'790'000'000'123ms), u"T-100 ü"_s };

    const QString text = toCursor(key);
    const Result<TicketKey> back = fromCursor<TicketKey>(*api::Cursor::parse(text));

    QVERIFY(QRegularExpression(u"^[A-Za-z0-9_-]+$"_s).match(text).hasMatch());
    QVERIFY(back);
    QCOMPARE(back->openedAt, key.openedAt);
    QCOMPARE(back->number, key.number);
}

void HttpValuesTest::otherTextsAreNoCursors_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString();
    QTest::newRow("no base64") << u"!!!"_s;
    QTest::newRow("no JSON") << u"bm90IGpzb24"_s;
    QTest::newRow("of another list") << u"eyJuYW1lIjoieCJ9"_s;
    QTest::newRow("not ASCII") << u"ü"_s;
}

void HttpValuesTest::otherTextsAreNoCursors()
{
    QFETCH(const QString, text);
    const Result<TicketKey> key = fromCursor<TicketKey>(*api::Cursor::parse(text));

    QVERIFY(!key);
    QCOMPARE(key.error().kind, ProblemKind::invalidInput);
    QCOMPARE(key.error().fields.constFirst().pointer, u"?cursor"_s);
}

void HttpValuesTest::countersPrintAsPrometheusReads()
{
    Metrics metrics;
    metrics.counter("b_total", "Bees", { { "kind", "a\"b\\c\nd" } }).add(3);
    metrics.counter("b_total", "Bees").add();
    metrics.counter("b_total", "Bees").add();
    metrics.gauge("a_now", "Ants", [] { return 1.5; });

    QCOMPARE(
        metrics.text(),
        "# HELP a_now Ants\n# TYPE a_now gauge\na_now 1.5\n"
        "# HELP b_total Bees\n# TYPE b_total counter\nb_total 2\nb_total{kind=\"a\\\"b\\\\c\\nd\"} 3\n"
    );
}

void HttpValuesTest::histogramsCount()
{
    Metrics metrics;
    Metrics::Histogram &histogram = metrics.histogram("took_seconds", "Time");
    histogram.observe(100us);
    histogram.observe(1ms); // on a bound: belongs to it
    histogram.observe(1min);

    const QByteArray text = metrics.text();

    QVERIFY2(text.contains("took_seconds_bucket{le=\"0.00025\"} 1\n"), text.constData());
    QVERIFY2(text.contains("took_seconds_bucket{le=\"0.001\"} 2\n"), text.constData());
    QVERIFY2(text.contains("took_seconds_bucket{le=\"10\"} 2\n"), text.constData());
    QVERIFY2(text.contains("took_seconds_bucket{le=\"+Inf\"} 3\n"), text.constData());
    QVERIFY2(text.contains("took_seconds_count 3\n"), text.constData());
    QVERIFY2(text.contains("took_seconds_sum 60.0011\n"), text.constData());
}

void HttpValuesTest::connectionsAreCountedByOrigin()
{
    using Verdict = ConnectionCount::Verdict;
    HttpLimits limits;
    limits.connectionsPerAddress = 1;
    ConnectionCount count(limits);
    const auto from = [&](const QString &address, bool isProxy = false) {
        return count.admit(QHostAddress(address), isProxy);
    };

    auto first = from(u"192.0.2.1"_s);
    QCOMPARE(first.verdict, Verdict::admitted);
    QCOMPARE(from(u"192.0.2.1"_s).verdict, Verdict::tooManyFromAddress);
    QCOMPARE(from(u"::ffff:192.0.2.1"_s).verdict, Verdict::tooManyFromAddress); // the same in another form
    QCOMPARE(from(u"192.0.2.2"_s).verdict, Verdict::admitted);
    const auto ipv6 = from(u"2001:db8:1:2::1"_s);
    QCOMPARE(from(u"2001:db8:1:2:ffff::9"_s).verdict, Verdict::tooManyFromAddress); // the same /64
    QCOMPARE(from(u"2001:db8:1:3::1"_s).verdict, Verdict::admitted);
    const auto proxied = from(u"192.0.2.9"_s, true);
    QCOMPARE(from(u"192.0.2.9"_s, true).verdict, Verdict::admitted);

    first.lease.reset();
    QCOMPARE(from(u"192.0.2.1"_s).verdict, Verdict::admitted);
    QCOMPARE(count.total(), 2); // ipv6 and proxied
}

void HttpValuesTest::refusedConnectionsAreLimitedToo()
{
    HttpLimits limits;
    limits.connections = 5;
    ConnectionCount count(limits);
    std::vector<ConnectionCount::Admission> admissions;
    int admitted = 0;
    int told = 0;
    for (int i = 0; i < 1000; ++i) {
        admissions.push_back(count.admit(QHostAddress(static_cast<quint32>(i + 1)), false));
        admitted += admissions.back().verdict == ConnectionCount::Verdict::admitted ? 1 : 0;
        told += admissions.back().lease ? 1 : 0;
    }

    QCOMPARE(admitted, 5);
    QVERIFY2(told < 300, "connections that are over the limit must not pile up while they are told so");
    QVERIFY(!count.awaitNone(1ms));
    admissions.clear();
    QVERIFY(count.awaitNone(1ms));
}

void HttpValuesTest::theLogHasALinePerRequest()
{
    QTemporaryFile file;
    QVERIFY(file.open());
    {
        AccessLog log(::open(QFile::encodeName(file.fileName()).constData(), O_WRONLY | O_APPEND | O_CLOEXEC)
        );
        Caller caller;
        caller.requestId = u"r1"_s;
        caller.address = u"192.0.2.1"_s;
        caller.at = Instant(1'790'000'000'000ms);
        log.write({ "GET", u"/surveys/{token}"_s, 200, 512, 1234us, caller });
        caller.account = api::AccountId(QUuid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
        for (int i = 0; i < 100; ++i)
            log.write({ "POST", u"/tickets"_s, 201, 99, 1us, caller });
    }

    const QByteArrayList lines = file.readAll().split('\n');
    QCOMPARE(lines.size(), 102); // an empty one behind the last line feed
    QCOMPARE(
        lines.first(),
        R"({"address":"192.0.2.1","at":"2026-09-21T14:13:20.000Z","bytes":512,"id":"r1","method":"GET","route":"/surveys/{token}","status":200,"us":1234})"
    );
    QVERIFY(QJsonDocument::fromJson(lines.at(50))["account"_L1].isString());
}

void HttpValuesTest::everyProblemHasAPage()
{
    QVERIFY(problemSlugs().contains(u"not-found"_s));
    QVERIFY(problemSlugs().contains(u"timeout"_s));
    for (const QString &slug : problemSlugs()) {
        const Response page = problemPage(slug);
        QCOMPARE(page.status, 200);
        QVERIFY(page.body.contains(slug.toUtf8()));
    }
    QCOMPARE(problemPage(u"<script>"_s).status, 404);
}

void HttpValuesTest::extensionsCannotOverwriteAProblem()
{
    const Problem problem
        = Problem::conflict(u"x.y"_s, u"No."_s, { { u"status"_s, 200 }, { u"ticket"_s, u"T-1"_s } });

    const QJsonObject body = QJsonDocument::fromJson(problemResponse(problem, u"r1"_s).body).object();

    QCOMPARE(body.value("status"_L1), 409);
    QCOMPARE(body.value("ticket"_L1), u"T-1"_s);
}

void HttpValuesTest::internalsStayInside()
{
    const Response response = problemResponse(Problem::internal(u"column passwd is missing"_s), u"r1"_s);

    QCOMPARE(response.status, 500);
    QVERIFY(!response.body.contains("passwd"));
    QVERIFY(response.body.contains("r1"));
}

void HttpValuesTest::datesAreInEnglish()
{
    QCOMPARE(httpDate(1'790'000'000), "Mon, 21 Sep 2026 14:13:20 GMT");
}

void HttpValuesTest::tagsAreComparedWeakly_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("known");
    QTest::newRow("the same") << QByteArray("\"3\"") << true;
    QTest::newRow("weak") << QByteArray("W/\"3\"") << true;
    QTest::newRow("in a list") << QByteArray("\"1\", \"3\"") << true;
    QTest::newRow("any") << QByteArray("*") << true;
    QTest::newRow("another") << QByteArray("\"33\"") << false;
    QTest::newRow("without quotes") << QByteArray("3") << false;
    QTest::newRow("none") << QByteArray() << false;
}

void HttpValuesTest::tagsAreComparedWeakly()
{
    QFETCH(const QByteArray, header);
    QFETCH(const bool, known);

    QCOMPARE(isKnown(header, "\"3\""), known);
    QCOMPARE(isKnown(header, {}), false);
}

QTEST_GUILESS_MAIN(HttpValuesTest)
#include "http_values_test.moc"

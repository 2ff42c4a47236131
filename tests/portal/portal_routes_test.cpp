#include "server/portal/portal_routes.h"

#include "server/http/problem_response.h"
#include "server/portal/gzip.h"
#include "tests/server/http/answer_to.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

Asking browsing(const QString &path, QList<Headers::Field> headers = {})
{
    headers.prepend({ "accept", "text/html,application/xhtml+xml,*/*;q=0.8" });
    return { .path = path, .headers = headers };
}

QStringList addressesIn(const QByteArray &page)
{
    static const QRegularExpression reference(u"(?:href|src)=\"(/assets/[^\"]+)\""_s);
    QStringList addresses;
    for (const QRegularExpressionMatch &match : reference.globalMatch(QString::fromUtf8(page)))
        addresses.append(match.captured(1));
    addresses.removeDuplicates();
    return addresses;
}

QByteArray gunzip(const QByteArray &data)
{
    QProcess process;
    process.start(u"gzip"_s, { u"-dc"_s });
    process.write(data);
    process.closeWriteChannel();
    process.waitForFinished();
    return process.exitCode() == 0 ? process.readAllStandardOutput() : QByteArray();
}

} // namespace

class PortalRoutesTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_router.emplace();
        addPortalRoutes(*m_router);
    }

    void everyAddressOfThePortalAnswersThePage_data()
    {
        QTest::addColumn<QString>("path");
        for (const char *path : { "/",
                                  "/register",
                                  "/sign-in",
                                  "/plans",
                                  "/home",
                                  "/tickets/new",
                                  "/tickets/0193f2a0-0000-7000-8000-000000000001",
                                  "/account",
                                  "/problems/not-found" })
            QTest::newRow(path) << QString::fromLatin1(path);
    }

    void everyAddressOfThePortalAnswersThePage()
    {
        QFETCH(const QString, path);

        const Response response = answerTo(*m_router, browsing(path));

        QCOMPARE(response.status, 200);
        QCOMPARE(response.contentType, "text/html; charset=utf-8");
        QVERIFY(response.body.contains("<main"));
        QCOMPARE(response.header("Cache-Control"), "no-cache");
    }

    void anUnknownAddressIsAPageWithStatus404_data()
    {
        QTest::addColumn<QString>("path");
        for (const char *path : { "/nothing",
                                  "/tickets/42",
                                  "/tickets",
                                  "/problems/no-such",
                                  "/home/more",
                                  "/assets/x/../index.html",
                                  "/assets/x/index.html" })
            QTest::newRow(path) << QString::fromLatin1(path);
    }

    void anUnknownAddressIsAPageWithStatus404()
    {
        QFETCH(const QString, path);

        const Response response = answerTo(*m_router, browsing(path));

        QCOMPARE(response.status, 404);
        QCOMPARE(response.contentType, "text/html; charset=utf-8");
    }

    void aProgramLearnsOfA404AsAProblem()
    {
        const Response response = answerTo(
            *m_router, { .path = u"/api/v1/nothing"_s, .headers = { { "accept", "application/json" } } }
        );

        QCOMPARE(response.status, 404);
        QCOMPARE(response.contentType, "application/problem+json");
    }

    void whatThePageNamesIsThere()
    {
        const QStringList addresses = addressesIn(answerTo(*m_router, browsing(u"/"_s)).body);

        QVERIFY(addresses.size() > 20);
        for (const QString &address : addresses) {
            const Response response = answerTo(*m_router, { .path = address });
            QVERIFY2(response.status == 200, qPrintable(address));
            QCOMPARE(response.header("Cache-Control"), "public, max-age=31536000, immutable");
        }
    }

    void anAssetOfAnotherVersionIsSentButNotKept()
    {
        const Response response = answerTo(*m_router, { .path = u"/assets/0123456789abcdef/app/main.js"_s });

        QCOMPARE(response.status, 200);
        QCOMPARE(response.contentType, "text/javascript; charset=utf-8");
        QCOMPARE(response.header("Cache-Control"), "no-cache");
    }

    void whatTheBrowserHasIsNotSentAgain()
    {
        const QByteArray tag = answerTo(*m_router, browsing(u"/"_s)).header("ETag");
        const Response again
            = answerTo(*m_router, browsing(u"/"_s, { { "if-none-match", "\"other\", W/" + tag } }));
        const Response changed = answerTo(*m_router, browsing(u"/"_s, { { "if-none-match", "\"other\"" } }));

        QCOMPARE(again.status, 304);
        QVERIFY(again.body.isEmpty());
        QCOMPARE(again.header("ETag"), tag);
        QCOMPARE(changed.status, 200);
    }

    void a404IsNeverA304()
    {
        const Response response = answerTo(*m_router, browsing(u"/nothing"_s, { { "if-none-match", "*" } }));

        QCOMPARE(response.status, 404);
    }

    void compressedAndPlainAreTheSameFileUnderTwoTags()
    {
        const Response plain = answerTo(*m_router, browsing(u"/"_s));
        const Response packed
            = answerTo(*m_router, browsing(u"/"_s, { { "accept-encoding", "br, gzip;q=0.8" } }));
        const Response refused = answerTo(*m_router, browsing(u"/"_s, { { "accept-encoding", "gzip;q=0" } }));

        QCOMPARE(packed.header("Content-Encoding"), "gzip");
        QVERIFY(packed.body.size() < plain.body.size());
        QCOMPARE(gunzip(packed.body), plain.body);
        QVERIFY(packed.header("ETag") != plain.header("ETag"));
        QCOMPARE(plain.header("Vary"), "Accept-Encoding");
        QVERIFY(refused.header("Content-Encoding").isNull());
    }

    void gzipOfAnyDataUnpacksToIt()
    {
        for (const qsizetype size : { 1, 7, 1000, 300'000 }) {
            QByteArray data(size, '\0');
            for (qsizetype i = 0; i < size; ++i)
                data[i] = static_cast<char>((i * i) % 251);
            QCOMPARE(gunzip(gzip(data)), data);
        }
    }

    void nothingInlineMayRun()
    {
        const Response response = answerTo(*m_router, browsing(u"/"_s));
        const QByteArray policy = response.header("Content-Security-Policy");

        QVERIFY(policy.startsWith("default-src 'self';"));
        QVERIFY(!policy.contains("unsafe"));
        QVERIFY(policy.contains("frame-ancestors 'none'"));
        QVERIFY(policy.contains("require-trusted-types-for 'script'"));
        QVERIFY(!response.body.contains("style="));
        QVERIFY(!response.body.contains("<style"));
        QVERIFY(
            !QRegularExpression(u"<script(?![^>]* src=)"_s).match(QString::fromUtf8(response.body)).hasMatch()
        );
        QCOMPARE(response.header("X-Content-Type-Options"), "nosniff");
    }

    void aFirstVisitIsLight()
    {
        const QList<Headers::Field> gzip { { "accept-encoding", "gzip" } };
        const Response page = answerTo(*m_router, browsing(u"/"_s, gzip));
        qsizetype total = page.body.size();
        for (const QString &address : addressesIn(answerTo(*m_router, browsing(u"/"_s)).body))
            total += answerTo(*m_router, { .path = address, .headers = gzip }).body.size();

        QVERIFY2(total < 100'000, qPrintable(u"%1 bytes"_s.arg(total)));
        qInfo("a first visit takes %lld bytes", static_cast<long long>(total));
    }

    // The page of a problem that has no words of its own would be a 404: every slug the API links to has to
    // be known.
    void everyProblemHasAPage()
    {
        QFile messages(u":/portal/app/messages.js"_s);
        QFile page(u":/portal/pages/problem.js"_s);
        QVERIFY(messages.open(QIODevice::ReadOnly) && page.open(QIODevice::ReadOnly));
        const QByteArray known = messages.readAll();
        const QByteArray technical = page.readAll();

        for (const QString &slug : problemSlugs()) {
            const bool hasWords = known.contains("'problem." + slug.toLatin1() + ".title'")
                || technical.contains('\'' + slug.toLatin1() + '\'');
            QVERIFY2(hasWords, qPrintable(slug));
        }
    }

private:
    std::optional<Router> m_router;
};

QTEST_GUILESS_MAIN(PortalRoutesTest)
#include "portal_routes_test.moc"

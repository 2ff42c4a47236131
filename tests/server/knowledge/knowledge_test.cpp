#include "server/db/connection.h"
#include "server/http/routes.h"
#include "server/services/knowledge/knowledge_routes.h"
#include "server/services/knowledge/knowledge_service.h"
#include "tests/server/http/answer_to.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const Headers::Field asAuthor { "authorization", "Bearer expert-1" };
const Headers::Field asReader { "authorization", "Bearer expert-2" };
const Headers::Field asManager { "authorization", "Bearer manager-1" };
const Headers::Field asCustomer { "authorization", "Bearer customer-1" };

QByteArray content(const QString &title, const QString &body, const QString &category = u"smart-tv"_s)
{
    return QJsonDocument(QJsonObject { { u"title"_s, title },
                                       { u"body"_s, body },
                                       { u"category"_s, category },
                                       { u"symptoms"_s, QJsonArray { title } },
                                       { u"tools"_s, QJsonArray { u"screwdriver"_s } },
                                       { u"tags"_s, QJsonArray { u"power"_s } } }
    ).toJson();
}

QJsonObject object(const Response &response)
{
    return QJsonDocument::fromJson(response.body).object();
}

QStringList titles(const Response &response)
{
    QStringList list;
    for (const QJsonValue &item : object(response)[u"items"_s].toArray())
        list += item[u"title"_s].toString();
    return list;
}

} // namespace

class KnowledgeTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_test = std::make_unique<TestDatabase>();
        m_ticket.reset();
        m_knowledge = std::make_unique<KnowledgeService>(
            m_clock,
            [this](const Caller &, api::TicketId) -> Result<api::Ticket> {
                if (!m_ticket)
                    return fail(Problem::notFound(u"There is no such ticket."_s));
                return *m_ticket;
            }
        );
        m_router = std::make_unique<Router>();
        m_router->setAuthenticator(testAuthenticator);
        Routes routes(*m_router, m_test->database(), "squad_knowledge");
        addKnowledgeRoutes(routes, *m_knowledge);
    }
    void cleanup()
    {
        m_router.reset();
        m_knowledge.reset();
        m_test.reset();
    }

    void anArticleIsReadByOthersOnceItIsPublished()
    {
        const QString path = write(content(u"Screen stays black"_s, u"Reset the board."_s));

        QCOMPARE(send("GET", path, {}, asReader).status, 404);
        QCOMPARE(move(path, "review", asAuthor), 200);
        QCOMPARE(send("GET", path, {}, asReader).status, 404);
        QCOMPARE(titles(send("GET", u"/articles?state=review"_s, {}, asReader)), QStringList());
        QCOMPARE(move(path, "published", asManager), 200);
        QCOMPARE(send("GET", path, {}, asReader).status, 200);
        QCOMPARE(move(path, "expired", asManager), 200);
        QCOMPARE(send("GET", path, {}, asReader).status, 404);
        QCOMPARE(find(u"black"_s), QStringList());
    }

    void expertsNeitherPublishNorTouchWhatIsNotTheirDraft()
    {
        const QString path = write(content(u"Screen stays black"_s, u"Reset the board."_s));

        QCOMPARE(move(path, "review", asReader), 404);
        QCOMPARE(move(path, "published", asAuthor), 403);
        QCOMPARE(move(path, "published", asManager), 409); // nobody has handed it in
        QCOMPARE(move(path, "review", asAuthor), 200);
        QCOMPARE(send("PATCH", path, content(u"Mine"_s, u"x"_s), asAuthor).status, 403);
        QCOMPARE(move(path, "published", asManager), 200);
        QCOMPARE(send("PATCH", path, content(u"Mine"_s, u"x"_s), asReader).status, 403);
        QCOMPARE(send("GET", path + u"/versions"_s, {}, asReader).status, 403);
    }

    void customersAreToldNothing()
    {
        const QString path = publish(content(u"Screen stays black"_s, u"Reset the board."_s));

        QCOMPARE(send("GET", path, {}, asCustomer).status, 403);
        QCOMPARE(send("GET", u"/articles?q=black"_s, {}, asCustomer).status, 403);
        QCOMPARE(send("POST", u"/articles"_s, content(u"a"_s, u"b"_s), asCustomer).status, 403);
    }

    void ofTwoWhoChangeAnArticleOneIsToldThatItMovedOn()
    {
        const QString path = write(content(u"First"_s, u"x"_s));
        const QByteArray second = content(u"Second"_s, u"y"_s);

        QCOMPARE(send("PATCH", path, second, asAuthor, "\"1\"").status, 200);
        QCOMPARE(send("PATCH", path, content(u"Lost"_s, u"z"_s), asAuthor, "\"1\"").status, 412);
        QCOMPARE(object(send("GET", path, {}, asAuthor))[u"title"_s].toString(), u"Second"_s);
    }

    void whatAVersionSaidCanBeSaidAgain()
    {
        const QString path = write(content(u"First"_s, u"The old way."_s));
        QCOMPARE(send("PATCH", path, content(u"Second"_s, u"The new way."_s), asAuthor).status, 200);

        const Response restored = send("POST", path + u"/restore"_s, R"({"version":1})", asAuthor);

        QCOMPARE(object(restored)[u"body"_s].toString(), u"The old way."_s);
        QCOMPARE(object(restored)[u"version"_s].toInt(), 3);
        QCOMPARE(
            titles(send("GET", path + u"/versions"_s, {}, asAuthor)),
            (QStringList { u"First"_s, u"Second"_s, u"First"_s })
        );
        QCOMPARE(send("POST", path + u"/restore"_s, R"({"version":9})", asAuthor).status, 404);
    }

    void theRightArticleIsFound_data()
    {
        QTest::addColumn<QString>("query");
        QTest::newRow("its words") << u"overheating laptop"_s;
        QTest::newRow("other forms of them") << u"laptops overheat"_s;
        QTest::newRow("a typo in each of two words") << u"overhaeting labtop"_s;
        QTest::newRow("two typos in one word") << u"ovreheatng"_s;
        QTest::newRow("what looks like a query") << u"overheating & ! ( | :* ' laptop"_s;
    }

    void theRightArticleIsFound()
    {
        QFETCH(const QString, query);
        publish(content(u"Screen stays black"_s, u"Reset the board."_s));
        publish(content(u"Overheating laptop"_s, u"Clean the fan and renew the paste."_s, u"laptop"_s));
        publish(content(u"Printer jams"_s, u"Clean the rollers."_s, u"printer"_s));

        QCOMPARE(find(query).value(0), u"Overheating laptop"_s);
    }

    void categoryAndVotesDecideAmongEquals()
    {
        const QString tv = publish(content(u"No power on televisions"_s, u"Look at the fuse."_s));
        publish(content(u"No power on laptops"_s, u"Look at the fuse."_s, u"laptop"_s));

        QCOMPARE(titles(search(u"q=power&category=laptop"_s)).value(0), u"No power on laptops"_s);
        QCOMPARE(titles(search(u"q=power&category=smart-tv"_s)).value(0), u"No power on televisions"_s);

        const QByteArray good = R"({"hasHelped":true})";
        QCOMPARE(send("POST", tv + u"/votes"_s, good, asReader).status, 200);
        const Response again = send("POST", tv + u"/votes"_s, good, asReader);
        QCOMPARE(object(again)[u"helped"_s].toInt(), 1); // one person, one voice
        QCOMPARE(find(u"power"_s).value(0), u"No power on televisions"_s);
    }

    void searchReadsNeitherAllArticlesNorAllWords()
    {
        const auto *statement = *std::ranges::find_if(Statement::all(), [](const Statement *each) {
            return qstrcmp(each->name(), "knowledge.search") == 0;
        });
        const auto connection = *Connection::open(m_test->superuserUrl());
        // Empty tables tell the planner nothing of which index is the cheaper one.
        QVERIFY(connection->script("insert into knowledge.word select substr(md5(n::text), 1, 8) "
                                   "from generate_series(1, 3000) n on conflict do nothing"));
        QVERIFY(connection->script(
            "insert into knowledge.article (id, title, body, symptoms, tools, tags, state, author_id, "
            "author, "
            "updated_at, version, search) select gen_random_uuid(), 'x', 'x', '{}', '{}', '{}', 'published', "
            "gen_random_uuid(), 'x', now(), 1, to_tsvector('english', md5(n::text)) "
            "from generate_series(1, 2000) n"
        ));
        QVERIFY(connection->script("analyze knowledge.word"));
        QVERIFY(connection->script("analyze knowledge.article"));
        // So few rows are read as quickly from end to end; a hundred thousand are not.
        QVERIFY(connection->script("set enable_seqscan = off"));
        QVERIFY(connection->script(QByteArray("prepare asked as ") + statement->sql()));

        Rows rows = *connection->script("explain execute asked('no pwoer', 'smart-tv', 20)");

        QStringList lines;
        while (rows.next())
            lines += QString::fromUtf8(rows.text(0));
        const QString plan = lines.join(u'\n');
        for (const QString &index : { u"article_by_text"_s, u"word_by_trigram"_s, u"word_pkey"_s })
            QVERIFY2(plan.contains(index), qPrintable(plan));
        QVERIFY2(!plan.contains(u"Seq Scan"_s), qPrintable(plan));
    }

    void aTicketIsOfferedWhatFitsItsTextAndDevice()
    {
        publish(content(u"No power on laptops"_s, u"Look at the fuse."_s, u"laptop"_s));
        publish(content(u"No power on televisions"_s, u"Look at the fuse."_s));
        const QString path = u"/tickets/"_s + api::TicketId::make().toString() + u"/articles"_s;
        QCOMPARE(send("GET", path, {}, asReader).status, 404);

        m_ticket.emplace();
        m_ticket->subject = u"It has no pwoer"_s;
        m_ticket->category = u"smart-tv"_s;

        QCOMPARE(
            titles(send("GET", path, {}, asReader)),
            (QStringList { u"No power on televisions"_s, u"No power on laptops"_s })
        );
    }

private:
    Response send(
        const QByteArray &method,
        const QString &path,
        const QByteArray &body,
        const Headers::Field &who,
        const QByteArray &ifMatch = {}
    )
    {
        Asking asking { method, u"/api/v1"_s + path, body, { who } };
        if (!ifMatch.isEmpty())
            asking.headers.append({ "if-match", ifMatch });
        return answerTo(*m_router, asking);
    }
    Response search(const QString &query) { return send("GET", u"/articles?"_s + query, {}, asReader); }
    QStringList find(const QString &words)
    {
        return titles(search(u"q="_s + QString::fromLatin1(QUrl::toPercentEncoding(words))));
    }
    int move(const QString &path, const QByteArray &state, const Headers::Field &who)
    {
        return send("POST", path + u"/state"_s, "{\"state\":\"" + state + "\"}", who).status;
    }
    QString write(const QByteArray &article)
    {
        return u"/articles/"_s + object(send("POST", u"/articles"_s, article, asAuthor))[u"id"_s].toString();
    }
    QString publish(const QByteArray &article)
    {
        const QString path = write(article);
        move(path, "review", asAuthor);
        move(path, "published", asManager);
        return path;
    }

    SystemClock m_clock;
    std::optional<api::Ticket> m_ticket;
    std::unique_ptr<TestDatabase> m_test;
    std::unique_ptr<KnowledgeService> m_knowledge;
    std::unique_ptr<Router> m_router;
};

QTEST_GUILESS_MAIN(KnowledgeTest)
#include "knowledge_test.moc"

#include "server/seed/seed_articles.h"

#include "server/seed/seed_data.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QSet>
#include <QTest>

using namespace Qt::StringLiterals;

class SeedArticlesTest : public QObject
{
    Q_OBJECT

    template <class Work>
    auto on(const Work &work)
    {
        return m_test.database().transact("squad_knowledge", work);
    }

private slots:
    void everyArticleIsOfACategoryThatTheCatalogueHas()
    {
        QSet<QString> categories;
        const CatalogContent catalog = seed_data::catalog();
        for (const CategoryRow &category : catalog.categories)
            categories.insert(category.id);

        const QList<GivenArticle> articles = seed_articles::all();

        QVERIFY(articles.size() >= 25);
        for (const GivenArticle &article : articles) {
            const auto &category = article.content.category;
            QVERIFY2(
                !category || categories.contains(category->toString()),
                qPrintable(article.content.title.toString())
            );
            QVERIFY(!article.content.symptoms.isEmpty());
        }
    }

    void aFileKeepsItsArticle()
    {
        const auto before = seed_articles::read(u"fan"_s, u"tags: heat\n\n# Fan\n\nClean it."_s);
        const auto after = seed_articles::read(u"fan"_s, u"tags: heat; dust\n\n# The fan\n\nRenew it."_s);

        QVERIFY2(before, why(before));
        QVERIFY2(after, why(after));
        QCOMPARE(after->id, before->id);
        QCOMPARE(after->content.title.toString(), u"The fan"_s);
        QCOMPARE(after->content.body.toString(), u"Renew it."_s);
        QCOMPARE(after->content.tags.size(), 2);
    }

    void aBrokenFileIsRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << u""_s;
        QTest::newRow("no title") << u"tags: heat\n\nClean it."_s;
        QTest::newRow("no text") << u"tags: heat\n\n# Fan\n"_s;
        QTest::newRow("an unknown name") << u"colour: red\n\n# Fan\n\nClean it."_s;
        QTest::newRow("a title that is too long")
            << u"tags: heat\n\n# %1\n\nClean it."_s.arg(QString(161, u'x'));
    }

    void aBrokenFileIsRefused()
    {
        QFETCH(const QString, text);

        QVERIFY(!seed_articles::read(u"fan"_s, text));
    }

    void addingTwiceLeavesWhatWasChangedMeanwhile()
    {
        const QList<GivenArticle> articles = seed_articles::all();
        const auto first = add(articles);
        QVERIFY2(first, why(first));
        QCOMPARE(*first, int(articles.size()));
        Caller manager;
        manager.account = api::AccountId::make();
        manager.name = u"Mia"_s;
        manager.role = api::Role::manager;
        const auto expired = on([&](Session &session) {
            return m_knowledge.move(session, manager, articles.first().id, api::ArticleState::expired);
        });
        QVERIFY2(expired, why(expired));

        const auto again = add(articles);

        QVERIFY2(again, why(again));
        QCOMPARE(*again, 0);
        const auto kept
            = on([&](Session &session) { return m_knowledge.fetch(session, manager, articles.first().id); });
        QVERIFY2(kept, why(kept));
        QCOMPARE(kept->state, api::ArticleState::expired);
    }

    void whatACustomerWritesFindsItsArticle_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("title");
        QTest::newRow("a symptom") << u"no picture but sound on tv"_s
                                   << u"TV has sound but the screen stays black"_s;
        QTest::newRow("two typos") << u"laptop ovreheats and is luod"_s
                                   << u"Laptop overheats and shuts down"_s;
        QTest::newRow("two more typos") << u"refridgerator not colling"_s << u"Refrigerator does not cool"_s;
    }

    void whatACustomerWritesFindsItsArticle()
    {
        QFETCH(const QString, words);
        QFETCH(const QString, title);
        QVERIFY(add(seed_articles::all()));
        api::ArticleQuery query;
        query.q = *Text<0, 400>::parse(words);

        const auto found = on([&](Session &session) { return m_knowledge.find(session, Caller {}, query); });

        QVERIFY2(found, why(found));
        QCOMPARE(found->items.value(0).title, title);
    }

private:
    Result<int> add(const QList<GivenArticle> &articles)
    {
        return on([&](Session &session) { return m_knowledge.add(session, articles); });
    }

    SystemClock m_clock;
    TestDatabase m_test;
    KnowledgeService m_knowledge { m_clock, [](const Caller &, api::TicketId) -> Result<api::Ticket> {
                                      return fail(Problem::notFound(u"There is no such ticket."_s));
                                  } };
};

QTEST_GUILESS_MAIN(SeedArticlesTest)
#include "seed_articles_test.moc"

#include "server/db/connection.h"
#include "tests/server/user/people_fixture.h"

using namespace Qt::StringLiterals;

namespace {

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

} // namespace

// The staff's lists of customers and experts: pages, search and their indexes.
class PeopleSearchTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        m_fixture = std::make_unique<PeopleFixture>();
        m_token = m_fixture->tokenOf(u"manager@example.com"_s);
        addCustomer(u"Ada Lovelace"_s, u"ada@engines.example.com"_s);
        addCustomer(u"Jean-Luc O'Brien"_s, u"jl.obrien@example.com"_s);
        addCustomer(u"Ünal Łukasz"_s, u"unal_l@example.com"_s);
        addCustomer(u"50% Off"_s, u"percent@example.com"_s);
        for (int i = 0; i < 23; ++i) // many of one name, so that the id has to decide
            addCustomer(u"Sam Smith"_s, u"sam%1@example.com"_s.arg(i));
    }

    void wordsFindNamesAndEmails_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("found");
        const QStringList ada { u"ada@engines.example.com"_s };
        const QStringList jeanLuc { u"jl.obrien@example.com"_s };
        QTest::newRow("the first name") << u"ada"_s << ada;
        QTest::newRow("the last name's beginning") << u"LOVE"_s << ada;
        QTest::newRow("both, turned") << u"lovelace ada"_s << ada;
        QTest::newRow("one that fits and one that does not") << u"ada smith"_s << QStringList();
        QTest::newRow("the middle of a word") << u"velace"_s << QStringList();
        QTest::newRow("the e-mail") << u"ada@engines.example.com"_s << ada;
        QTest::newRow("the e-mail's beginning") << u"Ada@eng"_s << ada;
        QTest::newRow("a part of the e-mail") << u"engines"_s << ada;
        QTest::newRow("with hyphen") << u"jean-l"_s << jeanLuc;
        QTest::newRow("with apostrophe") << u"o'bri"_s << jeanLuc;
        QTest::newRow("behind the apostrophe") << u"brien"_s << jeanLuc;
        QTest::newRow("letters of the world") << u"łuk"_s << QStringList { u"unal_l@example.com"_s };
        QTest::newRow("a number and a sign") << u"50%"_s << QStringList { u"percent@example.com"_s };
        QTest::newRow("only a wildcard") << u"%"_s << QStringList();
        QTest::newRow("what SQL would fear") << u"x'; drop table users.customer; --"_s << QStringList();
        QTest::newRow("what tsquery would fear") << u"ada & ! ( | :* \\"_s << QStringList();
        QTest::newRow("a backslash") << u"\\"_s << QStringList();
    }

    void wordsFindNamesAndEmails()
    {
        QFETCH(const QString, text);

        const Response answer = m_fixture->send("GET", u"/customers?q="_s + encoded(text), m_token);

        QCOMPARE(answer.status, 200);
        QTEST(emails(answer), "found");
    }

    void aTelephoneNumberFindsItsCustomer_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<int>("found");
        QTest::newRow("as it is stored") << u"+19045550142"_s << 1;
        QTest::newRow("as people write it") << u"(904) 555-0142"_s << 1;
        QTest::newRow("with the country") << u"+1 904 555 0142"_s << 1;
        QTest::newRow("its beginning") << u"904-555"_s << 1;
        QTest::newRow("another one") << u"904 555 0143"_s << 0;
        QTest::newRow("its end") << u"5550142"_s << 0;
    }

    void aTelephoneNumberFindsItsCustomer()
    {
        QFETCH(const QString, typed);
        m_fixture->administrate("update users.customer set phone = '+19045550142' where name = 'Ada Lovelace'"
        );

        const Response answer = m_fixture->send("GET", u"/customers?q="_s + encoded(typed), m_token);

        QCOMPARE(answer.status, 200);
        QTEST(static_cast<int>(emails(answer).size()), "found");
    }

    void onlySeparatorsFindEverybody()
    {
        const Response answer
            = m_fixture->send("GET", u"/customers?limit=200&q="_s + encoded(u"'-"_s), m_token);

        QCOMPARE(emails(answer).size(), 27);
    }

    void pagesHoldEverybodyOnce_data()
    {
        QTest::addColumn<QString>("query");
        QTest::addColumn<int>("count");
        QTest::newRow("all") << QString() << 27;
        QTest::newRow("of one name") << u"&q=smith"_s << 23;
    }

    void pagesHoldEverybodyOnce()
    {
        QFETCH(const QString, query);
        QFETCH(const int, count);
        QStringList seen;
        QStringList names;
        QString cursor;
        int pages = 0;
        do {
            const Response page = m_fixture->send(
                "GET",
                u"/customers?limit=7"_s + query + (cursor.isEmpty() ? QString() : u"&cursor="_s + cursor),
                m_token
            );
            QCOMPARE(page.status, 200);
            seen += emails(page);
            for (const QJsonValue &item : object(page)[u"items"_s].toArray())
                names += item[u"name"_s].toString();
            cursor = object(page)[u"nextCursor"_s].toString();
            ++pages;
        } while (!cursor.isEmpty() && pages < 20);

        QCOMPARE(seen.size(), count);
        QCOMPARE(QSet<QString>(seen.begin(), seen.end()).size(), count);
        QVERIFY(std::ranges::is_sorted(names));
        QCOMPARE(pages, (count + 6) / 7);
    }

    void whatIsNoCursorIsRefused()
    {
        QCOMPARE(m_fixture->send("GET", u"/customers?cursor=abc"_s, m_token).status, 422);
    }

    void expertsAreFoundAndCounted()
    {
        QVERIFY(m_fixture->hire(PeopleFixture::rosa()));
        // One who is being hired is nobody's business yet.
        m_fixture->administrate(
            "insert into users.expert (id, name, email, phone, skills, areas, time_zone, shifts, "
            "availability, state) select gen_random_uuid(), 'Rosa Hiring', 'r2@example.com', phone, "
            "skills, areas, time_zone, shifts, availability, 'hiring' from users.expert"
        );

        const Response all = m_fixture->send("GET", u"/experts"_s, m_token);
        const Response found = m_fixture->send("GET", u"/experts?q=ros"_s, m_token);
        const Response none = m_fixture->send("GET", u"/experts?q=rosb"_s, m_token);

        QCOMPARE(object(all)[u"total"_s].toInt(), 1);
        QCOMPARE(emails(found), QStringList { u"rosa@example.com"_s });
        QCOMPARE(object(found)[u"total"_s].toInt(), 1);
        QCOMPARE(object(none)[u"total"_s].toInt(-1), 0);
    }

    void bothListsUseTheirIndexes()
    {
        m_fixture->administrate("insert into users.customer (id, email, name, created_at) select "
                                "gen_random_uuid(), 'c' || n || '@example.org', "
                                "md5(n::text) || ' ' || md5((n * 7)::text), now() from generate_series(1, "
                                "20000) n; analyze users.customer");

        const QString listed = plan("customer.list", "('m', null, 50)");
        const QString found = plan("customer.search", "('', null, 50, '''abc'':*')");

        QVERIFY2(listed.contains(u"customer_by_name"_s), qPrintable(listed));
        QVERIFY2(found.contains(u"customer_by_words"_s), qPrintable(found));
        m_fixture->administrate("delete from users.customer where email like '%@example.org'");
    }

private:
    void addCustomer(const QString &name, const QString &email)
    {
        m_fixture->administrate(
            "insert into users.customer (id, email, name, created_at) values (gen_random_uuid(), $e$"
            + email.toUtf8() + "$e$, $n$" + name.toUtf8() + "$n$, now())"
        );
    }

    static QStringList emails(const Response &response)
    {
        QStringList list;
        for (const QJsonValue &item : object(response)[u"items"_s].toArray())
            list += item[u"email"_s].toString();
        return list;
    }

    // Of the product's own statement.
    QString plan(const char *name, const QByteArray &arguments)
    {
        const auto *statement = *std::ranges::find_if(Statement::all(), [&](const Statement *each) {
            return qstrcmp(each->name(), name) == 0;
        });
        const auto connection = *Connection::open(m_fixture->test.superuserUrl());
        // So few rows are read as quickly from end to end; a million are not.
        if (!connection->script("set enable_seqscan = off")
            || !connection->script(QByteArray("prepare asked as ") + statement->sql()))
            return {};
        Rows rows = *connection->script("explain execute asked" + arguments);
        QStringList lines;
        while (rows.next())
            lines += QString::fromUtf8(rows.text(0));
        return lines.join(u'\n');
    }

    std::unique_ptr<PeopleFixture> m_fixture;
    QByteArray m_token;
};

QTEST_GUILESS_MAIN(PeopleSearchTest)
#include "people_search_test.moc"

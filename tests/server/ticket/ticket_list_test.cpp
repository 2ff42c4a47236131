#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/ticket/ticket_service.h"
#include "server/services/user/expert_service.h"
#include "shared/core/search_words.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

template <class T>
T typed(const QString &text)
{
    return *T::parse(text);
}

Caller callerOf(api::Role role)
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.role = role;
    caller.name = u"Somebody"_s;
    caller.requestId = u"test"_s;
    return caller;
}

} // namespace

// How tickets are found among many, and how many there are.
class TicketListTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        CatalogContent content;
        content.skills = { { u"tv"_s, u"Televisions"_s } };
        content.categories = { { u"led-tv"_s, u"LED TVs"_s, u"tv"_s, 90 } };
        content.products = { { m_product, u"SKU-1"_s, u"Aurora 55"_s, u"Maker"_s, u"led-tv"_s } };
        QVERIFY(m_catalog.load(content));
        file({ u"The screen stays black"_s, u"It hums, though."_s, u"Zoë Müller-Ortiz"_s });
        file({ u"No picture, but sound"_s, u"Since the storm"_s, u"Al Green"_s });
        file({ u"100% of the picture is green; drop table"_s, {}, u"Bo O'Neil"_s });
    }

    void everyWordBeginsAWordOfTheTicket_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("hits");
        QTest::newRow("a whole word") << u"screen"_s << 1;
        QTest::newRow("how one begins") << u"pict"_s << 2;
        QTest::newRow("not how one ends") << u"icture"_s << 0;
        QTest::newRow("in any order and case") << u"BLACK scr"_s << 1;
        QTest::newRow("from several fields") << u"picture storm al"_s << 1;
        QTest::newRow("the product") << u"aurora 55"_s << 3;
        QTest::newRow("the place") << u"10001 new yo"_s << 3;
        QTest::newRow("letters with marks") << u"ZOË müller"_s << 1;
        QTest::newRow("marks between words") << u"o'neil; (100%)"_s << 1;
        QTest::newRow("one word that is nowhere") << u"picture zeppelin"_s << 0;
        QTest::newRow("nothing but marks") << u"'!&|:*\\"_s << 3;
        QTest::newRow("what means something to the search") << u"screen' | 'pict':* & !x"_s << 0;
        QTest::newRow("a number") << u"T-100001"_s << 1;
        QTest::newRow("a number there is not") << u"999999"_s << 0;
    }

    void everyWordBeginsAWordOfTheTicket()
    {
        QFETCH(QString, text);
        QFETCH(int, hits);
        api::TicketQuery query;
        query.q = typed<Text<0, 100>>(text);

        const auto page = run([&](Session &s) { return m_tickets.list(s, m_manager, query); });
        QVERIFY2(page, why(page));
        QCOMPARE(page->items.size(), hits);
        QCOMPARE(page->total, qint64(hits));
        const auto ladder = run([&](Session &s) { return m_tickets.ladder(s, { {}, {}, {}, query.q }); });
        QVERIFY2(ladder, why(ladder));
        QCOMPARE(ladder->total, hits);
    }

    // Rows that are pushed are judged by the app, all others by the database.
    void theAppCutsATextAsTheDatabaseDoes_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : { u"The screen stays black"_s,
                                     u"100% — Ünïcode, O'Neil & sons; T-100042 (a_b)"_s,
                                     u"ÄÖÜ ß ŁÓDŹ Ελλάδα Россия 東京 ４２"_s,
                                     u"tabs\tand\nlines"_s,
                                     QString(70, u'x') + u" y"_s,
                                     u""_s })
            QTest::newRow(qPrintable(text.left(20))) << text;
    }

    void theAppCutsATextAsTheDatabaseDoes()
    {
        QFETCH(QString, text);
        static const Statement words {
            "test.words", "select coalesce(array_to_string(tsvector_to_array(ticket.words_of($1)), ' '), '')"
        };
        const auto cut = run([&](Session &s) { return s.one<QString>(words, text); });
        QVERIFY2(cut, why(cut));
        QStringList theirs = cut->split(u' ', Qt::SkipEmptyParts);
        QStringList ours = search_words::of(text);
        ours.removeDuplicates();
        theirs.sort();
        ours.sort();
        QCOMPARE(ours, theirs);
    }

    void theLadderLeadsToEveryTicketOnce()
    {
        for (int batch = 0; batch < 5; ++batch)
            fileMany(100);
        const auto ladder = run([&](Session &s) { return m_tickets.ladder(s, {}); });
        QVERIFY2(ladder, why(ladder));
        QCOMPARE(ladder->total, 503);
        QCOMPARE(ladder->ends.size(), 2);

        QSet<QString> seen;
        std::optional<api::TicketId> before;
        for (qsizetype stretch = 0; stretch <= ladder->ends.size(); ++stretch) {
            api::TicketQuery query;
            query.limit = api::PageLimit { api::TicketLadder::step };
            query.before = before;
            const auto page = run([&](Session &s) { return m_tickets.list(s, m_manager, query); });
            QVERIFY2(page, why(page));
            for (const api::TicketSummary &ticket : page->items)
                seen.insert(ticket.number);
            if (stretch < ladder->ends.size()) {
                QCOMPARE(page->items.last().id, ladder->ends.at(stretch));
                before = ladder->ends.at(stretch);
            }
        }
        QCOMPARE(seen.size(), 503);
    }

    void whatIsCountedIsWhatIsListed()
    {
        api::TicketLadderQuery query;
        query.active = true;
        QCOMPARE(run([&](Session &s) { return m_tickets.ladder(s, query); })->total, 503);
        query.active = false;
        QCOMPARE(run([&](Session &s) { return m_tickets.ladder(s, query); })->total, 0);
        query.active.reset();
        query.state = api::TicketState::open;
        query.region = typed<api::Slug>(u"nowhere"_s);
        QCOMPARE(run([&](Session &s) { return m_tickets.ladder(s, query); })->total, 0);
    }

private:
    struct Said
    {
        QString subject;
        QString description;
        QString contact;
    };

    template <class Work>
    std::invoke_result_t<Work, Session &> run(Work work)
    {
        return m_db.database().transact("squad_ticket", work);
    }

    api::NewTicket draft(const Said &said) const
    {
        return {
            .productId = m_product,
            .subject = typed<Text<1, 200>>(said.subject),
            .description = typed<Text<0, 4000>>(said.description),
            .serialNumber = {},
            .contactName = typed<api::Name>(said.contact),
            .contactPhone = typed<Phone>(u"212-555-0100"_s),
            .address = { typed<Text<1, 200>>(u"1 Main Street"_s),
                         {},
                         typed<Text<1, 100>>(u"New York"_s),
                         typed<Text<2, 2>>(u"NY"_s),
                         typed<ZipCode>(u"10001"_s) },
            .customerId = {},
        };
    }

    void file(const Said &said)
    {
        const auto filed = run([&](Session &s) {
            return m_tickets.open(s, { { m_customer, draft(said) } });
        });
        QVERIFY(filed && filed->first());
    }

    void fileMany(int count)
    {
        const api::NewTicket one = draft({ u"Flickers"_s, {}, u"Di"_s });
        const auto filed = run([&](Session &s) {
            return m_tickets.open(s, QList<TicketService::Intake>(count, { m_customer, one }));
        });
        QVERIFY(filed);
    }

    TestDatabase m_db;
    ManualClock m_clock { toInstant(QDateTime(QDate(2026, 11, 24), QTime(15, 0), Qt::UTC)) };
    GatewayService m_gateway { m_db.database(), m_clock, { 8, u"northeast"_s } };
    CatalogService m_catalog { m_db.database(), m_clock };
    ExpertService m_experts { m_db.database(), m_gateway, m_clock };
    TicketService m_tickets { { m_catalog, m_gateway.localities(), m_experts, m_clock } };
    const api::ProductId m_product = api::ProductId::make();
    const Caller m_customer = callerOf(api::Role::customer);
    const Caller m_manager = callerOf(api::Role::manager);
};

QTEST_GUILESS_MAIN(TicketListTest)
#include "ticket_list_test.moc"

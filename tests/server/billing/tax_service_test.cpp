#include "server/services/billing/tax_service.h"

#include "server/services/billing/billing_store.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// What the states take, from when on, and who said so.
class TaxServiceTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_db = std::make_unique<TestDatabase>(); }

    void whatIsSetAtOnceCountsFromNowOnAndNotBefore()
    {
        const auto set = change(u"ny"_s, 888);

        QVERIFY2(set, why(set));
        QCOMPARE(set->usState, u"NY"_s);
        QCOMPARE(set->madeByName, u"Ann Admin"_s);
        QCOMPARE(rateAt(m_clock.now()), 888);
        QCOMPARE(rateAt(m_clock.now() - 1s), 0);
        QCOMPARE(rateAt(m_clock.now(), u"CA"_s), 0);
    }

    void aPlannedChangeCountsFromItsDay()
    {
        QVERIFY(change(u"NY"_s, 888));
        const Instant january = m_clock.now() + 40 * 24h;

        const auto planned = change(u"NY"_s, 900, january);

        QVERIFY2(planned, why(planned));
        QCOMPARE(planned->basisPoints, 888);
        QCOMPARE(planned->nextBasisPoints, 900);
        QCOMPARE(planned->nextFrom, january);
        QCOMPARE(rateAt(january - 1s), 888);
        QCOMPARE(rateAt(january), 900);
    }

    void whatIsPlannedIsReplacedByWhatIsPlannedNext()
    {
        QVERIFY(change(u"NY"_s, 888));
        QVERIFY(change(u"NY"_s, 900, m_clock.now() + 10 * 24h));
        QVERIFY(change(u"NY"_s, 950, m_clock.now() + 20 * 24h));

        QCOMPARE(rateAt(m_clock.now() + 15 * 24h), 888);
        QCOMPARE(rateAt(m_clock.now() + 20 * 24h), 950);
    }

    void aChangeLeavesWhatWasBefore()
    {
        QVERIFY(change(u"NY"_s, 888));
        const Instant then = m_clock.now();
        m_clock.advance(24h);

        QVERIFY(change(u"NY"_s, 500));

        QCOMPARE(rateAt(then), 888);
        QCOMPARE(rateAt(m_clock.now()), 500);
        const auto rates = run([&](Session &s) { return m_taxes.rates(s); });
        QCOMPARE(rates->items.size(), 1);
    }

    void whatIsOnlyPlannedTakesNothingYet()
    {
        QVERIFY(change(u"NY"_s, 888, m_clock.now() + 24h));

        const api::TaxRate rate = run([&](Session &s) { return m_taxes.rates(s); })->items.first();

        QCOMPARE(rate.basisPoints, 0);
        QVERIFY(!rate.since);
        QCOMPARE(rate.nextBasisPoints, 888);
    }

    void badInputNamesItsField()
    {
        QCOMPARE(change(u"N1"_s, 1).error().fields.first().pointer, u"/usState"_s);
        QCOMPARE(change(u"ÄÖ"_s, 1).error().fields.first().pointer, u"/usState"_s);
        QCOMPARE(change(u"NY"_s, 1, m_clock.now() - 1h).error().fields.first().pointer, u"/from"_s);
        QCOMPARE(change(u"NY"_s, 1, m_clock.now() + 1000 * 24h).error().fields.first().pointer, u"/from"_s);
    }

private:
    template <class Work>
    std::invoke_result_t<Work, Session &> run(Work work)
    {
        return m_db->database().transact("squad_billing", work);
    }

    Result<api::TaxRate>
    change(const QString &state, int basisPoints, const std::optional<Instant> &from = {})
    {
        Caller admin;
        admin.account = api::AccountId::make();
        admin.role = api::Role::admin;
        admin.name = u"Ann Admin"_s;
        return run([&](Session &s) { return m_taxes.change(s, admin, state, { { basisPoints }, from }); });
    }

    int rateAt(Instant at, const QString &state = u"NY"_s)
    {
        return *run([&](Session &s) { return billing_store::taxRate(s, state, at); });
    }

    std::unique_ptr<TestDatabase> m_db;
    ManualClock m_clock { *instantFromText(u"2026-11-23T15:00:00Z"_s) };
    TaxService m_taxes { m_clock };
};

QTEST_GUILESS_MAIN(TaxServiceTest)
#include "tax_service_test.moc"

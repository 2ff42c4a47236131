#include "server/services/billing/plan_preview.h"

#include "tests/server/billing/billing_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Instant start = *instantFromText(u"2026-11-23T15:00:00Z"_s); // 10:00 in New York
constexpr auto day = 24h;

api::PlanPreviewQuery query(qint64 minor)
{
    api::PlanPreviewQuery query;
    query.name = *decltype(query.name)::parse(u"Home"_s);
    query.priceMinor = { static_cast<int>(minor) };
    query.usState = *decltype(query.usState)::parse(u"NY"_s);
    query.zip = *ZipCode::parse(u"10001"_s);
    return query;
}

QStringList texts(const QList<api::InvoiceLine> &lines)
{
    QStringList texts;
    for (const api::InvoiceLine &line : lines)
        texts += u"%1: %2"_s.arg(line.text).arg(line.net.minor);
    return texts;
}

} // namespace

// What administrators are shown before they save is what customers are billed afterwards.
class PlanPreviewTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<BillingProbe>(start);
        m_probe->administrate("insert into billing.tax_rate values ('NY', 888)");
        static_cast<void>(m_probe->plan(2999)); // so that there is a catalogue
        m_preview = std::make_unique<PlanPreview>(
            m_probe->catalog(),
            m_probe->clock(),
            [this](api::PlanId plan) {
                return m_probe->payment().database().transact("squad_catalog", [plan](Session &session) {
                    return subscription_store::renewals(session, plan);
                });
            },
            [](const ZipCode &) { return u"America/New_York"_s; }
        );
    }
    void cleanup()
    {
        m_preview.reset();
        m_probe.reset();
    }

    void aPurchaseCostsWhatItsBillSays()
    {
        const auto shown = preview(query(2999));
        QVERIFY2(shown, why(shown));
        const Caller who = m_probe->payment().customerWith();
        QVERIFY(m_probe->buy(who, m_probe->plan(2999)));
        m_probe->settle();

        const api::Invoice bill = m_probe->invoicesOf(who).first();
        QCOMPARE(shown->purchase.tax.minor, 266);
        compare(shown->purchase, bill);
        QVERIFY(!shown->change);
        QVERIFY(shown->renewals.isEmpty());
    }

    void anUpgradeCostsWhatItsBillSays_data()
    {
        QTest::addColumn<int>("days");
        QTest::addColumn<api::Period>("period");
        QTest::newRow("on the same day") << 0 << api::Period::month;
        QTest::newRow("in the middle") << 11 << api::Period::month;
        QTest::newRow("in the second period") << 40 << api::Period::month;
        QTest::newRow("from the month to the year") << 11 << api::Period::year;
    }
    void anUpgradeCostsWhatItsBillSays()
    {
        QFETCH(int, days);
        QFETCH(api::Period, period);
        const Caller who = m_probe->payment().customerWith();
        const api::PlanId cheap = m_probe->plan(1999);
        const api::PlanId dear = m_probe->plan(24'999, period);
        QVERIFY(m_probe->buy(who, cheap));
        m_probe->settle();
        if (days > 30)
            m_probe->passUntil(*m_probe->held(who).periodUntil);
        m_probe->passUntil(start + days * day);

        api::PlanPreviewQuery asked = query(24'999);
        asked.planId = dear;
        asked.before = cheap;
        asked.usedDays = { days };
        const auto shown = preview(asked);
        QVERIFY2(shown, why(shown));
        QVERIFY(m_probe->change(who, { dear, {} }));
        m_probe->settle();

        QVERIFY(shown->isAtOnce);
        compare(*shown->change, m_probe->invoicesOf(who).last());
    }

    void aCheaperPlanWaitsForTheEndOfWhatIsPaid()
    {
        const Caller who = m_probe->payment().customerWith();
        const api::PlanId dear = m_probe->plan(2999);
        const api::PlanId cheap = m_probe->plan(999);
        QVERIFY(m_probe->buy(who, dear));
        m_probe->settle();
        QVERIFY(m_probe->change(who, { cheap, {} }));
        api::PlanPreviewQuery asked = query(999);
        asked.planId = cheap;
        asked.before = dear;
        const auto shown = preview(asked);
        QVERIFY2(shown, why(shown));

        m_probe->passUntil(*m_probe->held(who).periodUntil);

        QVERIFY(!shown->isAtOnce);
        compare(*shown->change, m_probe->invoicesOf(who).last());
    }

    // One renews before the new terms begin, one after; one leaves, one comes.
    void renewalsTakeTheTermsOfTheirDay()
    {
        const api::PlanId plan = m_probe->plan(2999);
        const api::PlanId other = m_probe->plan(4999);
        const auto buy = [&](api::PlanId what) {
            const Caller who = m_probe->payment().customerWith();
            const auto bought = m_probe->buy(who, what);
            m_probe->settle();
            return who;
        };
        const Caller early = buy(plan);
        const Caller leaving = buy(plan);
        const Caller coming = buy(other);
        QVERIFY(m_probe->change(leaving, { {}, api::AtPeriodEnd::cancel }));
        QVERIFY(m_probe->change(coming, { plan, {} }));
        m_probe->passUntil(start + 10 * day);
        const Caller late = buy(plan);

        api::PlanPreviewQuery asked = query(3499);
        asked.planId = plan;
        asked.from = start + 35 * day; // December 28
        const auto shown = preview(asked);
        QVERIFY2(shown, why(shown));

        QCOMPARE(shown->renewals.size(), 2);
        QCOMPARE(shown->renewals[0].month, u"2026-12"_s);
        QCOMPARE(shown->renewals[0].count, 2); // early and coming
        QCOMPARE(shown->renewals[0].net.minor, 2999);
        QVERIFY(!shown->renewals[0].isNew);
        QCOMPARE(shown->renewals[1].month, u"2027-01"_s);
        QCOMPARE(shown->renewals[1].count, 1);
        QCOMPARE(shown->renewals[1].net.minor, 3499);
        QCOMPARE(shown->renewals[1].total.minor, 3499 + 311);
        QVERIFY(shown->renewals[1].isNew);
        QCOMPARE(m_probe->number("select count(*) from catalog.plan_version"), 2); // nothing was saved
    }

    void whatIsNoPlanOrIsOverIsRefusedAtItsField()
    {
        api::PlanPreviewQuery asked = query(1);
        asked.planId = api::PlanId::make();
        QCOMPARE(refusal(asked), u"/planId"_s);
        asked = query(1);
        asked.before = api::PlanId::make();
        QCOMPARE(refusal(asked), u"/before"_s);
        asked = query(1);
        asked.from = start - 1s;
        QCOMPARE(refusal(asked), u"/from"_s);
    }

private:
    Result<api::PlanPreview> preview(const api::PlanPreviewQuery &query)
    {
        return m_probe->as([&](Session &session) { return m_preview->preview(session, query); });
    }

    QString refusal(const api::PlanPreviewQuery &query)
    {
        const auto shown = preview(query);
        return shown || shown.error().fields.isEmpty() ? QString() : shown.error().fields.first().pointer;
    }

    static void compare(const api::BillPreview &shown, const api::Invoice &billed)
    {
        QCOMPARE(texts(shown.lines), texts(billed.lines));
        QCOMPARE(toText(shown.from), toText(billed.from));
        QCOMPARE(toText(shown.until), toText(billed.until));
        QCOMPARE(shown.net, billed.net);
        QCOMPARE(shown.tax, billed.tax);
        QCOMPARE(shown.total, billed.total);
    }

    std::unique_ptr<BillingProbe> m_probe;
    std::unique_ptr<PlanPreview> m_preview;
};

QTEST_MAIN(PlanPreviewTest)
#include "plan_preview_test.moc"

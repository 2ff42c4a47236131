#include "server/services/catalog/plan_rules.h"
#include "tests/server/billing/billing_probe.h"

#include <QRandomGenerator>
#include <QTest>
#include <QTimeZone>

#include <random>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Instant at(const char *text)
{
    return *instantFromText(QString::fromLatin1(text));
}

const Instant start = at("2026-11-23T15:00:00Z"); // 10:00 in New York
const Instant nextBill = at("2026-12-23T05:00:00Z"); // midnight there
constexpr auto day = 24h;

api::SubscriptionChange to(api::PlanId plan)
{
    return { plan, {} };
}

api::SubscriptionChange then(api::AtPeriodEnd what)
{
    return { {}, what };
}

} // namespace

// Buying a plan, changing it, pausing it, ending it; and the bills that follow.
class PlanChangeTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_probe = std::make_unique<BillingProbe>(start); }
    void cleanup()
    {
        QVERIFY(m_probe->booksBalance());
        m_probe.reset();
    }

    void aPurchaseBeginsWhenItIsPaid()
    {
        const Caller who = m_probe->payment().customerWith();
        const auto bought = m_probe->buy(who, m_probe->plan());
        QVERIFY2(bought, why(bought));
        QCOMPARE(bought->state, api::SubscriptionState::pending);
        m_probe->settle();

        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::active);
        QCOMPARE(m_probe->held(who).periodUntil, nextBill);
        QCOMPARE(m_probe->statesOf(who), QStringList(u"paid"_s));
        QCOMPARE(activations(), 1);
    }

    void aPurchaseThatIsNotPaidEndsAndNothingIsOwed()
    {
        const Caller who = PaymentProbe::somebody();
        QVERIFY(m_probe->buy(who, m_probe->plan()));
        m_probe->settle();
        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::pending);
        for (const int days : { 1, 3 })
            m_probe->passUntil(start + days * day);

        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::cancelled);
        QCOMPARE(m_probe->statesOf(who), QStringList(u"voided"_s));
        QCOMPARE(m_probe->balance("revenue"), 0);
        QCOMPARE(m_probe->balance("lost"), 0);
        QCOMPARE(activations(), 0);
        m_probe->pass(400 * day);
        QCOMPARE(m_probe->invoicesOf(who).size(), 1);
        QVERIFY(m_probe->buy(who, m_probe->plan())); // it may be bought again
        m_probe->settle();
    }

    void aPurchaseThatWaitsBeginsWithTheCard()
    {
        const Caller who = PaymentProbe::somebody();
        QVERIFY(m_probe->buy(who, m_probe->plan()));
        m_probe->passUntil(start + 2 * day);

        QVERIFY(m_probe->payment().cards().add(who, PaymentProbe::card()));
        m_probe->settle();

        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::active);
        QVERIFY(!m_probe->held(who).isOverdue);
        m_probe->passUntil(start + 10 * day);
        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::active);
    }

    void aPurchaseIsCalledOffBeforeItIsPaid()
    {
        const Caller who = PaymentProbe::somebody();
        QVERIFY(m_probe->buy(who, m_probe->plan()));
        m_probe->settle();

        const auto ended = m_probe->change(who, then(api::AtPeriodEnd::cancel));
        QVERIFY2(ended, why(ended));
        QCOMPARE(ended->state, api::SubscriptionState::cancelled);
        m_probe->settle();

        QCOMPARE(m_probe->statesOf(who), QStringList(u"voided"_s));
        QVERIFY(m_probe->payment().cards().add(who, PaymentProbe::card()));
        m_probe->settle();
        QCOMPARE(m_probe->payment().vendor().count(u"charges"_s), 0);
    }

    void whatIsPaidForACalledOffPurchaseIsGivenBack()
    {
        const Caller who = m_probe->payment().customerWith();
        m_probe->payment().vendor().behave({ { u"outage"_s, u"refuses"_s } });
        QVERIFY(m_probe->buy(who, m_probe->plan()));
        QVERIFY(QTest::qWaitFor([&] { return m_probe->told("payment.charge", "attempt").size() == 1; }));
        QVERIFY(m_probe->change(who, then(api::AtPeriodEnd::cancel))); // the card is being asked
        m_probe->payment().vendor().behave({ { u"outage"_s, u"none"_s } });
        m_probe->settle();

        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::cancelled);
        QCOMPARE(m_probe->balance("vendor"), 0);
        QCOMPARE(m_probe->balance("revenue"), 0);
        QCOMPARE(m_probe->invoicesOf(who).first().refunded.minor, 2999);
    }

    void aDearerPlanIsTakenAtOnceForTheRestOfThePeriod()
    {
        const Caller who = customerOf(3000);
        m_probe->passUntil(start + 10 * day);
        const auto changed = m_probe->change(who, to(m_probe->plan(6000, api::Period::month, u"Large"_s)));
        QVERIFY2(changed, why(changed));
        m_probe->settle();

        QCOMPARE(m_probe->held(who).plan.name, u"Large"_s);
        QCOMPARE(m_probe->held(who).periodUntil, nextBill);
        const api::Invoice invoice = m_probe->invoicesOf(who).last();
        QCOMPARE(invoice.lines.size(), 2);
        const qint64 left = plan_rules::remainder(3000, start, nextBill, start + 10 * day);
        const qint64 large = plan_rules::remainder(6000, start, nextBill, start + 10 * day);
        QCOMPARE(invoice.lines[0].net.minor, large);
        QCOMPARE(invoice.lines[1].net.minor, -left);
        QCOMPARE(invoice.net.minor, large - left);
        QCOMPARE(invoice.state, api::InvoiceState::paid);
        m_probe->passUntil(nextBill);
        QCOMPARE(m_probe->invoicesOf(who).last().net.minor, 6000);
    }

    void aYearInsteadOfAMonthBeginsAtOnce()
    {
        const Caller who = customerOf(3000);
        m_probe->passUntil(start + 10 * day);
        QVERIFY(m_probe->change(who, to(m_probe->plan(30'000, api::Period::year, u"Year"_s))));
        m_probe->settle();

        QCOMPARE(m_probe->held(who).periodUntil, at("2027-12-03T05:00:00Z"));
        const qint64 left = plan_rules::remainder(3000, start, nextBill, start + 10 * day);
        QCOMPARE(m_probe->invoicesOf(who).last().net.minor, 30'000 - left);
        m_probe->passUntil(nextBill);
        QCOMPARE(m_probe->invoicesOf(who).size(), 2);
    }

    void aCheaperPlanWaitsForTheEndOfThePeriod()
    {
        const Caller who = customerOf(3000);
        const auto changed = m_probe->change(who, to(m_probe->plan(1000, api::Period::month, u"Small"_s)));
        QVERIFY2(changed, why(changed));
        QCOMPARE(changed->plan.name, u"Home"_s);
        QCOMPARE(changed->nextPlan->name, u"Small"_s);
        m_probe->settle();
        QCOMPARE(m_probe->invoicesOf(who).size(), 1);

        m_probe->passUntil(nextBill);

        QCOMPARE(m_probe->held(who).plan.name, u"Small"_s);
        QCOMPARE(m_probe->invoicesOf(who).last().net.minor, 1000);
        QVERIFY(!m_probe->held(who).nextPlan);
    }

    void whatWasPlannedIsTakenBack()
    {
        const Caller who = customerOf(3000);
        QVERIFY(m_probe->change(who, to(m_probe->plan(1000, api::Period::month, u"Small"_s))));
        QVERIFY(m_probe->change(who, then(api::AtPeriodEnd::cancel)));
        QVERIFY(m_probe->change(who, then(api::AtPeriodEnd::renew)));

        m_probe->passUntil(nextBill);

        QCOMPARE(m_probe->held(who).plan.name, u"Home"_s);
        QCOMPARE(m_probe->invoicesOf(who).size(), 2);
    }

    void aPlanIsCancelledAtTheEndOfWhatIsPaid()
    {
        const Caller who = customerOf(3000);
        QVERIFY(m_probe->change(who, then(api::AtPeriodEnd::cancel)));
        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::active);

        m_probe->passUntil(nextBill);

        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::cancelled);
        QCOMPARE(m_probe->invoicesOf(who).size(), 1);
        QCOMPARE(m_probe->told("catalog.subscription_cancelled", "subscriptionId").size(), 1);
    }

    void aPausedPlanIsNotBilledUntilItGoesOn()
    {
        const Caller who = customerOf(3000);
        QVERIFY(m_probe->change(who, then(api::AtPeriodEnd::pause)));
        m_probe->passUntil(nextBill);
        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::paused);
        m_probe->passUntil(nextBill + 70 * day);
        QCOMPARE(m_probe->invoicesOf(who).size(), 1);

        const auto on = m_probe->change(who, then(api::AtPeriodEnd::renew));
        QVERIFY2(on, why(on));
        m_probe->settle();

        QCOMPARE(m_probe->held(who).state, api::SubscriptionState::active);
        QCOMPARE(m_probe->invoicesOf(who).last().from, nextBill + 70 * day);
        m_probe->pass(31 * day);
        QCOMPARE(m_probe->invoicesOf(who).size(), 3);
    }

    void aNewPriceIsForTheNextPeriod()
    {
        const Caller who = customerOf(3000);
        const api::PlanId plan = m_probe->held(who).plan.id;
        QVERIFY(changePrice(plan, 3500, {}));

        QCOMPARE(m_probe->held(who).plan.price.minor, 3000);
        QCOMPARE(m_probe->held(who).nextPlan->price.minor, 3500);
        const Caller later = m_probe->payment().customerWith();
        QVERIFY(m_probe->buy(later, plan));
        m_probe->settle();
        QCOMPARE(m_probe->invoicesOf(later).last().net.minor, 3500);
        m_probe->passUntil(nextBill);
        QCOMPARE(m_probe->invoicesOf(who).last().net.minor, 3500);
        QCOMPARE(m_probe->held(who).plan.version, 2);
    }

    void aNewPriceBeginsAtItsDate()
    {
        const Caller who = customerOf(3000);
        const api::PlanId plan = m_probe->held(who).plan.id;
        QVERIFY(changePrice(plan, 3500, nextBill + 1s));

        m_probe->passUntil(nextBill);
        QCOMPARE(m_probe->invoicesOf(who).last().net.minor, 3000);
        m_probe->passUntil(at("2027-01-23T05:00:00Z"));
        QCOMPARE(m_probe->invoicesOf(who).last().net.minor, 3500);
    }

    void whoOwesMoneyPaysFirst()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who, 3000);
        QVERIFY(m_probe->held(who).isOverdue);

        const auto changed = m_probe->change(who, to(m_probe->plan(6000, api::Period::month, u"Large"_s)));

        QCOMPARE(changed.error().code, u"subscription.overdue"_s);
    }

    void whatIsHeldAlreadyIsNotTakenTwice()
    {
        const Caller who = customerOf(3000);
        const api::PlanId large = m_probe->plan(6000, api::Period::month, u"Large"_s);
        const api::SubscriptionId first = m_probe->held(who).id;
        QVERIFY(m_probe->buy(who, large));
        m_probe->settle();
        QVERIFY(m_probe->held(who).id != first);

        const auto changed = m_probe->change(who, to(m_probe->plan(3000))); // the newest to the other one

        QCOMPARE(changed.error().code, u"subscription.held"_s);
    }

    // Two years of purchases, changes, pauses and prices, against a calculation of its own: from what was
    // decided and when, day by day.
    void twoYearsOfChangesAreRightToTheCent();

private:
    Caller customerOf(qint64 minor)
    {
        const Caller who = m_probe->payment().customerWith();
        if (const auto bought = m_probe->buy(who, m_probe->plan(minor)); !bought)
            qFatal("%s", why(bought));
        m_probe->settle();
        return who;
    }
    Result<api::PlanHistory> changePrice(api::PlanId plan, int minor, std::optional<Instant> from)
    {
        Caller admin = PaymentProbe::somebody();
        admin.role = api::Role::admin;
        const api::PlanTermsDraft terms { .name = *Text<1, 80>::parse(u"Home"_s),
                                          .description = *Text<0, 2000>::parse(u""_s),
                                          .priceMinor = { minor },
                                          .categories = { *api::Slug::parse(u"led-tv"_s) },
                                          .visitsPerYear = {},
                                          .assignMinutes = { 15 },
                                          .acceptMinutes = { 30 },
                                          .arriveMinutes = { 240 },
                                          .resolveMinutes = { 480 } };
        const auto changed = m_probe->payment().database().transact("squad_catalog", [&](Session &session) {
            return m_probe->catalog().change(session, admin, plan, { from, terms });
        });
        if (changed)
            static_cast<void>(m_probe->catalog().refresh());
        return changed;
    }
    qint64 activations() { return m_probe->told("catalog.subscription_activated", "subscriptionId").size(); }

    std::unique_ptr<BillingProbe> m_probe;
};

namespace {

// What a customer owes, computed anew: months and years are counted on the calendar, and nothing is taken
// from the code that is tested but the zone of the machine's own tables.
class Reckoning
{
public:
    struct Terms
    {
        qint64 minor;
        api::Period period;
    };

    void buy(Terms terms, Instant now)
    {
        m_terms = terms;
        m_anchor = local(now).date();
        begin(now, terms.minor);
    }
    void upgrade(Terms terms, Instant now)
    {
        const qint64 unused = share(m_terms.minor, now);
        if (terms.period == m_terms.period) {
            m_total += share(terms.minor, now) - unused;
            m_terms = terms;
            return;
        }
        m_terms = terms;
        m_anchor = local(now).date();
        begin(now, terms.minor - unused);
    }
    void resume(Instant now) { buy(m_terms, now); }
    void price(Terms terms) { m_next = terms; } // from the next period on
    // Lives until then; an end of a period takes what was planned for it.
    void live(Instant until)
    {
        while (m_isRunning && m_until <= until) {
            if (m_isEnding) {
                m_isRunning = false;
                m_isEnding = false;
                return;
            }
            m_terms = m_next.value_or(m_terms);
            m_next.reset();
            begin(m_until, m_terms.minor);
        }
    }
    void endAtPeriodEnd() { m_isEnding = true; }
    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    [[nodiscard]] qint64 total() const { return m_total; }
    [[nodiscard]] Terms terms() const { return m_terms; }

private:
    static QDateTime local(Instant instant)
    {
        return QDateTime::fromMSecsSinceEpoch(
            qint64(instant.time_since_epoch().count()), QTimeZone("America/New_York")
        );
    }
    void begin(Instant from, qint64 minor)
    {
        m_total += minor;
        m_from = from;
        // The anchor's day in the next month or year; the last one where there is none.
        QDate month = local(from).date();
        month = QDate(month.year(), month.month(), 1);
        month = m_terms.period == api::Period::month ? month.addMonths(1) : month.addYears(1);
        const QDate date(month.year(), month.month(), std::min(m_anchor.day(), month.daysInMonth()));
        m_until = Instant(
            std::chrono::milliseconds(date.startOfDay(QTimeZone("America/New_York")).toMSecsSinceEpoch())
        );
        m_isRunning = true;
    }
    [[nodiscard]] qint64 share(qint64 minor, Instant now) const
    {
        const auto whole = static_cast<long double>((m_until - m_from).count());
        const auto rest = static_cast<long double>((m_until - now).count());
        return std::llround(static_cast<long double>(minor) * rest / whole);
    }

    Terms m_terms {};
    std::optional<Terms> m_next;
    QDate m_anchor;
    Instant m_from;
    Instant m_until;
    qint64 m_total = 0;
    bool m_isRunning = false;
    bool m_isEnding = false;
};

} // namespace

void PlanChangeTest::twoYearsOfChangesAreRightToTheCent()
{
    struct Life
    {
        Caller who;
        Reckoning reckoning;
    };
    const unsigned seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    const auto chance = [&](int of) { return static_cast<int>(random() % static_cast<unsigned>(of)); };
    const QList<Reckoning::Terms> offers { { 999, api::Period::month },
                                           { 1799, api::Period::month },
                                           { 2999, api::Period::month },
                                           { 9900, api::Period::year },
                                           { 17'900, api::Period::year } };
    const auto planOf
        = [&](const Reckoning::Terms &terms) { return m_probe->plan(terms.minor, terms.period); };
    std::vector<Life> lives;
    for (int i = 0; i < 12; ++i) {
        Life life { m_probe->payment().customerWith(), {} };
        const Reckoning::Terms terms = offers[chance(3)];
        QVERIFY(m_probe->buy(life.who, planOf(terms)));
        life.reckoning.buy(terms, m_probe->clock().now());
        lives.push_back(std::move(life));
    }
    m_probe->settle();

    int changes = 0;
    for (Instant now = start + 5 * day; now < start + 730 * day;
         now += std::chrono::hours(100 + chance(400))) {
        m_probe->passUntil(now);
        for (Life &life : lives) {
            life.reckoning.live(now);
            const api::Subscription held = m_probe->held(life.who);
            if (held.state == api::SubscriptionState::paused) {
                QVERIFY(!life.reckoning.isRunning());
                if (chance(2) == 0) {
                    QVERIFY(m_probe->change(life.who, then(api::AtPeriodEnd::renew)));
                    life.reckoning.resume(now);
                    ++changes;
                }
                continue;
            }
            if (held.atPeriodEnd != api::AtPeriodEnd::renew || chance(3) != 0)
                continue;
            ++changes;
            if (chance(5) == 0) {
                QVERIFY(m_probe->change(life.who, then(api::AtPeriodEnd::pause)));
                life.reckoning.endAtPeriodEnd();
                continue;
            }
            const Reckoning::Terms wanted = offers[chance(5)];
            const Reckoning::Terms before = life.reckoning.terms();
            if (wanted.minor == before.minor)
                continue;
            const auto changed = m_probe->change(life.who, to(planOf(wanted)));
            QVERIFY2(changed, why(changed));
            // By hand: dearer for the same time, or a year for months.
            const bool isAtOnce = wanted.period == before.period ? wanted.minor > before.minor
                                                                 : wanted.period == api::Period::year;
            if (isAtOnce)
                life.reckoning.upgrade(wanted, now);
            else
                life.reckoning.price(wanted);
        }
        m_probe->settle();
    }

    qInfo("%d changes", changes);
    QVERIFY(changes > 30);
    qint64 all = 0;
    for (Life &life : lives) {
        life.reckoning.live(m_probe->clock().now());
        qint64 billed = 0;
        for (const api::Invoice &invoice : m_probe->invoicesOf(life.who)) {
            QCOMPARE(invoice.state, api::InvoiceState::paid);
            billed += invoice.total.minor;
        }
        QCOMPARE(billed, life.reckoning.total());
        all += billed;
    }
    QCOMPARE(m_probe->balance("vendor"), all);
    QCOMPARE(m_probe->payment().vendor().count(u"chargeMinor"_s), all);
}

QTEST_GUILESS_MAIN(PlanChangeTest)
#include "plan_change_test.moc"

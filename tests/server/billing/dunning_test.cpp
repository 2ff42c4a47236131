#include "tests/server/billing/billing_probe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const Instant start = *instantFromText(u"2026-11-23T15:00:00Z"_s);
constexpr auto day = 24h;

} // namespace

// What happens while an invoice stays unpaid, step by step.
class DunningTest : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_probe = std::make_unique<BillingProbe>(start); }
    void cleanup()
    {
        QVERIFY(m_probe->booksBalance());
        m_probe.reset();
    }

    void whoHasNoCardIsWarnedRestrictedSuspendedAndEnds()
    {
        const Caller who = PaymentProbe::somebody();
        const api::SubscriptionId plan = m_probe->activate(who);
        QCOMPARE(standings(), QStringList(u"warned"_s));
        for (const auto days : { 3, 7, 14, 21 })
            m_probe->passUntil(start + days * day);

        QCOMPARE(
            standings(),
            (QStringList { u"warned"_s, u"warned"_s, u"restricted"_s, u"suspended"_s, u"cancelled"_s })
        );
        QCOMPARE(m_probe->statesOf(who), QStringList(u"uncollectible"_s));
        QCOMPARE(m_probe->told("catalog.end_subscription", "subscriptionId"), QStringList(plan.toString()));
        QCOMPARE(m_probe->balance("lost"), 2999);
        m_probe->pass(400 * day);
        QCOMPARE(m_probe->invoicesOf(who).size(), 1);
        QCOMPARE(m_probe->payment().vendor().count(u"charges"_s), 0);
    }

    void aSoftRefusalIsTriedAgainAtItsSteps()
    {
        const Caller who = m_probe->payment().customerWith(u"4000000000009995"_s); // insufficient funds
        m_probe->activate(who);
        QCOMPARE(attempts(), 1);
        m_probe->passUntil(start + 2 * day);
        QCOMPARE(attempts(), 1);
        m_probe->passUntil(start + 3 * day);
        QCOMPARE(attempts(), 2);
        m_probe->passUntil(start + 7 * day);
        QCOMPARE(attempts(), 3);
    }

    void aHardRefusalIsNotTriedAgain()
    {
        const Caller who = m_probe->payment().customerWith(u"4000000000009979"_s); // stolen
        m_probe->activate(who);
        m_probe->passUntil(start + 7 * day);

        QCOMPARE(attempts(), 1);
        QCOMPARE(standings().last(), u"restricted"_s); // the ladder goes on all the same
    }

    void anotherCardEndsIt()
    {
        const Caller who = m_probe->payment().customerWith(u"4000000000009979"_s);
        m_probe->activate(who);
        m_probe->passUntil(start + 7 * day);

        QVERIFY(m_probe->payment().cards().add(who, PaymentProbe::card()));
        m_probe->settle();

        QCOMPARE(m_probe->statesOf(who), QStringList(u"paid"_s));
        QCOMPARE(standings().last(), u"good"_s);
        m_probe->passUntil(start + 25 * day);
        QCOMPARE(standings().last(), u"good"_s); // no step comes after the end
        QCOMPARE(m_probe->balance("lost"), 0);
    }

    void aCardThatComesWhileTheOldOneIsAskedIsAskedNext()
    {
        m_probe->payment().vendor().behave({ { u"outage"_s, u"refuses"_s } });
        const Caller who = PaymentProbe::somebody();
        QVERIFY(m_probe->payment().cards().add(who, PaymentProbe::card(u"4000000000009979"_s)));
        m_probe->publish("squad_catalog", who, m_probe->period(who));
        QVERIFY(QTest::qWaitFor([&] { return attempts() == 1; }));
        const api::Invoice invoice = m_probe->invoicesOf(who).first();
        const CardChanged changed { who.account, true, u"4242"_s, u"visa"_s, 12, 2040 };
        m_probe->publish("squad_payment", who, changed);
        QVERIFY(QTest::qWaitFor([&] {
            return m_probe->number("select count(*) from billing.invoice where has_new_card") == 1;
        }));
        QCOMPARE(attempts(), 1);

        // What the vendor says of the old card arrives after that.
        m_probe->publish(
            "squad_payment",
            who,
            ChargeDeclined {
                invoice.id, 1, who.account, invoice.total, true, u"stolen_card"_s, u"No."_s, start }
        );

        QVERIFY(QTest::qWaitFor([&] { return attempts() == 2; }));
        QCOMPARE(standings(), QStringList());
        m_probe->payment().vendor().behave({ { u"outage"_s, u"none"_s } });
        m_probe->settle();
    }

    void everyStepSaysWhatComesNextAndWhen()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);

        QCOMPARE(m_probe->told("billing.standing_changed", "next"), QStringList(u"warned"_s));
        QCOMPARE(m_probe->told("billing.standing_changed", "nextAt"), QStringList(toText(start + 3 * day)));
        QCOMPARE(m_probe->told("billing.standing_changed", "mayDo").first(), u"The"_s);
    }

    void thePlaceOnTheLadderSurvivesAndIsTakenOnce()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);
        const api::InvoiceId id = m_probe->invoicesOf(who).first().id;
        m_probe->passUntil(start + 3 * day);
        const qint64 before = standings().size();

        // The firing comes once more.
        m_probe->publish(
            "squad_timer",
            who,
            TimerFired { u"billing"_s, u"dunning/"_s + id.toString(), start + 3 * day, start + 3 * day, {} },
            u"timer.fired.billing"_s
        );
        m_probe->settle();

        QCOMPARE(standings().size(), before);
    }

    void theLadderIsData()
    {
        m_probe->administrate("delete from billing.dunning_step where place in (3, 4)");
        m_probe->administrate("update billing.dunning_step set after_days = 5 where place = 5");
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);
        m_probe->passUntil(start + 5 * day);

        QCOMPARE(standings(), (QStringList { u"warned"_s, u"warned"_s, u"cancelled"_s }));
    }

    void whoPaysAfterTheEndHasPaid()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);
        for (const auto days : { 3, 7, 14, 21 })
            m_probe->passUntil(start + days * day);
        const api::Invoice invoice = m_probe->invoicesOf(who).first();

        // An answer of the vendor's that was on its way for three weeks.
        const InvoiceCharged late { invoice.id, 1, who.account, invoice.total, u"4242"_s, u"x"_s, start };
        m_probe->publish("squad_payment", who, late);
        m_probe->settle();

        QCOMPARE(m_probe->statesOf(who), QStringList(u"paid"_s));
        QCOMPARE(m_probe->balance("lost"), 0);
        QCOMPARE(m_probe->balance("vendor"), 2999);
        QCOMPARE(standings().last(), u"cancelled"_s);
    }

    void theWorstUnpaidBillDecidesHowACustomerStands()
    {
        const Caller who = PaymentProbe::somebody();
        QCOMPARE(standingOf(who).standing, Standing::good);
        m_probe->activate(who);
        m_probe->passUntil(start + 7 * day);
        m_probe->activate(who, 1000); // which is only warned of

        const api::CustomerStanding now = standingOf(who);

        QCOMPARE(now.standing, Standing::restricted);
        QCOMPARE(now.next, std::optional(Standing::suspended));
        QCOMPARE(now.nextAt, std::optional(start + 14 * day));
        QCOMPARE(now.open, (QList<Money> { { 3999, u"USD"_s } }));
        QVERIFY(now.mayDo.contains(u"not covered until"_s));
        QVERIFY(now.trouble);
    }

    void whoseLastPlanWasLostStandsCancelledUntilTheyBuyAgain()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);
        for (const auto days : { 3, 7, 14, 21 })
            m_probe->passUntil(start + days * day);

        QCOMPARE(standingOf(who).standing, Standing::cancelled);
        QVERIFY(standingOf(who).open.isEmpty());
        QVERIFY(m_probe->payment().cards().add(who, PaymentProbe::card()));
        m_probe->activate(who);
        QCOMPARE(standingOf(who).standing, Standing::good);
    }

    void anExpertIsToldWhatTheyHaveToHeedAndNoMore()
    {
        const Caller who = PaymentProbe::somebody();
        Caller expert = PaymentProbe::somebody();
        expert.role = api::Role::expert;
        m_probe->activate(who);

        QCOMPARE(standingOf(who).standing, Standing::warned);
        QCOMPARE(atWork(expert, who).standing, Standing::good); // a matter of the office
        QVERIFY(atWork(expert, who).says.isEmpty());
        for (const auto days : { 3, 7, 14 })
            m_probe->passUntil(start + days * day);
        QCOMPARE(atWork(expert, who).standing, Standing::suspended);
        QCOMPARE(atWork(expert, who).says, u"The plan is suspended: ask the office before you begin."_s);
    }

    void nobodySeesHowAnotherCustomerStands()
    {
        const Caller who = PaymentProbe::somebody();
        m_probe->activate(who);

        const auto seen = m_probe->as([&](Session &session) {
            return m_probe->billing().standing(session, PaymentProbe::somebody(), who.account);
        });

        QVERIFY(!seen);
        QCOMPARE(seen.error().kind, ProblemKind::notFound);
    }

private:
    api::CustomerStanding standingOf(const Caller &who)
    {
        return *m_probe->as([&](Session &session) {
            return m_probe->billing().standing(session, who, who.account);
        });
    }
    api::TicketStanding atWork(const Caller &expert, const Caller &who)
    {
        return *m_probe->as([&](Session &session) {
            return m_probe->billing().standingAtWork(session, expert, who.account);
        });
    }
    QStringList standings() { return m_probe->told("billing.standing_changed", "standing"); }
    qint64 attempts()
    {
        return m_probe->number("select count(*) from bus.event where type = 'payment.charge'");
    }

    std::unique_ptr<BillingProbe> m_probe;
};

QTEST_GUILESS_MAIN(DunningTest)
#include "dunning_test.moc"

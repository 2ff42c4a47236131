#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/ticket/ticket_service.h"
#include "server/services/user/expert_service.h"
#include "tests/server/ticket/sample_calendars.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <random>

using api::TicketState;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

template <class T>
T typed(const QString &text)
{
    return *T::parse(text);
}

Instant when(const QString &text)
{
    return *instantFromText(text);
}

Caller callerOf(api::Role role, const QString &name)
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.role = role;
    caller.name = name;
    caller.requestId = u"test"_s;
    return caller;
}

struct LastTimer
{
    qint64 seq = 0;
    std::optional<QString> due;
};
BOOST_DESCRIBE_STRUCT(LastTimer, (), (seq, due))

struct Firing
{
    QString key;
    QString due;
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(Firing, (), (key, due, payload))

const Statement countEvents { "test.countTimeEvents",
                              "select count(*) from bus.event where key = $1 and type = $2" };
const Statement lastTimer { "test.lastTimer", R"sql(
    select seq, payload ->> 'dueAt' as due from bus.event
    where key = $1 and type in ('timer.set', 'timer.cancel') order by seq desc limit 1
)sql" };
const Statement lastTimerWithPayload { "test.lastTimerWithPayload", R"sql(
    select key, payload ->> 'dueAt' as due, payload -> 'payload' as payload from bus.event
    where key = $1 and type = 'timer.set' order by seq desc limit 1
)sql" };
const Statement reviews { "test.reviews", R"sql(
    select distinct on (key) key, payload ->> 'dueAt' as due, payload -> 'payload' as payload
    from bus.event where type = 'timer.set' and key like 'review:%' order by key, seq desc
)sql" };
const Statement openPauses { "test.openPauses",
                             "select count(*) from ticket.pause where ticket_id = $1 and ended_at is null" };
const Statement escalationsOf { "test.escalations",
                                "select count(*) from ticket.escalation where ticket_id = $1" };
const Statement ticketRow { "test.ticketRow", "select * from ticket.ticket where id = $1" };

} // namespace

// Filed on Monday, November 23, 2026, at 10:00 in New York, where work is done from 9 to 17. The plan
// promises an assignment within 15 minutes, acceptance 30, arrival 240, resolution 480, of working time.
class TicketTimeTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        CatalogContent content;
        content.skills = { { u"tv"_s, u"Televisions"_s } };
        content.categories = { { u"led-tv"_s, u"LED TVs"_s, u"tv"_s, 90 } };
        content.products = { { m_product, u"SKU-1"_s, u"TV One"_s, u"Maker"_s, u"led-tv"_s } };
        QVERIFY2(m_catalog.load(content), "the catalogue cannot be loaded");
        m_region = file(m_stranger).region;
        QCOMPARE(run([&](Session &s) { return m_tickets.addCalendars(s, { calendar("ny") }); }), 1);
    }

    void init()
    {
        m_clock.set(when(u"2026-11-23T10:00-05:00"_s));
        m_customer = callerOf(api::Role::customer, u"Customer A"_s);
        QVERIFY(run([&](Session &s) { return m_tickets.learnCoverage(s, plan(m_customer), {}); }));
    }

    void aCoveredTicketHasTheClocksOfItsPlan()
    {
        const api::Ticket filed = file(m_customer);

        const QStringList expected { u"2026-11-23T10:15-05:00"_s,
                                     u"2026-11-23T10:30-05:00"_s,
                                     u"2026-11-23T14:00-05:00"_s,
                                     u"2026-11-24T10:00-05:00"_s };
        const api::TicketSla seen = sla(m_manager, filed.id);
        QCOMPARE(seen.clocks.size(), 4);
        for (qsizetype i = 0; i < 4; ++i)
            QCOMPARE(*seen.clocks.at(i).dueAt, when(expected.at(i)));
        QCOMPARE(seen.timeZone, u"America/New_York"_s);
        QCOMPARE(row(filed.id).arriveBy, when(expected.at(2)));
        QCOMPARE(timerOf(filed.id), row(filed.id).wakeAt);
    }

    void aCustomerSeesArrivalAndResolutionAndAStrangerNothing()
    {
        const api::Ticket filed = file(m_customer);

        QCOMPARE(sla(m_customer, filed.id).clocks.size(), 2);
        const auto strange = run([&](Session &s) { return m_tickets.sla(s, m_stranger, filed.id); });
        QCOMPARE(strange.error().kind, ProblemKind::notFound);
    }

    void aPlanThatBecomesKnownLateStartsItsClocksFromFiling()
    {
        const Caller newcomer = callerOf(api::Role::customer, u"Newcomer"_s);
        const api::Ticket filed = file(newcomer);
        QVERIFY(sla(m_manager, filed.id).clocks.isEmpty());
        m_clock.advance(20min);

        QVERIFY(run([&](Session &s) { return m_tickets.learnCoverage(s, plan(newcomer), {}); }));

        const api::TicketSla seen = sla(m_manager, filed.id);
        QCOMPARE(*seen.clocks.at(2).dueAt, when(u"2026-11-23T14:00-05:00"_s));
        QCOMPARE(seen.clocks.at(0).state, api::SlaClockState::breached);
        QCOMPARE(timerOf(filed.id), row(filed.id).wakeAt);
    }

    void aPlanThatBecomesKnownWhileTheTicketIsBeingFiledIsNotMissed()
    {
        const Caller newcomer = callerOf(api::Role::customer, u"Newcomer"_s);
        api::TicketId filed;
        QVERIFY(run([&](Session &filing) -> Result<void> {
            filed = TRY(m_tickets.open(filing, { { newcomer, draft() } })).first()->id;
            // The other transaction does not see this one, nor this one that.
            return run([&](Session &s) { return m_tickets.learnCoverage(s, plan(newcomer), {}); });
        }));
        QVERIFY(sla(m_manager, filed).clocks.isEmpty());

        const QString key = u"cover:"_s + newcomer.account.toString();
        for (const auto later : { 2s, 60s }) {
            const Firing set = *asOwner([&](Session &s) { return s.one<Firing>(lastTimerWithPayload, key); });
            QCOMPARE(when(set.due), m_clock.now() + later);
            m_clock.advance(later);
            const TimerFired firing { u"ticket"_s, key, when(set.due), m_clock.now(), set.payload };
            QVERIFY(run([&](Session &s) { return m_tickets.wake(s, firing, {}); }));
            QVERIFY(!sla(m_manager, filed).clocks.isEmpty());
        }
        QCOMPARE(events(filed, "ticket.covered"), 1);
        const Firing last = *asOwner([&](Session &s) { return s.one<Firing>(lastTimerWithPayload, key); });
        QVERIFY(when(last.due) <= m_clock.now()); // it comes to an end
    }

    void aPauseStopsTheClocksAndIsSeenByAll()
    {
        const api::Ticket filed = file(m_customer);
        m_clock.advance(30min);

        const auto paused = pause(m_manager, filed.id, api::PauseReason::laterDay);
        QCOMPARE(paused->paused, api::PauseReason::laterDay);
        QVERIFY(!sla(m_customer, filed.id).clocks.first().dueAt);
        QCOMPARE(events(filed.id, "ticket.paused"), 1);
        QCOMPARE(pause(m_manager, filed.id, api::PauseReason::access).error().code, u"ticket.moved-on"_s);

        m_clock.advance(2h);
        QVERIFY(run([&](Session &s) { return m_tickets.resume(s, m_manager, filed.id); }));
        QCOMPARE(*sla(m_customer, filed.id).clocks.first().dueAt, when(u"2026-11-23T16:00-05:00"_s));
        QVERIFY(!run([&](Session &s) { return m_tickets.resume(s, m_manager, filed.id); }));
        QCOMPARE(actions(filed.id), QStringList({ u"open"_s, u"pause"_s, u"resume"_s }));
    }

    void aPauseUntilYesterdayIsRefusedByItsField()
    {
        const api::Ticket filed = file(m_customer);
        api::NewPause yesterday;
        yesterday.until = m_clock.now() - 24h;

        const auto refused
            = run([&](Session &s) { return m_tickets.pause(s, m_manager, filed.id, yesterday); });

        QCOMPARE(refused.error().fields.first().pointer, u"/until"_s);
    }

    void aPauseEndsByItself()
    {
        const api::Ticket filed = file(m_customer);
        QVERIFY(pause(m_manager, filed.id, api::PauseReason::laterDay));

        QCOMPARE(fireNext(filed.id), when(u"2026-11-26T10:00-05:00"_s));

        QVERIFY(!row(filed.id).paused);
        QCOMPARE(actions(filed.id).last(), u"resume"_s);
    }

    void whoeverArrivesWaitsNoLonger()
    {
        const api::Ticket filed = file(m_customer);
        const Caller expert = givenEnRoute(filed);
        QVERIFY(pause(expert, filed.id, api::PauseReason::noShow));

        QVERIFY(run([&](Session &s) { return m_tickets.arrive(s, expert, filed.id); }));

        QVERIFY(!row(filed.id).paused);
        QCOMPARE(open(filed.id, openPauses), 0);
    }

    void nobodyIsSentWhileTheCustomerIsWaitedFor()
    {
        const api::Ticket filed = file(m_customer);
        QVERIFY(pause(m_manager, filed.id, api::PauseReason::laterDay));

        givenAssigned(filed);

        QCOMPARE(row(filed.id).state, TicketState::open);
        QCOMPARE(events(filed.id, "ticket.assignment_refused"), 1);
    }

    void anExpertPausesOnlyTheirOwnTicket()
    {
        const api::Ticket filed = file(m_customer);
        const Caller other = callerOf(api::Role::expert, u"Other"_s);

        QCOMPARE(pause(other, filed.id, api::PauseReason::access).error().kind, ProblemKind::notFound);
    }

    void anEditedCalendarMovesTheDeadlinesOfOpenTicketsInPieces()
    {
        // More than one piece of a review.
        QList<api::TicketId> open;
        for (int i = 0; i < 250; ++i)
            open.append(file(m_customer).id);
        const api::Ticket answered = file(m_customer);
        givenAccepted(answered);
        const Caller admin = callerOf(api::Role::admin, u"Admin"_s);
        api::CalendarContent closed = sample::calendar(u"ny"_s);
        api::Holiday storm;
        storm.name = typed<Text<1, 80>>(u"Blizzard"_s);
        storm.rule = api::HolidayRule::date;
        storm.date = typed<Text<10, 10>>(u"2026-11-23"_s);
        closed.holidays.append(storm);

        QVERIFY(run([&](Session &s) { return m_tickets.editCalendar(s, admin, m_region, closed); }));
        finishReviews();

        // Nothing of Monday counts: Tuesday 9:00 + 4 h.
        for (const api::TicketId &id : open) {
            QCOMPARE(row(id).arriveBy, when(u"2026-11-24T13:00-05:00"_s));
            QCOMPARE(timerOf(id), row(id).wakeAt);
        }
        // What was kept under the old calendar stays kept, and is explained by it.
        const api::SlaClock accepted = sla(m_manager, answered.id).clocks.at(1);
        QCOMPARE(accepted.state, api::SlaClockState::met);
        QCOMPARE(*accepted.dueAt, when(u"2026-11-23T10:30-05:00"_s));
        QVERIFY(sla(m_manager, answered.id).clocks.at(3).calendarVersion > accepted.calendarVersion);

        QVERIFY(run([&](Session &s) {
            return m_tickets.editCalendar(s, admin, m_region, sample::calendar(u"ny"_s));
        }));
        finishReviews();
        QCOMPARE(row(open.last()).arriveBy, when(u"2026-11-23T14:00-05:00"_s));
    }

    void aCalendarThatChangedMeanwhileIsNotOverwritten()
    {
        Caller admin = callerOf(api::Role::admin, u"Admin"_s);
        admin.ifMatch = 999;
        const auto edit = [&](const QString &region, const api::CalendarContent &content) {
            return run([&](Session &s) { return m_tickets.editCalendar(s, admin, region, content); });
        };

        QCOMPARE(edit(m_region, sample::calendar(u"ny"_s)).error().kind, ProblemKind::stale);
        QCOMPARE(edit(u"atlantis"_s, sample::calendar(u"ny"_s)).error().kind, ProblemKind::notFound);
        api::CalendarContent broken = sample::calendar(u"ny"_s);
        broken.timeZone = typed<Text<1, 60>>(u"Mars/Olympus"_s);
        QCOMPARE(edit(m_region, broken).error().fields.first().pointer, u"/timeZone"_s);
    }

    void aSilentExpertLosesTheJobOnce()
    {
        const api::Ticket filed = file(m_customer);
        const Caller expert = givenAssigned(filed);
        const Instant due = row(filed.id).wakeAt.value();

        QCOMPARE(due, when(u"2026-11-23T10:10-05:00"_s));
        fireNext(filed.id);
        QVERIFY(fire(filed.id, due)); // told a second time

        QCOMPARE(row(filed.id).state, TicketState::open);
        QCOMPARE(row(filed.id).round, 2);
        QCOMPARE(events(filed.id, "ticket.silent"), 1);
        const auto visits = run([&](Session &s) { return ticket_store::visits(s, filed.id); });
        QCOMPARE(visits->last().state, api::VisitState::withdrawn);
        QCOMPARE(visits->last().note, u"silent"_s);
        // The customer was never told of this expert, so there is nothing to take back.
        const auto history = run([&](Session &s) { return m_tickets.history(s, m_customer, filed.id); });
        QCOMPARE(history->items.size(), 1);
        const auto late = run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); });
        QCOMPARE(late.error().kind, ProblemKind::conflict);
    }

    void aSilenceThatFailedHalfWayHappensOnceAfterwards()
    {
        const api::Ticket filed = file(m_customer);
        givenAssigned(filed);
        const Instant due = row(filed.id).wakeAt.value();
        m_clock.set(due);

        const auto killed = run([&](Session &s) -> Result<void> {
            TRY(m_tickets.wake(s, firing(filed.id, due), {}));
            return fail(Problem::internal(u"killed before the commit"_s));
        });
        QVERIFY(!killed);
        QVERIFY(fire(filed.id, due));

        QCOMPARE(events(filed.id, "ticket.silent"), 1);
        QCOMPARE(row(filed.id).silentExperts, 1);
    }

    void managersHearOnceOfManySilentExperts()
    {
        const Caller uncovered = callerOf(api::Role::customer, u"No plan"_s);
        const api::Ticket filed = file(uncovered);

        for (int i = 0; i < 5; ++i) {
            givenAssigned(filed, row(filed.id).round);
            QVERIFY(row(filed.id).state == TicketState::assigned);
            fireNext(filed.id);
        }

        QCOMPARE(events(filed.id, "ticket.silent"), 5);
        QCOMPARE(events(filed.id, "ticket.escalated"), 1);
        QCOMPARE(row(filed.id).escalation, 1);
    }

    void anAnsweredExpertKeepsTheJob()
    {
        const api::Ticket filed = file(m_customer);
        const Caller expert = givenAssigned(filed);
        const Instant due = row(filed.id).wakeAt.value();
        QVERIFY(run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); }));
        m_clock.set(due);

        QVERIFY(fire(filed.id, due)); // crossed the answer

        QCOMPARE(row(filed.id).state, TicketState::accepted);
        QCOMPARE(events(filed.id, "ticket.silent"), 0);
    }

    void aTicketNobodyTakesIsMatchedAgainThenAManagerHears()
    {
        const Caller uncovered = callerOf(api::Role::customer, u"No plan"_s);
        const api::Ticket filed = file(uncovered);

        QCOMPARE(fireNext(filed.id), when(u"2026-11-23T10:30-05:00"_s));
        QCOMPARE(events(filed.id, "ticket.rematched"), 1);
        QCOMPARE(row(filed.id).round, 2);
        QCOMPARE(events(filed.id, "ticket.escalated"), 0);

        QCOMPARE(fireNext(filed.id), when(u"2026-11-23T11:00-05:00"_s));
        QCOMPARE(events(filed.id, "ticket.escalated"), 1);
        QVERIFY(!row(filed.id).wakeAt);
        QVERIFY(!timerOf(filed.id));
    }

    void aLateArrivalIsToldToTheCustomerOnce()
    {
        const api::Ticket filed = file(m_customer);
        givenAccepted(filed);

        QCOMPARE(fireNext(filed.id), when(u"2026-11-23T13:30-05:00"_s)); // half an hour before
        QCOMPARE(row(filed.id).escalation, 1);
        QCOMPARE(events(filed.id, "ticket.delayed"), 0);
        QCOMPARE(fireNext(filed.id), when(u"2026-11-23T14:00-05:00"_s));
        QCOMPARE(row(filed.id).escalation, 2);
        QCOMPARE(events(filed.id, "ticket.delayed"), 1);

        // A pause moves what is still to come, not what has been.
        QVERIFY(pause(m_manager, filed.id, api::PauseReason::access));
        m_clock.advance(30min);
        QVERIFY(run([&](Session &s) { return m_tickets.resume(s, m_manager, filed.id); }));
        QCOMPARE(fireNext(filed.id), when(u"2026-11-24T09:30-05:00"_s)); // resolution, an hour before
        QCOMPARE(events(filed.id, "ticket.delayed"), 1);
        QCOMPARE(open(filed.id, escalationsOf), 3);
    }

    void escalationsStopWhenTheStateMovesOn()
    {
        const api::Ticket filed = file(m_customer);
        const Caller expert = givenEnRoute(filed);
        QVERIFY(run([&](Session &s) { return m_tickets.arrive(s, expert, filed.id); }));
        complete(expert, filed.id);

        QCOMPARE(fireNext(filed.id), when(u"2026-11-23T10:00-05:00"_s) + reopenWindow);

        QCOMPARE(row(filed.id).state, TicketState::closed);
        QCOMPARE(events(filed.id, "ticket.closed"), 1);
        QCOMPARE(open(filed.id, escalationsOf), 0);
        QVERIFY(!timerOf(filed.id));
    }

    void aReopenedTicketGoesOnWithWhatWasLeft()
    {
        const api::Ticket filed = file(m_customer);
        const Caller expert = givenEnRoute(filed);
        QVERIFY(run([&](Session &s) { return m_tickets.arrive(s, expert, filed.id); }));
        m_clock.advance(2h);
        complete(expert, filed.id);
        m_clock.advance(24h);

        QVERIFY(run([&](Session &s) { return m_tickets.reopen(s, m_customer, filed.id, u"Again."_s); }));

        // 2 of the 8 hours on Monday, 6 left from Tuesday 12:00: 5 until 17:00, 1 on Wednesday.
        QCOMPARE(*sla(m_manager, filed.id).clocks.at(3).dueAt, when(u"2026-11-25T10:00-05:00"_s));
        QCOMPARE(timerOf(filed.id), row(filed.id).wakeAt);
    }

    void editedRulesMoveTheTimersOfOpenTickets()
    {
        const Caller uncovered = callerOf(api::Role::customer, u"No plan"_s);
        const api::Ticket filed = file(uncovered);
        const Caller admin = callerOf(api::Role::admin, u"Admin"_s);
        const api::EscalationRules before = *run([&](Session &s) { return m_tickets.escalationRules(s); });
        api::EscalationPolicy policy = before.policy;
        policy.unassignedMinutes = { 90 };

        const auto edited = run([&](Session &s) { return m_tickets.editEscalationRules(s, admin, policy); });
        finishReviews();

        QCOMPARE(edited->version, before.version + 1);
        QCOMPARE(row(filed.id).wakeAt, when(u"2026-11-23T11:30-05:00"_s));
        QCOMPARE(timerOf(filed.id), row(filed.id).wakeAt);
        policy.rules.append(policy.rules.first());
        QCOMPARE(
            run([&](Session &s) { return m_tickets.editEscalationRules(s, admin, policy); })
                .error()
                .fields.first()
                .pointer,
            u"/rules/%1/level"_s.arg(policy.rules.size() - 1)
        );
        Caller behind = admin;
        behind.ifMatch = before.version;
        QCOMPARE(
            run([&](Session &s) { return m_tickets.editEscalationRules(s, behind, before.policy); })
                .error()
                .kind,
            ProblemKind::stale
        );
        QVERIFY(run([&](Session &s) { return m_tickets.editEscalationRules(s, admin, before.policy); }));
        finishReviews();
    }

    void randomStormsKeepTimerPauseAndClocksTrue()
    {
        for (unsigned seed = 1; seed <= 12; ++seed) {
            m_clock.set(when(u"2026-11-23T10:00-05:00"_s));
            storm(seed);
            if (QTest::currentTestFailed())
                return;
        }
    }

private:
    // Some fifty random actions, delays and firings, also repeated and stale ones.
    void storm(unsigned seed)
    {
        std::mt19937 dice(seed);
        const auto roll = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(dice); };
        const api::Ticket filed = file(roll(4) == 0 ? callerOf(api::Role::customer, u"B"_s) : m_customer);
        Caller expert;
        std::optional<Instant> old;
        for (int i = 0; i < 50; ++i) {
            const TicketRow before = row(filed.id);
            switch (roll(14)) {
            case 0:
            case 1:
                expert = givenAssigned(filed, before.round);
                break;
            case 2:
                (void)run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); });
                break;
            case 3:
                (void)run([&](Session &s) { return m_tickets.depart(s, expert, filed.id); });
                break;
            case 4:
                (void)run([&](Session &s) { return m_tickets.arrive(s, expert, filed.id); });
                break;
            case 5:
                (void)run([&](Session &s) { return m_tickets.reject(s, expert, filed.id, u"No."_s); });
                break;
            case 6:
                complete(expert, filed.id, roll(2) == 0);
                break;
            case 7:
                (void)run([&](Session &s) { return m_tickets.reopen(s, m_manager, filed.id, u"Again."_s); });
                break;
            case 8:
                (void)pause(m_manager, filed.id, api::PauseReason(roll(3)));
                break;
            case 9:
                (void)run([&](Session &s) { return m_tickets.resume(s, m_manager, filed.id); });
                break;
            case 10:
                m_clock.advance(std::chrono::minutes(roll(600)));
                break;
            case 11:
                if (old)
                    QVERIFY(fire(filed.id, *old));
                break;
            default:
                if (before.wakeAt) {
                    old = before.wakeAt;
                    m_clock.set(std::max(m_clock.now(), *before.wakeAt));
                    QVERIFY(fire(filed.id, *before.wakeAt));
                }
            }
            checkInvariants(filed.id, seed);
            if (QTest::currentTestFailed())
                return;
        }
    }

    void checkInvariants(api::TicketId id, unsigned seed)
    {
        const QByteArray where = "seed " + QByteArray::number(seed);
        TicketRow now = row(id);
        QVERIFY2(timerOf(id) == now.wakeAt, where.constData());
        QVERIFY2(open(id, openPauses) == (now.paused ? 1 : 0), where.constData());
        QVERIFY2(!now.paused || !isOver(now.state), where.constData());
        const auto changes = run([&](Session &s) { return ticket_store::history(s, id); });
        int escalated = 0;
        for (const ChangeRow &change : *changes)
            escalated += change.action == "escalate"_L1 ? 1 : 0;
        QVERIFY2(open(id, escalationsOf) == escalated, where.constData());
        QVERIFY2(changes->last().toState == now.state, where.constData());
        // Working it all out again changes nothing: what is stored is what follows from the history.
        const QList<ClockRow> clocks = *run([&](Session &s) { return sla_store::clocks(s, id); });
        const auto wakeAt = now.wakeAt;
        QVERIFY(run([&](Session &s) { return TicketClocks().settle(s, now, {}); }));
        QVERIFY2(now.wakeAt == wakeAt, where.constData());
        QVERIFY2(*run([&](Session &s) { return sla_store::clocks(s, id); }) == clocks, where.constData());
    }

    template <class Work>
    std::invoke_result_t<Work, Session &> run(Work work)
    {
        return m_db.database().transact("squad_ticket", work);
    }

    CalendarRow calendar(const char *name)
    {
        return { m_region, 1, sample::calendar(QString::fromLatin1(name)), u"Test"_s, m_clock.now() };
    }

    static CoverageRow plan(const Caller &customer)
    {
        return { .subscriptionId = api::SubscriptionId::make(),
                 .customerId = customer.account,
                 .categories = { u"led-tv"_s },
                 .priority = api::Priority::high,
                 .assignMinutes = 15,
                 .acceptMinutes = 30,
                 .arriveMinutes = 240,
                 .resolveMinutes = 480,
                 .counting = api::SlaCounting::workingTime };
    }

    api::NewTicket draft() const
    {
        return {
            .productId = m_product,
            .subject = typed<Text<1, 200>>(u"Black picture"_s),
            .description = {},
            .serialNumber = {},
            .contactName = typed<api::Name>(u"Customer A"_s),
            .contactPhone = typed<Phone>(u"212-555-0100"_s),
            .address = { typed<Text<1, 200>>(u"1 Main Street"_s),
                         {},
                         typed<Text<1, 100>>(u"New York"_s),
                         typed<Text<2, 2>>(u"NY"_s),
                         typed<ZipCode>(u"10001"_s) },
            .customerId = {},
        };
    }

    api::Ticket file(const Caller &by)
    {
        const auto answers = run([&](Session &s) { return m_tickets.open(s, { { by, draft() } }); });
        if (!answers)
            qFatal("%s", qPrintable(answers.error().detail));
        return *answers->first();
    }

    TicketRow row(api::TicketId id)
    {
        return *run([&](Session &s) { return s.one<TicketRow>(ticketRow, id); });
    }

    int open(api::TicketId id, const Statement &statement)
    {
        return *run([&](Session &s) { return s.one<int>(statement, id); });
    }

    api::TicketSla sla(const Caller &by, api::TicketId id)
    {
        return *run([&](Session &s) { return m_tickets.sla(s, by, id); });
    }

    QStringList actions(api::TicketId id)
    {
        QStringList actions;
        const auto history = run([&](Session &s) { return ticket_store::history(s, id); });
        for (const ChangeRow &change : *history)
            actions.append(change.action);
        return actions;
    }

    Result<api::Ticket> pause(const Caller &by, api::TicketId id, api::PauseReason reason)
    {
        api::NewPause pause;
        pause.reason = reason;
        return run([&](Session &s) { return m_tickets.pause(s, by, id, pause); });
    }

    Caller givenAssigned(const api::Ticket &ticket, int round = 1)
    {
        const Caller expert = callerOf(api::Role::expert, u"Expert"_s);
        const AssignmentProposed proposal {
            ticket.id, round, expert.account, expert.name, Id<api::DecisionConcept>::make(), u"nearest"_s
        };
        (void)run([&](Session &s) { return m_tickets.take(s, proposal, {}); });
        return expert;
    }

    Caller givenAccepted(const api::Ticket &ticket)
    {
        const Caller expert = givenAssigned(ticket);
        (void)run([&](Session &s) { return m_tickets.accept(s, expert, ticket.id); });
        return expert;
    }

    Caller givenEnRoute(const api::Ticket &ticket)
    {
        const Caller expert = givenAccepted(ticket);
        (void)run([&](Session &s) { return m_tickets.depart(s, expert, ticket.id); });
        return expert;
    }

    void complete(const Caller &expert, api::TicketId id, bool anotherVisit = false)
    {
        const api::Completion done { anotherVisit ? api::CompletionOutcome::anotherVisit
                                                  : api::CompletionOutcome::fixed,
                                     typed<Text<1, 4000>>(u"Done."_s) };
        (void)run([&](Session &s) { return m_tickets.complete(s, expert, id, done); });
    }

    TimerFired firing(api::TicketId id, Instant due) const
    {
        return { u"ticket"_s, id.toString(), due, m_clock.now(), {} };
    }

    Result<void> fire(api::TicketId id, Instant due)
    {
        if (row(id).wakeAt == due)
            m_spent.insert(id, lastTimerOf(id)->seq);
        return run([&](Session &s) { return m_tickets.wake(s, firing(id, due), {}); });
    }

    // Lets time pass until the ticket's timer fires. When that was.
    Instant fireNext(api::TicketId id)
    {
        const std::optional<Instant> due = row(id).wakeAt;
        if (!due)
            qFatal("the ticket has no timer");
        m_clock.set(*due);
        if (!fire(id, *due))
            qFatal("the firing failed");
        return *due;
    }

    // What the timer service was last told.
    std::optional<LastTimer> lastTimerOf(api::TicketId id)
    {
        return *asOwner([&](Session &s) { return s.maybe<LastTimer>(lastTimer, id.toString()); });
    }

    // The timer that is set, unless it has fired.
    std::optional<Instant> timerOf(api::TicketId id)
    {
        const std::optional<LastTimer> last = lastTimerOf(id);
        if (!last || !last->due || m_spent.value(id) == last->seq)
            return std::nullopt;
        return when(*last->due);
    }

    int events(api::TicketId id, const char *type)
    {
        return *asOwner([&](Session &s) {
            return s.one<int>(countEvents, id.toString(), QString::fromLatin1(type));
        });
    }

    // Fires the timers that carry reviews until all have come to their end, in whatever time that takes.
    void finishReviews()
    {
        QHash<QString, QJsonObject> fired;
        for (bool again = true; again;) {
            again = false;
            const auto set = asOwner([&](Session &s) { return s.many<Firing>(reviews); });
            for (const Firing &each : *set) {
                if (m_reviewed.value(each.key) == each.payload)
                    continue;
                m_reviewed.insert(each.key, each.payload);
                const TimerFired firing {
                    u"ticket"_s, each.key, when(each.due), m_clock.now(), each.payload
                };
                QVERIFY(run([&](Session &s) { return m_tickets.wake(s, firing, {}); }));
                again = true;
            }
        }
    }

    // The ticket service itself may only publish: what was published is read as the log's owner.
    template <class Work>
    std::invoke_result_t<Work, Session &> asOwner(Work work)
    {
        return m_owner.transact("squad_owner", work);
    }

    TestDatabase m_db;
    Database m_owner { { m_db.ownerUrl(), 1 } };
    ManualClock m_clock { toInstant(QDateTime(QDate(2026, 11, 23), QTime(15, 0), Qt::UTC)) };
    GatewayService m_gateway { m_db.database(), m_clock, { 8, u"northeast"_s } };
    CatalogService m_catalog { m_db.database(), m_clock };
    ExpertService m_experts { m_db.database(), m_gateway, m_clock };
    TicketService m_tickets { { m_catalog, m_gateway.localities(), m_experts, m_clock } };
    const api::ProductId m_product = api::ProductId::make();
    QString m_region;
    QHash<QString, QJsonObject> m_reviewed;
    QHash<api::TicketId, qint64> m_spent; // the timers that have fired, by their commands
    Caller m_customer;
    const Caller m_stranger = callerOf(api::Role::customer, u"Stranger"_s);
    const Caller m_manager = callerOf(api::Role::manager, u"Manager"_s);
};

QTEST_GUILESS_MAIN(TicketTimeTest)
#include "ticket_time_test.moc"

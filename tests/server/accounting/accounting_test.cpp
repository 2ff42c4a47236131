#include "server/db/connection.h"
#include "server/services/accounting/accounting_routes.h"
#include "server/services/matching/matching_events.h"
#include "tests/server/accounting/accounting_probe.h"

#include <QRandomGenerator>
#include <QTest>

#include <atomic>

using api::TicketState;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

qint64 ticketsIn(const api::Accounting &accounts, api::TicketPlace place)
{
    qint64 tickets = 0;
    for (const api::RegionBalance &region : accounts.regions)
        tickets += region.places.at(static_cast<qsizetype>(place)).tickets;
    return tickets;
}

// Somebody who does whatever is possible to whatever ticket. Most of it is refused, as it should be.
class Hand
{
public:
    Hand(DispatchProbe &world, QList<api::TicketId> tickets, quint32 seed)
        : m_world(world)
        , m_tickets(std::move(tickets))
        , m_random(seed)
    {
    }

    void act(int times)
    {
        for (int i = 0; i < times; ++i)
            actOnce(m_tickets.at(m_random.bounded(m_tickets.size())));
    }

private:
    void actOnce(api::TicketId id)
    {
        const api::Ticket ticket = m_world.ticket(id);
        Caller expert;
        if (ticket.expert) {
            expert.account = ticket.expert->id;
            expert.role = api::Role::expert;
            expert.name = ticket.expert->name;
        }
        const TicketService &tickets = m_world.tickets();
        const api::Completion completion { m_random.bounded(3) == 0 ? api::CompletionOutcome::anotherVisit
                                                                    : api::CompletionOutcome::fixed,
                                           *Text<1, 4000>::parse(u"Done."_s) };
        const int what = m_random.bounded(12);
        static_cast<void>(m_world.db().database().transact("squad_ticket", [&](Session &session) {
            if (what < 2)
                return tickets.accept(session, expert, id);
            if (what < 3)
                return tickets.reject(session, expert, id, u"ill"_s);
            if (what < 5)
                return tickets.depart(session, expert, id);
            if (what < 7)
                return tickets.arrive(session, expert, id);
            if (what < 9)
                return tickets.complete(session, expert, id, completion);
            if (what < 10)
                return tickets.reopen(session, m_world.manager(), id, u"broken again"_s);
            if (what < 11)
                return tickets.escalate(session, m_world.manager(), id, u"it takes long"_s);
            return m_random.bounded(4) == 0
                ? tickets.cancel(session, m_world.customer(), id, u"works again"_s)
                : tickets.fetch(session, m_world.customer(), id);
        }));
    }

    DispatchProbe &m_world;
    QList<api::TicketId> m_tickets;
    QRandomGenerator m_random;
};

} // namespace

// The accounts of a system that works: even at rest and in a storm, and never a false alarm.
class AccountingTest : public QObject
{
    Q_OBJECT

private slots:
    void anEmptySystemIsEven()
    {
        AccountingProbe probe;
        QVERIFY(!probe.accounts().balanced); // nobody has looked yet

        probe.look(1);

        QVERIFY(probe.accounts().balanced);
        QCOMPARE(probe.accounts().created, 0);
        QVERIFY(probe.accounts().sweep.completedAt.has_value());
    }

    void everyTicketIsInThePlaceItIsIn()
    {
        AccountingProbe probe;
        DispatchProbe &world = probe.world();
        world.givenExpert({ .name = u"A"_s });
        const api::TicketId done = world.file();
        QVERIFY(world.settle());
        world.complete(done);
        QVERIFY(world.settle());
        world.file(); // goes to A
        QVERIFY(world.settle());
        world.file(2); // nobody is left
        world.cancel(world.file());

        probe.look();

        const api::Accounting accounts = probe.accounts();
        QVERIFY(accounts.balanced);
        QCOMPARE(accounts.created, 5);
        QCOMPARE(ticketsIn(accounts, api::TicketPlace::completed), 1);
        QCOMPARE(ticketsIn(accounts, api::TicketPlace::assigned), 1);
        QCOMPARE(ticketsIn(accounts, api::TicketPlace::waiting), 2);
        QCOMPARE(ticketsIn(accounts, api::TicketPlace::cancelled), 1);
    }

    void regionsAreKeptApart()
    {
        AccountingProbe probe;
        probe.world().file(3);
        probe.world().file(2, u"90001"_s);

        probe.look();

        const api::Accounting accounts = probe.accounts();
        QCOMPARE(accounts.regions.size(), 2);
        QCOMPARE(accounts.regions.at(0).region, u"northeast"_s);
        QCOMPARE(accounts.regions.at(0).created, 3);
        QCOMPARE(accounts.regions.at(1).region, u"west"_s);
        QCOMPARE(accounts.regions.at(1).created, 2);
    }

    // No grace at all: what keeps it quiet is that it knows which news is still on its way.
    void aStormOfActionsNeverRaisesADifference_data()
    {
        QTest::addColumn<quint32>("seed");
        for (const quint32 seed : { 1U, 2U, 3U })
            QTest::addRow("seed %u", seed) << seed;
    }

    void aStormOfActionsNeverRaisesADifference()
    {
        QFETCH(const quint32, seed);
        AccountingService::Options options = AccountingProbe::quick();
        options.audit.grace = 0ms;
        options.interval = 1ms;
        options.restFactor = 0;
        AccountingProbe probe(options);
        DispatchProbe &world = probe.world();
        for (int i = 0; i < 12; ++i)
            world.givenExpert({ .name = u"Expert %1"_s.arg(i), .milesNorth = 0.5 * i });
        const QList<api::TicketId> tickets = world.file(30);

        probe.accounting().start();
        std::vector<std::thread> hands;
        for (quint32 i = 0; i < 3; ++i)
            hands.emplace_back([&, i] { Hand(world, tickets, seed * 10 + i).act(250); });
        for (std::thread &hand : hands)
            hand.join();
        probe.accounting().stop();
        probe.look();

        const api::Accounting accounts = probe.accounts();
        for (const api::Repair &repair : accounts.repairs)
            qWarning("%s: %s", qPrintable(enumName(repair.kind)), qPrintable(repair.action));
        QVERIFY(accounts.repairs.isEmpty());
        QCOMPARE(probe.differences(), QString());
        QVERIFY(accounts.balanced);
        QCOMPARE(accounts.created, tickets.size());
        QVERIFY(accounts.alarms.isEmpty());
        QMap<TicketState, qint64> states;
        for (const api::TicketId &id : tickets)
            ++states[world.ticket(id).state];
        QCOMPARE(ticketsIn(accounts, api::TicketPlace::completed), states.value(TicketState::completed));
        QCOMPARE(ticketsIn(accounts, api::TicketPlace::cancelled), states.value(TicketState::cancelled));
        QCOMPARE(
            ticketsIn(accounts, api::TicketPlace::open) + ticketsIn(accounts, api::TicketPlace::waiting),
            states.value(TicketState::open)
        );
    }

    // While a consumer does not get on, sources disagree about everything, and nothing is wrong but that.
    void newsThatIsOnItsWayIsNoDifference()
    {
        AccountingProbe probe;
        DispatchProbe &world = probe.world();
        probe.look(1);
        const auto blocker = Connection::open(world.db().superuserUrl());
        QVERIFY(blocker.has_value());
        QVERIFY((*blocker)->script("begin; update matching.owner set node = node"));
        world.file(3);

        for (int i = 0; i < 10; ++i) {
            world.clock().advance(1h);
            QVERIFY(probe.accounting().look());
        }
        QVERIFY(probe.accounts().differences.isEmpty());
        QVERIFY((*blocker)->script("commit"));
        probe.look();

        QVERIFY(probe.accounts().repairs.isEmpty());
        QVERIFY(probe.accounts().balanced);
        QCOMPARE(probe.accounts().created, 3);
    }

    // Nobody is looked for while the customer is waited for, and that is as it should be.
    void aTicketThatWaitsForItsCustomerIsInOrder()
    {
        AccountingProbe probe;
        DispatchProbe &world = probe.world();
        const api::TicketId id = world.file();
        QVERIFY(world.settle());
        const auto paused = world.db().database().transact("squad_ticket", [&](Session &session) {
            return world.tickets().pause(session, world.manager(), id, api::NewPause {});
        });
        QVERIFY(paused.has_value());

        probe.look(6);

        QVERIFY(probe.accounts().repairs.isEmpty());
        QVERIFY(probe.accounts().balanced);
    }

    // What was filed before there were books is entered when they are opened, and is nobody's fault.
    void theStockIsTakenWhenTheBooksAreOpened()
    {
        AccountingService::Options options = AccountingProbe::quick();
        options.audit.slice = 2; // several looks make a round
        AccountingProbe probe(options);
        probe.world().file(7);
        QVERIFY(probe.world().settle());
        probe.corrupt(u"truncate accounting.ticket, accounting.tally"_s);

        probe.look(8);

        QVERIFY(probe.accounts().repairs.isEmpty());
        QVERIFY(probe.accounts().balanced);
        QCOMPARE(probe.accounts().created, 7);
        QCOMPARE(ticketsIn(probe.accounts(), api::TicketPlace::waiting), 7);
    }

    void aRoundInPiecesMissesNothing()
    {
        AccountingService::Options options = AccountingProbe::quick();
        options.audit.slice = 3;
        options.audit.activeSlice = 2;
        options.audit.otherSlice = 2;
        AccountingProbe probe(options);
        const QList<api::TicketId> tickets = probe.world().file(20);
        probe.look(12);
        probe.corrupt(u"delete from ticket.ticket where id = '%1'"_s.arg(tickets.at(13).toString()));

        probe.look(20);

        QCOMPARE(probe.differences(), u"lost"_s); // that matching waited for it was mended
        QCOMPARE(probe.accounts().differences.first().ticketId, tickets.at(13));
    }

    void onlyOneNodeLooksAtATime()
    {
        AccountingProbe probe;
        const auto outer = probe.world().db().database().transact(
            "squad_accounting",
            [&](Session &session) -> Result<bool> {
                if (!TRY(accounting_store::hold(session)))
                    return fail(Problem::internal(u"nobody should be looking"_s));
                return probe.accounting().look();
            }
        );

        QVERIFY(outer.has_value());
        QVERIFY(!*outer);
    }

    void whatStopsOnOneServerIsAnAlarmOnAll()
    {
        AccountingService::Options options = AccountingProbe::quick();
        options.node = u"first"_s;
        AccountingProbe probe(options);
        options.node = u"second"_s;
        options.groups = { u"matching"_s };
        PostgresBus idle(probe.world().db().database(), { .url = probe.world().db().url() });
        AccountingService second(probe.sources(), idle, {}, options);
        const auto names = [&probe] {
            QStringList all;
            for (const api::Alarm &alarm : probe.accounts().alarms)
                all.append(alarm.name);
            return all.join(u' ');
        };

        // A consumer that belongs to the second server and does not run there
        QVERIFY(second.look());
        probe.look(3);
        QCOMPARE(names(), u"worker.matching.second"_s);
        QVERIFY(readiness(probe.accounting()).contains("matching does not run on second."));

        // And then nothing is heard of that server at all
        probe.corrupt(
            u"update accounting.node set seen_at = seen_at - interval '2 minutes' where name = 'second'"_s
        );
        probe.look(8);
        QCOMPARE(names(), u"node.second"_s);

        // Until it is back
        QVERIFY(second.look());
        probe.look(8);
        QCOMPARE(names(), u"worker.matching.second"_s);
    }

    void aDeadLetterIsAnAlarmThatStaffAreToldOfAndReadinessNames()
    {
        AccountingProbe probe;
        probe.look(1);
        QCOMPARE(readiness(probe.accounting()), QByteArray("ready\n"));

        probe.world().publish("squad_matching", u"matching.due"_s, u"shifts"_s, { { u"at"_s, u"never"_s } });
        QVERIFY(QTest::qWaitFor([&] {
            probe.look(1);
            return !probe.accounts().alarms.isEmpty();
        }));

        QCOMPARE(probe.accounts().alarms.first().name, u"consumer.matching.dead"_s);
        QCOMPARE(probe.toldStaff(u"accounting.changed"_s), 1);
        const QByteArray text = readiness(probe.accounting());
        QVERIFY(text.startsWith("ready, with alarms\n- matching has given up on 1 event"));
        QVERIFY(probe.accounts().balanced); // of the tickets, nothing is missing
    }
};

QTEST_GUILESS_MAIN(AccountingTest)
#include "accounting_test.moc"

#include "tests/server/accounting/accounting_probe.h"

#include <QTest>

using api::TicketState;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// Every way in which a database can be spoilt by hand, or by a bug, is found; and what can be mended is.
class CorruptionTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<AccountingProbe> m_probe;
    QHash<QString, QString> m_names; // what stands for what in the SQL

    // A ticket in each place, and an expert with nothing to do.
    void fill()
    {
        DispatchProbe &world = m_probe->world();
        const auto name = [this](const QString &each, const auto &id) {
            m_names.insert(u'{' + each + u'}', u'\'' + id.toString() + u'\'');
        };
        name(u"idle"_s, world.givenExpert({ .name = u"Idle"_s, .area = u"900"_s }).id);
        // One after the other, so that it is known who gets what.
        for (const QString &ticket : { u"assigned"_s, u"busy"_s, u"done"_s }) {
            const api::Expert expert = world.givenExpert({ .name = ticket });
            name(ticket + u" expert"_s, expert.id);
            const api::TicketId id = world.file();
            QVERIFY(world.settle());
            QCOMPARE(world.expertOf(id), ticket);
            name(ticket, id);
            if (ticket == u"done"_s) {
                world.complete(id);
                world.setAvailability(expert, api::Availability::offDuty);
            }
        }
        const api::TicketId cancelled = world.file();
        name(u"waiting"_s, world.file());
        name(u"cancelled"_s, cancelled);
        world.cancel(cancelled);
        name(u"nothing"_s, api::TicketId::make());
        m_probe->look();
        QCOMPARE(m_probe->differences(), QString());
        QVERIFY(m_probe->accounts().balanced);
        QCOMPARE(m_probe->accounts().created, 5);
    }

    [[nodiscard]] QString spelledOut(QString sql) const
    {
        for (auto each = m_names.constBegin(); each != m_names.constEnd(); ++each)
            sql.replace(each.key(), each.value());
        return sql;
    }

private slots:
    void init()
    {
        m_probe = std::make_unique<AccountingProbe>();
        m_names.clear();
        fill();
    }
    void cleanup() { m_probe.reset(); }

    void whatAccountingCanMendIsFoundAndMended_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("kinds"); // as they are found and then mended

        QTest::newRow("the event that opened a ticket never reached matching")
            << u"delete from matching.waiting where ticket_id = {waiting}"_s << u"unmatched"_s;
        QTest::newRow("a proposal was lost on its way")
            << u"update matching.waiting set proposed = true where ticket_id = {waiting}"_s
            << u"matchStuck"_s;
        QTest::newRow("that nobody fits was never told")
            << u"update matching.waiting set decision_id = null where ticket_id = {waiting}"_s
            << u"matchStuck"_s;
        QTest::newRow("an expert is busy with a completed ticket")
            << u"update matching.expert set state = 'busy', ticket_id = {done} where id = {idle}"_s
            << u"heldInVain"_s;
        QTest::newRow("an expert is reserved for a ticket that waits")
            << u"update matching.expert set state = 'reserved', ticket_id = {waiting} where id = {idle}"_s
            << u"heldInVain"_s;
        QTest::newRow("an expert is busy with somebody else's ticket")
            << u"update matching.expert set state = 'busy', ticket_id = {assigned} where id = {idle}"_s
            << u"heldInVain"_s;
        QTest::newRow("an expert is busy with a ticket that never was")
            << u"update matching.expert set state = 'busy', ticket_id = {nothing} where id = {idle}"_s
            << u"heldInVain"_s;
        QTest::newRow("an expert is free in the middle of a job")
            << u"update matching.expert set state = 'free', ticket_id = null where id = {busy expert}"_s
            << u"notHeld"_s;
        QTest::newRow("matching looks for somebody for a cancelled ticket")
            << u"insert into matching.waiting select {cancelled}, summary, job, skill, zip, since, next_try, "
               "proposed, decision_id, trace_id from matching.waiting where ticket_id = {waiting}"_s
            << u"strayWaiting"_s;
        QTest::newRow("a visit goes on after the ticket was completed")
            << u"update ticket.visit set state = 'inProgress', ended_at = null where ticket_id = {done}"_s
            << u"strayVisit"_s;
        QTest::newRow("no event ever reached the books")
            << u"delete from accounting.ticket where id = {assigned}; "
               "update accounting.tally set tickets = tickets - 1 where place in ('assigned', 'created')"_s
            << u"unheard"_s;
        QTest::newRow("the last event never reached the books")
            << u"update accounting.ticket set version = version - 1, place = 'open', expert_id = null where "
               "id = {assigned}; "
               "update accounting.tally set tickets = tickets - 1 where place = 'assigned'; "
               "insert into accounting.tally values ('northeast', 'open', 1) on conflict (region, place) do "
               "update set tickets = tally.tickets + 1"_s
            << u"behind"_s;
        QTest::newRow("a timer was lost")
            << u"delete from timer.timer where key = {assigned}"_s << u"mistimed"_s;
        QTest::newRow("a timer is set to another time")
            << u"update timer.timer set due_at = due_at + interval '1 second' where key = {done}"_s
            << u"mistimed"_s;
        QTest::newRow("a timer and what the ticket knew of it are lost")
            << u"update ticket.ticket set wake_at = null where id = {done}; "
               "delete from timer.timer where key = {done}"_s
            << u"mistimed"_s;
        QTest::newRow("a cancelled ticket has a timer")
            << u"insert into timer.timer select owner, {cancelled}, due_at, bus_key, trace_id, recurrence, "
               "payload from timer.timer where key = {done}"_s
            << u"mistimed"_s;
        QTest::newRow("a timer belongs to a ticket that never was")
            << u"update timer.timer set key = {nothing} where key = {done}; "
               "insert into timer.timer select owner, {done}, due_at, bus_key, trace_id, recurrence, payload "
               "from timer.timer where key = {nothing}"_s
            << u"mistimed"_s;
        QTest::newRow("the expert was never told")
            << u"delete from push.feed where audience = {assigned expert}"_s << u"untold"_s;
    }

    void whatAccountingCanMendIsFoundAndMended()
    {
        QFETCH(const QString, sql);
        QFETCH(const QString, kinds);

        m_probe->corrupt(spelledOut(sql));
        m_probe->lookItThrough();

        QCOMPARE(m_probe->differences(), QString());
        QCOMPARE(m_probe->repairs(), kinds);
        QVERIFY(m_probe->accounts().balanced);
        QCOMPARE(m_probe->accounts().created, 5);
        QVERIFY(m_probe->accounts().alarms.isEmpty());
    }

    void whatNobodyCanMendIsFoundAndLeftToAPerson_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("kinds");
        QTest::addColumn<QString>("ticket");

        QTest::newRow("a ticket is gone") << u"delete from ticket.ticket where id = {waiting}; delete from "
                                             u"matching.waiting where ticket_id = "
                                             "{waiting}"_s
                                          << u"lost"_s << u"{waiting}"_s;
        QTest::newRow("a ticket is gone without a trace")
            << u"delete from ticket.ticket where id = {done}; delete from ticket.change where ticket_id = "
               "{done}; delete from ticket.visit where ticket_id = {done}"_s
            << u"lost"_s << u"{done}"_s;
        QTest::newRow("a state was changed behind everybody's back")
            << u"update ticket.ticket set state = 'closed' where id = {done}"_s << u"altered, historyBroken"_s
            << u"{done}"_s;
        QTest::newRow("a ticket was moved to another region")
            << u"update ticket.ticket set region = 'west' where id = {waiting}"_s << u"altered"_s
            << u"{waiting}"_s;
        QTest::newRow("a round was taken back")
            << u"update ticket.ticket set round = 7 where id = {done}"_s << u"altered"_s << u"{done}"_s;
        QTest::newRow("the last row of a history is missing")
            << u"delete from ticket.change where ticket_id = {done} and to_state = 'completed'"_s
            << u"historyBroken"_s << u"{done}"_s;
        QTest::newRow("a row in the middle of a history is missing")
            << u"delete from ticket.change where ticket_id = {done} and to_state = 'accepted'"_s
            << u"historyBroken"_s << u"{done}"_s;
        QTest::newRow("a history is gone") << u"delete from ticket.change where ticket_id = {cancelled}"_s
                                           << u"historyBroken"_s << u"{cancelled}"_s;
        QTest::newRow("the visit of an assigned ticket is gone")
            << u"delete from ticket.visit where ticket_id = {assigned}"_s << u"noVisit"_s << u"{assigned}"_s;
        QTest::newRow("the visit is somebody else's")
            << u"update ticket.visit set expert_id = {idle} where ticket_id = {assigned}"_s << u"noVisit"_s
            << u"{assigned}"_s;
        QTest::newRow("two experts are on their way to one ticket")
            << u"drop index ticket.visit_one_per_ticket; insert into ticket.visit select gen_random_uuid(), "
               "ticket_id, {idle}, 'Idle', state, assigned_at from ticket.visit where ticket_id = "
               "{assigned}"_s
            << u"noVisit"_s << u"{assigned}"_s;
    }

    void whatNobodyCanMendIsFoundAndLeftToAPerson()
    {
        QFETCH(const QString, sql);
        QFETCH(const QString, kinds);
        QFETCH(const QString, ticket);
        const int told = m_probe->toldStaff(u"accounting.changed"_s);

        m_probe->corrupt(spelledOut(sql));
        m_probe->lookItThrough();

        QCOMPARE(m_probe->differences(), kinds);
        const api::Accounting accounts = m_probe->accounts();
        QVERIFY(!accounts.balanced);
        for (const api::Difference &difference : accounts.differences) {
            QVERIFY(difference.needsPerson);
            QCOMPARE(u'\'' + difference.ticketId.toString() + u'\'', m_names.value(ticket));
            QVERIFY(difference.sources.size() >= 2);
        }
        QVERIFY(accounts.repairs.isEmpty());
        QCOMPARE(accounts.alarms.size(), 1);
        QCOMPARE(accounts.alarms.first().name, u"accounting.differences"_s);
        // Once, however often it was looked at since.
        QCOMPARE(m_probe->toldStaff(u"accounting.changed"_s), told + 1);
    }

    void aLostTicketShowsInTheBalanceOfItsRegion()
    {
        m_probe->corrupt(spelledOut(u"delete from ticket.ticket where id = {done}"_s));
        m_probe->look();

        const api::Accounting accounts = m_probe->accounts();
        QCOMPARE(accounts.regions.size(), 1);
        QCOMPARE(accounts.regions.first().created, 5);
        QCOMPARE(accounts.regions.first().missing, 1);
        QCOMPARE(accounts.regions.first().places.at(int(api::TicketPlace::completed)).tickets, 0);
    }

    void aTotalThatIsWrongIsCountedAnew()
    {
        m_probe->corrupt(u"update accounting.tally set tickets = tickets + 3 where place = 'completed'"_s);
        m_probe->look(1);

        const api::Accounting accounts = m_probe->accounts();
        QVERIFY(accounts.balanced);
        QCOMPARE(m_probe->repairs(), u"miscounted"_s);
        QCOMPARE(accounts.regions.first().places.at(int(api::TicketPlace::completed)).tickets, 1);
    }

    // What a repair is for, beyond the accounts being even again.
    void aTicketThatMatchingForgotGetsItsExpert()
    {
        m_probe->corrupt(spelledOut(u"delete from matching.waiting where ticket_id = {waiting}"_s));
        m_probe->lookItThrough();
        m_probe->world().givenExpert({ .name = u"New"_s });

        QVERIFY(m_probe->world().settle());
        const auto id = *api::TicketId::parse(m_names.value(u"{waiting}"_s).sliced(1).chopped(1));
        QCOMPARE(m_probe->world().expertOf(id), u"New"_s);
    }

    void whatCannotBeMendedIsTriedThreeTimesAndThenLeftToAPerson()
    {
        // Whatever is written for this ticket disappears again.
        m_probe->corrupt(spelledOut(
            u"create function matching.swallow() returns trigger language plpgsql as $$ begin return null; "
            u"end "
            "$$; create trigger swallow before insert on matching.waiting for each row execute function "
            "matching.swallow(); alter table matching.waiting enable always trigger swallow; "
            "delete from matching.waiting where ticket_id = {waiting}"_s
        ));
        m_probe->lookItThrough();

        QCOMPARE(m_probe->differences(), u"unmatched"_s);
        QVERIFY(m_probe->accounts().differences.first().needsPerson);
        QCOMPARE(m_probe->accounts().differences.first().attempts, 3);
        QCOMPARE(m_probe->world().events(u"ticket.restated"_s), 3);
        m_probe->lookItThrough();
        QCOMPARE(m_probe->world().events(u"ticket.restated"_s), 3);
        QCOMPARE(m_probe->accounts().alarms.size(), 1);
    }
};

QTEST_GUILESS_MAIN(CorruptionTest)
#include "corruption_test.moc"

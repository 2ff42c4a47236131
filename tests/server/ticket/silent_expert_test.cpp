#include "server/services/timer/timer_service.h"
#include "tests/server/matching/dispatch_probe.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;
const TimerService::Options onlyWhenWoken { .firing = { .safetyLook = 10min } };

} // namespace

// Ticket, matching and timer service together, over a real bus: what nobody answers goes to the next one.
class SilentExpertTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<DispatchProbe>();
        m_timers = std::make_unique<TimerService>(m_probe->db().database(), m_probe->clock(), onlyWhenWoken);
        m_probe->alsoRead(
            [this](PostgresBus &bus, MatchingService &) {
                m_timers->watch(bus);
                bus.subscribe(m_timers->consumer());
            },
            1
        );
        m_probe->startNode();
        m_timers->start();
    }

    void cleanup()
    {
        m_timers->stop();
        m_probe->stopNode();
        m_timers.reset();
        m_probe.reset();
    }

    void whatNobodyAnswersGoesToTheNextAndAManagerHearsOnce()
    {
        const QStringList names { u"Ada"_s, u"Ben"_s, u"Cleo"_s, u"Dan"_s };
        for (int i = 0; i < 4; ++i)
            m_probe->givenExpert({ .name = names.at(i), .milesNorth = i + 1.0 });
        const api::TicketId id = m_probe->file();

        for (const QString &name : names) {
            QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(id), name, patience);
            QVERIFY(m_probe->settle());
            pass(10min);
        }

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->events(u"ticket.silent"_s), 4, patience);
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), QString());
        QCOMPARE(m_probe->events(u"ticket.escalated"_s), 1);
        QCOMPARE(m_probe->events(u"ticket.assigned"_s), 4);
    }

    void whoeverDoesNotAnswerIsAskedForNothingForAWhile()
    {
        m_probe->givenExpert({ .name = u"Ada"_s, .milesNorth = 1 });
        m_probe->givenExpert({ .name = u"Ben"_s, .milesNorth = 2 });
        m_probe->givenExpert({ .name = u"Cleo"_s, .milesNorth = 3 });
        const api::TicketId first = m_probe->file();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(first), u"Ada"_s, patience);
        QVERIFY(m_probe->settle());
        pass(10min);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(first), u"Ben"_s, patience);

        const api::TicketId second = m_probe->file();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(second), u"Cleo"_s, patience);
    }

    void whatWaitedForWhoeverDidNotAnswerIsOfferedWhenTheWhileIsOver()
    {
        // Given the only expert, asked for one ticket while another waits
        m_probe->givenExpert({ .name = u"Ada"_s });
        const api::TicketId first = m_probe->file();
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(first), u"Ada"_s, patience);
        const api::TicketId second = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(second), QString());

        // When there is no answer, and then nothing happens any more: no timer of a ticket either
        pass(10min);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->events(u"ticket.silent"_s), 1, patience);
        QVERIFY(m_probe->settle());
        m_timers->stop();
        QVERIFY(m_probe->matching().remindOfShifts());
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(second), QString());
        m_probe->clock().advance(30min);
        QVERIFY(m_probe->matching().remindOfShifts());

        // Then the other one is offered
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(second), u"Ada"_s, patience);
    }

    void nobodyIsLookedForWhileTheCustomerIsWaitedFor()
    {
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());
        api::NewPause pause;
        pause.reason = api::PauseReason::laterDay;
        pause.until = m_probe->clock().now() + 2h;
        QVERIFY(m_probe->db().database().transact("squad_ticket", [&](Session &session) {
            return m_probe->tickets().pause(session, m_probe->manager(), id, pause);
        }));
        QVERIFY(m_probe->settle());

        m_probe->givenExpert({ .name = u"Ada"_s });
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), QString());

        pass(2h);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->expertOf(id), u"Ada"_s, patience);
        QVERIFY(!m_probe->ticket(id).paused);
    }

private:
    void pass(std::chrono::milliseconds time)
    {
        m_probe->clock().advance(time);
        m_timers->wake();
    }

    std::unique_ptr<DispatchProbe> m_probe;
    std::unique_ptr<TimerService> m_timers;
};

QTEST_GUILESS_MAIN(SilentExpertTest)
#include "silent_expert_test.moc"

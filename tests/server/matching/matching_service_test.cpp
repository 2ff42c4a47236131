#include "server/services/user/user_events.h"
#include "tests/server/matching/dispatch_probe.h"

#include <QTest>

using api::Availability;
using api::DecisionOutcome;
using api::TicketState;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// From events to assignments, with the real ticket service, bus and database.
class MatchingServiceTest : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<DispatchProbe> m_probe; // a fresh one for each test

    [[nodiscard]] QMap<TicketState, int> count(const QList<api::TicketId> &tickets)
    {
        QMap<TicketState, int> states;
        for (const api::TicketId &id : tickets)
            ++states[m_probe->ticket(id).state];
        return states;
    }

private slots:
    void init() { m_probe = std::make_unique<DispatchProbe>(); }
    void cleanup() { m_probe.reset(); }

    // Choosing ---------------------------------------------------------------

    void aFiledTicketGetsTheBestExpertAndTheReasonIsKept()
    {
        m_probe->givenExpert({ .name = u"Far"_s, .milesNorth = 15 });
        m_probe->givenExpert({ .name = u"Near"_s, .milesNorth = 2 });
        m_probe->givenExpert({ .name = u"Off"_s, .milesNorth = 1, .availability = Availability::offDuty });
        m_probe->givenExpert({ .name = u"Elsewhere"_s, .area = u"900"_s });
        m_probe->startNode();

        const api::TicketId id = m_probe->file();

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), u"Near"_s);
        const QList<api::Decision> decisions = m_probe->decisions(id);
        QCOMPARE(decisions.size(), 1);
        QCOMPARE(decisions.first().outcome, DecisionOutcome::assigned);
        QCOMPARE(decisions.first().considered, 3);
        QStringList names;
        for (const api::Candidate &candidate : decisions.first().candidates)
            names += candidate.name;
        QCOMPARE(names, QStringList({ u"Near"_s, u"Far"_s, u"Off"_s }));
        QCOMPARE(decisions.first().candidates.last().missing, QStringList(u"is off duty"_s));
    }

    void ticketsOfOneBatchNeverShareAnExpert()
    {
        const auto tickets = m_probe->file(5);
        m_probe->announce({ m_probe->expert({ .name = u"A"_s }), m_probe->expert({ .name = u"B"_s }) });

        m_probe->startNode();

        QVERIFY(m_probe->settle());
        QCOMPARE(count(tickets).value(TicketState::assigned), 2);
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 0);
    }

    void expertsWhoComeOnDutyTogetherAllGetWork()
    {
        m_probe->startNode();
        const auto tickets = m_probe->file(3);
        QVERIFY(m_probe->settle());

        // All would rather have the same ticket; one transaction, so most likely one batch.
        m_probe->announce({ m_probe->expert({ .name = u"A"_s, .milesNorth = 3 }),
                            m_probe->expert({ .name = u"B"_s, .milesNorth = 1 }),
                            m_probe->expert({ .name = u"C"_s, .milesNorth = 2 }) });

        QVERIFY(m_probe->settle());
        QCOMPARE(count(tickets).value(TicketState::assigned), 3);
    }

    // Waiting ----------------------------------------------------------------

    void whenNobodyFitsTheTicketSaysWhyUntilSomebodyComesOnDuty()
    {
        const api::Expert expert
            = m_probe->givenExpert({ .name = u"Ada"_s, .availability = Availability::offDuty });
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(*m_probe->ticket(id).waitingFor, u"1 expert serves 10001: 1 is off duty."_s);

        m_probe->setAvailability(expert, Availability::available);

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), u"Ada"_s);
        QVERIFY(!m_probe->ticket(id).waitingFor);
        QCOMPARE(m_probe->decisions(id).size(), 2);
    }

    void waitingOnIsTheSameDecisionAndNoNews()
    {
        m_probe->givenExpert({ .name = u"Ada"_s, .availability = Availability::offDuty });
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());
        const Instant before = m_probe->decisions(id).first().at;

        for (int day = 1; day <= 5; ++day) {
            m_probe->clock().advance(24h);
            QVERIFY(m_probe->matching().remindOfShifts());
            QVERIFY(m_probe->settle());
        }

        QCOMPARE(m_probe->decisions(id).size(), 1);
        QVERIFY(m_probe->decisions(id).first().at > before);
        QCOMPARE(m_probe->events(u"ticket.match_failed"_s), 1);
    }

    void aShiftThatBeginsIsWorkForWhatWaited()
    {
        m_probe->clock().advance(-4h); // 06:00
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());
        QVERIFY(m_probe->ticket(id).waitingFor->contains(u"the next shift begins at 08:00"_s));
        m_probe->clock().advance(2h - 1ms);
        QVERIFY(m_probe->matching().remindOfShifts());
        QVERIFY(m_probe->settle());
        QVERIFY(m_probe->expertOf(id).isEmpty());

        m_probe->clock().advance(1ms);
        QVERIFY(m_probe->matching().remindOfShifts());

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), u"Ada"_s);
    }

    // Nothing happens in the morning that anybody would tell matching of.
    void whoFinishedAfterHoursGetsWhatWaitedTheNextMorning()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        const api::TicketId second = m_probe->file();
        QVERIFY(m_probe->settle());
        m_probe->clock().advance(9h); // 19:00
        m_probe->complete(first);
        QVERIFY(m_probe->settle());
        QVERIFY(m_probe->expertOf(second).isEmpty());

        m_probe->clock().advance(13h); // 08:00
        QVERIFY(m_probe->matching().remindOfShifts());

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(second), u"Ada"_s);
    }

    void aFreedExpertIsSentToTheNearTicketNotToTheOldest()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        const api::TicketId far = m_probe->file(u"10099"_s); // 20 miles away
        m_probe->clock().advance(20min);
        const api::TicketId near = m_probe->file();
        QVERIFY(m_probe->settle());

        m_probe->complete(first);
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(near), u"Ada"_s);
        m_probe->complete(near);

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(far), u"Ada"_s);
    }

    void butTheFarTicketIsNotForgottenForAlwaysNearerOnes()
    {
        m_probe->givenExpert({ .name = u"Ada"_s, .fromHour = 0, .toHour = 24 });
        m_probe->startNode();
        api::TicketId current = m_probe->file();
        QVERIFY(m_probe->settle());
        const api::TicketId far = m_probe->file(u"10099"_s);
        int served = 0;
        while (m_probe->expertOf(far).isEmpty() && served < 20) {
            const api::TicketId next = m_probe->file();
            QVERIFY(m_probe->settle());
            m_probe->clock().advance(30min);
            m_probe->complete(current);
            QVERIFY(m_probe->settle());
            current = next;
            ++served;
        }

        QVERIFY(served > 1 && served < 20);
    }

    void aPlanThatBecomesKnownWhileTheTicketWaitsMakesItUrgent()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        const api::TicketId plain = m_probe->file();
        m_probe->clock().advance(10min);
        const Caller member = m_probe->anotherCustomer();
        const api::TicketId covered = m_probe->fileFor(member);
        QVERIFY(m_probe->settle());
        m_probe->clock().advance(20min);

        m_probe->sellUrgentPlan(member);
        QVERIFY(m_probe->settle());
        m_probe->complete(first);

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(covered), u"Ada"_s);
        QVERIFY(m_probe->expertOf(plain).isEmpty());
    }

    // Giving back ------------------------------------------------------------

    void whoTurnsAJobDownIsNeverAskedForItAgain()
    {
        QList<api::Expert> experts;
        for (const char *name : { "A", "B", "C" })
            experts += m_probe->givenExpert({ .name = QString::fromLatin1(name) });
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QSet<QString> asked;
        for (int i = 0; i < 3; ++i) {
            QVERIFY(m_probe->settle());
            QVERIFY(!asked.contains(m_probe->expertOf(id)));
            asked.insert(m_probe->expertOf(id));
            m_probe->reject(id);
        }
        QVERIFY(m_probe->settle());
        QVERIFY(m_probe->ticket(id).waitingFor->contains(u"3 were asked before"_s));

        for (const api::Expert &expert : experts) {
            m_probe->setAvailability(expert, Availability::offDuty);
            m_probe->setAvailability(expert, Availability::available);
        }
        m_probe->clock().advance(24h);
        QVERIFY(m_probe->matching().remindOfShifts());

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->ticket(id).state, TicketState::open);
        m_probe->givenExpert({ .name = u"D"_s });
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), u"D"_s);
    }

    void whatNeedsAnotherVisitIsMatchedAgain()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());

        m_probe->complete(id, api::CompletionOutcome::anotherVisit);

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->ticket(id).state, TicketState::assigned);
        QCOMPARE(m_probe->ticket(id).visits.size(), 2);
    }

    void aCancelledTicketFreesItsExpert()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        const api::TicketId second = m_probe->file();
        QVERIFY(m_probe->settle());

        m_probe->cancel(first);

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(second), u"Ada"_s);
    }

    void aTicketCancelledWhileAnExpertIsBeingChosenFreesThem()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        const api::TicketId first = m_probe->file();
        m_probe->cancel(first); // before anybody has read that it was opened

        m_probe->startNode();

        QVERIFY(m_probe->settle());
        const api::TicketId second = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(second), u"Ada"_s);
    }

    // By hand ----------------------------------------------------------------

    void aManagerWhoTakesOverFreesTheOneAndOccupiesTheOther()
    {
        m_probe->givenExpert({ .name = u"Ada"_s, .milesNorth = 1 });
        const api::Expert bob = m_probe->givenExpert({ .name = u"Bob"_s, .milesNorth = 9 });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(first), u"Ada"_s);

        m_probe->assign(first, bob);
        QVERIFY(m_probe->settle());
        const auto others = m_probe->file(2);

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(first), u"Bob"_s);
        QCOMPARE(count(others).value(TicketState::assigned), 1); // Ada has one, nobody has the other
    }

    // The proposal for Ada and the manager's order to Ada cross each other: the one is refused, the other
    // stands.
    void aRefusedProposalDoesNotFreeWhomAManagerGaveTheSameJob()
    {
        const api::Expert ada = m_probe->givenExpert({ .name = u"Ada"_s });
        const api::TicketId id = m_probe->file();
        // The matching group alone reads on, up to its proposal; then the manager is quicker.
        m_probe->startNode(DispatchProbe::Reads::matchingOnly);
        QVERIFY(QTest::qWaitFor([&] { return m_probe->events(u"ticket.assignment_proposed"_s) == 1; }, 60'000)
        );
        m_probe->stopNode();
        m_probe->assign(id, ada);

        m_probe->startNode();

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 1);
        const api::TicketId second = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->ticket(second).state, TicketState::open);
        QVERIFY(m_probe->ticket(second).waitingFor->contains(u"1 has another job"_s));
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 1);
    }

    // Trouble ----------------------------------------------------------------

    void aNodeThatStartsGoesOnWhereTheLastOneStopped()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        const api::TicketId second = m_probe->file();
        m_probe->stopNode(); // wherever it is by now
        m_probe->givenExpert({ .name = u"Bob"_s });
        m_probe->complete(first);

        m_probe->startNode();

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->ticket(second).state, TicketState::assigned);
    }

    void whatAnotherNodeDecidedMeanwhileIsNotDecidedAgain()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        m_probe->startNode();
        QVERIFY(m_probe->settle()); // its memory: Ada is free
        m_probe->pauseNode();
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(first), u"Ada"_s);
        m_probe->stopNode();

        m_probe->resumeNode();
        const api::TicketId second = m_probe->file();

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->ticket(second).state, TicketState::open);
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 0);
    }

    void anEventThatCannotBeReadStopsNobodyElse()
    {
        m_probe->givenExpert({ .name = u"Ada"_s });
        const api::TicketId first = m_probe->file();
        const QString broken = api::TicketId::make().toString();
        m_probe->publish("squad_ticket", u"ticket.opened"_s, broken, { { u"ticket"_s, 1 } });
        const api::TicketId second = m_probe->file();

        m_probe->startNode(); // all of it in one batch, which fails half way and is read again in parts

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(first), u"Ada"_s);
        QVERIFY(m_probe->ticket(second).waitingFor->contains(u"1 has another job"_s));
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 0);
    }

    void aJobOrAPositionMayBeHeardOfBeforeItsExpert()
    {
        const api::Expert late = m_probe->expert({ .name = u"Ada"_s });
        m_probe->publish(
            "squad_users",
            u"user.expert_moved"_s,
            late.id.toString(),
            json::encode(ExpertMoved { late.id, { 40.8, -74 } }).toObject()
        );
        m_probe->startNode();
        QVERIFY(m_probe->settle());
        m_probe->stopNode(); // so that the next one reads what was kept of it
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(*m_probe->ticket(id).waitingFor, u"No expert has the skill \"tv\"."_s);

        m_probe->announce(QList { late });

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(id), u"Ada"_s);
    }

    void yesterdaysJobsDoNotWeighToday()
    {
        m_probe->givenExpert({ .name = u"Ada"_s, .milesNorth = 2, .fromHour = 0, .toHour = 24 });
        m_probe->startNode();
        const api::TicketId first = m_probe->file();
        QVERIFY(m_probe->settle());
        m_probe->complete(first);
        m_probe->givenExpert({ .name = u"Bob"_s, .milesNorth = 3, .fromHour = 0, .toHour = 24 });
        QVERIFY(m_probe->settle());
        const api::TicketId second = m_probe->file();
        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(second), u"Bob"_s); // a job less: worth more than a mile
        m_probe->givenExpert({ .name = u"Cid"_s, .milesNorth = 3, .fromHour = 0, .toHour = 24 });

        m_probe->clock().advance(24h);
        const api::TicketId third = m_probe->file();

        QVERIFY(m_probe->settle());
        QCOMPARE(m_probe->expertOf(third), u"Ada"_s);
    }

    // Several nodes ----------------------------------------------------------

    void nodesThatTakeTurnsBookNobodyTwice()
    {
        QList<api::Expert> experts;
        for (int i = 0; i < 30; ++i)
            experts += m_probe->expert({ .name = u"Expert %1"_s.arg(i), .milesNorth = i * 0.3 });
        m_probe->announce(experts);
        for (int i = 0; i < 3; ++i)
            m_probe->startNode();
        QList<api::TicketId> tickets;
        int completed = 0;
        for (int i = 0; i < 60; ++i) {
            tickets += m_probe->file();
            const api::TicketId &earlier = tickets.at(i / 2);
            if (m_probe->ticket(earlier).state == TicketState::assigned) {
                m_probe->complete(earlier);
                ++completed;
            }
        }

        QVERIFY(m_probe->settle());
        QCOMPARE(count(tickets).value(TicketState::completed), completed);
        QCOMPARE(count(tickets).value(TicketState::assigned), std::min(30, 60 - completed));
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 0);
    }

    // Explaining -------------------------------------------------------------

    void anExpertSeesWhyThemAndNothingOfColleagues()
    {
        const api::Expert ada = m_probe->givenExpert({ .name = u"Ada"_s, .milesNorth = 1 });
        const api::Expert bob = m_probe->givenExpert({ .name = u"Bob"_s, .milesNorth = 2 });
        m_probe->startNode();
        const api::TicketId id = m_probe->file();
        QVERIFY(m_probe->settle());

        const auto own = m_probe->explain(DispatchProbe::callerOf(ada), id);

        QCOMPARE(own->decisions.size(), 1);
        QCOMPARE(own->decisions.first().candidates.size(), 1);
        QCOMPARE(own->decisions.first().candidates.first().name, u"Ada"_s);
        QVERIFY(!own->decisions.first().candidates.first().terms.isEmpty());
        QVERIFY(!own->decisions.first().summary.contains(u"Bob"_s));
        QCOMPARE(m_probe->decisions(id).first().candidates.size(), 2);
        const auto stranger = m_probe->explain(DispatchProbe::callerOf(bob), id);
        QCOMPARE(stranger.error().kind, ProblemKind::notFound);
    }

    // Many -------------------------------------------------------------------

    void fiveHundredTicketsAndTwoHundredExpertsEndWithoutALossOrADoubleBooking()
    {
        QList<api::Expert> experts;
        for (int i = 0; i < 200; ++i) {
            experts += m_probe->expert(
                { .name = u"Expert %1"_s.arg(i), .milesNorth = i * 0.05, .fromHour = 0, .toHour = 24 }
            );
        }
        m_probe->announce(experts);
        m_probe->startNode();
        QList<api::TicketId> tickets;
        for (int i = 0; i < 10; ++i)
            tickets += m_probe->file(50);

        int rounds = 0;
        int completed = 0;
        while (completed < 500 && ++rounds <= 5) {
            QVERIFY(m_probe->settle());
            QSet<QString> busy;
            for (const api::TicketId &id : std::as_const(tickets)) {
                const api::Ticket ticket = m_probe->ticket(id);
                if (ticket.state != TicketState::assigned)
                    continue;
                QVERIFY2(!busy.contains(ticket.expert->name), qPrintable(ticket.expert->name));
                busy.insert(ticket.expert->name);
            }
            QCOMPARE(busy.size(), std::min(200, 500 - completed));
            for (const api::TicketId &id : std::as_const(tickets)) {
                if (m_probe->ticket(id).state != TicketState::assigned || !busy.remove(m_probe->expertOf(id)))
                    continue;
                m_probe->complete(id);
                ++completed;
            }
        }

        QVERIFY(m_probe->settle());
        QCOMPARE(count(tickets).value(TicketState::completed), 500);
        QCOMPARE(m_probe->events(u"ticket.assignment_refused"_s), 0);
    }
};

QTEST_GUILESS_MAIN(MatchingServiceTest)
#include "matching_service_test.moc"

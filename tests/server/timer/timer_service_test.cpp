#include "server/events/outbox.h"
#include "tests/server/timer/timer_probe.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;
// The doors that are open to a stopped clock: a look every so often would hide a wake-up that is missing.
const TimerService::Options onlyWhenWoken { .firing = { .safetyLook = 10min } };
const Instant start = instantFromText(u"2026-11-23T09:00:00Z"_s).value();

} // namespace

class TimerServiceTest : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_probe = std::make_unique<TimerProbe>();
        m_clock = std::make_unique<ManualClock>(start);
        m_node = std::make_unique<TimerNode>(
            m_probe->database(), m_probe->test().url(), *m_clock, onlyWhenWoken
        );
        m_node->start();
    }

    void cleanup()
    {
        m_node.reset();
        m_probe.reset();
    }

    void aTimerFiresWhenItsTimeHasComeAndNotBefore()
    {
        m_probe->set(u"a"_s, start + 10min, { { u"stage"_s, u"arrive"_s } });
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 1, patience);

        moveTo(start + 10min - 1ms);
        QVERIFY(looksAgain());
        QCOMPARE(m_probe->heardKeys(), QStringList());
        moveTo(start + 10min);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), QStringList { u"a"_s }, patience);
        const Heard heard = m_probe->heard().first();
        QCOMPARE(toText(heard.dueAt), toText(start + 10min));
        QCOMPARE(toText(heard.firedAt), toText(start + 10min));
        QCOMPARE(heard.payload, (QJsonObject { { u"stage"_s, u"arrive"_s } }));
        QCOMPARE(m_probe->pending(), 0);
    }

    void aFiringTravelsUnderTheKeyOfItsCommandAndSaysWhatCausedIt()
    {
        m_probe->publish({ SetTimer { u"ticket"_s, u"t1-arrive"_s, start, {} } }, u"t1"_s);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), 1, patience);
        QCOMPARE(m_probe->heard().first().busKey, u"t1"_s);
        QCOMPARE(m_probe->heard().first().traceId, u"trace-t1-arrive"_s);
    }

    void aTimeThatHasPassedFiresAtOnce()
    {
        m_probe->set(u"late"_s, start - 24h);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), QStringList { u"late"_s }, patience);
    }

    void aTimerThatIsSetAgainFiresOnceAtItsLastTime()
    {
        m_probe->set(u"a"_s, start + 1min);
        m_probe->set(u"a"_s, start + 2min);
        m_probe->set(u"b"_s, start + 4min);
        m_probe->set(u"b"_s, start + 3min);
        QTRY_VERIFY_WITH_TIMEOUT(m_probe->isTakenIn(m_node->bus()), patience);

        moveTo(start + 1min);
        QVERIFY(looksAgain());
        QCOMPARE(m_probe->heardKeys(), QStringList());
        moveTo(start + 3min);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), (QStringList { u"a"_s, u"b"_s }), patience);
        moveTo(start + 5min);
        QVERIFY(looksAgain());
        QCOMPARE(m_probe->heardKeys().size(), 2);
    }

    void aCancelledTimerDoesNotFire()
    {
        m_probe->set(u"a"_s, start + 1min);
        m_probe->set(u"b"_s, start + 1min);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 2, patience);
        m_probe->cancel(u"a"_s);
        m_probe->cancel(u"never set"_s);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 1, patience);

        moveTo(start + 1min);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), QStringList { u"b"_s }, patience);
    }

    void theLastOfSeveralCommandsInABatchCounts()
    {
        const auto set = [](const QString &key, Instant dueAt) {
            return SetTimer { u"ticket"_s, key, dueAt, {} };
        };
        const auto cancel = [](const QString &key) { return CancelTimer { u"ticket"_s, key }; };

        m_probe->publish({ set(u"set then cancelled"_s, start + 1min),
                           cancel(u"set then cancelled"_s),
                           cancel(u"cancelled then set"_s),
                           set(u"cancelled then set"_s, start + 1min),
                           set(u"set twice"_s, start + 1min),
                           set(u"set twice"_s, start + 2min),
                           set(u"back and forth"_s, start + 1min),
                           cancel(u"back and forth"_s),
                           set(u"back and forth"_s, start + 3min) });
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 3, patience);
        moveTo(start + 1h);

        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->heardKeys(),
            (QStringList { u"cancelled then set"_s, u"set twice"_s, u"back and forth"_s }),
            patience
        );
    }

    // A bad command makes its batch fail, which is then handled again in smaller ones: neither may what was
    // gathered in the first attempt come up again later, nor may the good commands be lost.
    void aBadCommandHoldsUpNobodyElse()
    {
        const QString longKey(201, u'x');
        const QJsonObject tooMuch { { u"text"_s, QString(9000, u'x') } };
        Recurrence nowhere;
        nowhere.zone = u"Mars/Olympus_Mons"_s;

        m_probe->publish({ SetTimer { u"ticket"_s, u"first"_s, start + 1min, {} },
                           SetTimer { u"ticket"_s, longKey, start + 1min, {} },
                           SetTimer { u"Ticket; drop"_s, u"owner"_s, start + 1min, {} },
                           SetTimer { u"ticket"_s, u"payload"_s, start + 1min, tooMuch },
                           SetTimer { u"ticket"_s, u"zone"_s, start + 1min, {}, nowhere } });
        m_probe->publish({ SetTimer { u"ticket"_s, QString(), start + 1min, {} } }, u"no key"_s);
        m_probe->publish({ CancelTimer { u"ticket"_s, u"first"_s },
                           SetTimer { u"ticket"_s, u"last"_s, start + 1min, {} } });

        QTRY_COMPARE_WITH_TIMEOUT(
            m_probe->number("select count(*) from timer.timer where key = 'last'"), 1, patience
        );
        QCOMPARE(m_probe->pending(), 1);
        moveTo(start + 1min);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), QStringList { u"last"_s }, patience);
    }

    void dueTimersFireOldestFirstInBatchesOfAThousand()
    {
        QList<TimerProbe::Command> commands;
        for (int i = 0; i < 2500; ++i)
            commands += SetTimer {
                u"ticket"_s, QString::number(i), start + 1h + std::chrono::milliseconds(i * 7919 % 2500), {}
            };
        m_probe->publish(commands);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 2500, patience);

        moveTo(start + 2h);

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), 2500, patience);
        QVERIFY(std::ranges::is_sorted(m_probe->heard(), {}, &Heard::dueAt));
        QCOMPARE(
            m_probe->number("select max(n) from (select count(*) n from bus.event where type = "
                            "'timer.fired.ticket' group by xid) e"),
            1000
        );
    }

    void aRecurringTimerFiresAtEachDateUntilItIsCancelled()
    {
        // given: the last day of each month at nine in New York, from 30 November
        Recurrence monthly;
        monthly.day.value = 31;
        monthly.minute.value = 540;
        monthly.zone = u"America/New_York"_s;
        const Instant first = instantFromText(u"2026-11-30T14:00:00Z"_s).value();
        m_probe->publish({ SetTimer { u"ticket"_s, u"bill"_s, first, {}, monthly } });
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 1, patience);

        // when: nobody looks until April
        moveTo(instantFromText(u"2027-04-15T00:00:00Z"_s).value());

        // then: none is left out
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heard().size(), 5, patience);
        QStringList due;
        for (const Heard &heard : m_probe->heard())
            due += toText(heard.dueAt).left(16);
        QCOMPARE(
            due,
            (QStringList { u"2026-11-30T14:00"_s,
                           u"2026-12-31T14:00"_s,
                           u"2027-01-31T14:00"_s,
                           u"2027-02-28T14:00"_s,
                           u"2027-03-31T13:00"_s })
        );
        QCOMPARE(m_probe->pending(), 1);

        m_probe->cancel(u"bill"_s);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 0, patience);
    }

    void whatWasDueWhileNoNodeRanFiresAtTheStart()
    {
        m_probe->set(u"a"_s, start + 1min);
        m_probe->set(u"b"_s, start + 1h);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 2, patience);
        m_node.reset();

        m_clock->advance(10min);
        m_node = std::make_unique<TimerNode>(
            m_probe->database(), m_probe->test().url(), *m_clock, onlyWhenWoken
        );
        m_node->start();

        QTRY_COMPARE_WITH_TIMEOUT(m_probe->heardKeys(), QStringList { u"a"_s }, patience);
        QCOMPARE(m_probe->pending(), 1);
    }

    void healthSaysWhatIsPendingAndWhatIsOverdue()
    {
        m_probe->set(u"far"_s, start + 100h);
        m_probe->set(u"near"_s, start + 1min);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 2, patience);

        // while it runs
        const auto well = m_node->timers().health();
        QVERIFY2(well, why(well));
        QVERIFY(well->running && !well->stalled);
        QCOMPARE(well->pending, 2);
        QCOMPARE(well->due, 0);
        QVERIFY(!well->oldestDue);

        // and when it has died
        m_node->timers().stop();
        m_clock->advance(90s);
        const auto dead = m_node->timers().health();
        QVERIFY2(dead, why(dead));
        QVERIFY(!dead->running);
        QCOMPARE(dead->due, 1);
        QCOMPARE(dead->oldestDue.value(), start + 1min);
        QCOMPARE(dead->overdueMs, 30'000);
        QCOMPARE(dead->owners.size(), 1);
        QCOMPARE(dead->owners.first().owner, u"ticket"_s);
        QCOMPARE(m_node->timers().lastHealth().due, 1);
    }

    void timersThatAreDueAndDoNotMoveAreAStall()
    {
        TimerService idle(m_probe->database(), *m_clock, { .stallAfter = 100ms }); // not started
        m_node->timers().stop();
        m_probe->set(u"a"_s, start);
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 1, patience);

        QVERIFY(!idle.health().value().stalled);
        QTRY_VERIFY_WITH_TIMEOUT(idle.health().value().stalled, patience);

        // A node that fires ends it.
        m_node->timers().start();
        QTRY_VERIFY_WITH_TIMEOUT(!idle.health().value().stalled, patience);
    }

    void anOwnerCanListItsTimers()
    {
        m_probe->publish({ SetTimer { u"ticket"_s, u"a"_s, start + 1h, {} },
                           SetTimer { u"ticket"_s, u"b"_s, start + 2h, {} },
                           SetTimer { u"ticket"_s, u"c"_s, start + 3h, {} },
                           SetTimer { u"matching"_s, u"x"_s, start + 1h, {} } });
        QTRY_COMPARE_WITH_TIMEOUT(m_probe->pending(), 4, patience);

        const auto list = [this](const QString &afterKey) {
            return m_probe->database().transact(TimerService::role, [&](Session &session) {
                return m_node->timers().list(session, u"ticket"_s, afterKey, 2);
            });
        };
        const auto first = list({});
        QVERIFY2(first, why(first));
        QCOMPARE(first->size(), 2);
        QCOMPARE(first->last().key, u"b"_s);
        QCOMPARE(first->last().dueAt, start + 2h);
        const auto rest = list(first->last().key);
        QCOMPARE(rest->size(), 1);
        QCOMPARE(rest->first().key, u"c"_s);

        const auto some = m_probe->database().transact(TimerService::role, [&](Session &session) {
            return m_node->timers().find(session, u"ticket"_s, { u"b"_s, u"x"_s, u"gone"_s });
        });
        QVERIFY2(some, why(some));
        QCOMPARE(some->size(), 1);
        QCOMPARE(some->first().key, u"b"_s);
    }

    // Nobody but its services may set a timer, and nobody at all touches the table.
    void onlyServicesThatAreNamedMaySetTimers()
    {
        const auto refused = m_probe->database().transact("squad_push", [](Session &session) {
            return Outbox::publish(session, u"a"_s, SetTimer { u"push"_s, u"a"_s, start, {} }, {});
        });
        QVERIFY(!refused);
    }

private:
    void moveTo(Instant instant)
    {
        m_clock->set(instant);
        m_node->timers().wake();
    }

    // Waits for a look that began after this call: a timer that is set and due for it has fired by its end.
    [[nodiscard]] bool looksAgain()
    {
        const QString key = u"look-%1"_s.arg(++m_looks);
        m_probe->publish({ SetTimer { u"matching"_s, key, m_clock->now(), {} } });
        return QTest::qWaitFor(
            [&] {
                return m_probe->number(
                           "select count(*) from bus.event where type = 'timer.fired.matching' and payload "
                           "->> 'key' = '"
                           + key.toLatin1() + "'"
                       )
                    == 1;
            },
            patience
        );
    }

    std::unique_ptr<TimerProbe> m_probe;
    std::unique_ptr<ManualClock> m_clock;
    std::unique_ptr<TimerNode> m_node;
    int m_looks = 0;
};

QTEST_GUILESS_MAIN(TimerServiceTest)

#include "timer_service_test.moc"

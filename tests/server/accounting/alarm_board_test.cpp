#include "server/services/accounting/alarm_board.h"

#include <QTest>

using namespace Qt::StringLiterals;

class AlarmBoardTest : public QObject
{
    Q_OBJECT

private:
    AlarmBoard m_board;
    Instant m_now = *instantFromText(u"2026-11-23T10:00:00Z"_s);

    QStringList look(const QList<AlarmBoard::Condition> &conditions)
    {
        m_now += std::chrono::seconds(2);
        QStringList names;
        for (const api::Alarm &alarm : m_board.look(conditions, m_now))
            names += alarm.name;
        return names;
    }

    QStringList lookAt(const GroupHealth &group) { return look(m_board.conditionsOf({ group })); }

    static GroupHealth group(qint64 waiting, bool stalled = false, qint64 dead = 0)
    {
        return { u"matching"_s, waiting, 0, dead, {}, true, stalled };
    }

private slots:
    void init() { m_board = {}; }

    void whatIsSeenOnceIsNoAlarm()
    {
        QCOMPARE(look({ { u"a"_s, u"A."_s } }), QStringList());
        QCOMPARE(look({}), QStringList());
        QCOMPARE(look({ { u"a"_s, u"A."_s } }), QStringList());
    }

    void whatStaysIsRaisedAndClearedWhenItStaysAway()
    {
        look({ { u"a"_s, u"A."_s } });
        QCOMPARE(look({ { u"a"_s, u"A."_s } }), QStringList { u"a"_s });

        QCOMPARE(look({}), QStringList { u"a"_s });
        QCOMPARE(look({ { u"a"_s, u"A."_s } }), QStringList { u"a"_s }); // back before it was cleared
        QCOMPARE(look({}), QStringList { u"a"_s });
        QCOMPARE(look({}), QStringList { u"a"_s });
        QCOMPARE(look({}), QStringList());
    }

    void anAlarmKeepsTheTimeItWasRaisedAndTellsTheLatest()
    {
        look({ { u"a"_s, u"3 wait."_s } });
        look({ { u"a"_s, u"4 wait."_s } });
        const Instant raised = m_now;

        const auto up = m_board.look({ { u"a"_s, u"5 wait."_s } }, m_now + std::chrono::seconds(2));

        QCOMPARE(up.size(), 1);
        QCOMPARE(up.first().since, raised);
        QCOMPARE(up.first().text, u"5 wait."_s);
    }

    void whatWasUpBeforeARestartStaysUp()
    {
        m_board.restore({ { u"a"_s, u"A."_s, m_now } });

        QCOMPARE(look({ { u"a"_s, u"A."_s } }), QStringList { u"a"_s });
    }

    void aStalledConsumerIsAnAlarm()
    {
        QCOMPARE(lookAt(group(7, true)), QStringList());
        QCOMPARE(lookAt(group(7, true)), QStringList { u"consumer.matching.stalled"_s });
    }

    void aDeadLetterIsAnAlarmAtOnce()
    {
        QCOMPARE(lookAt(group(0, false, 1)), QStringList { u"consumer.matching.dead"_s });
    }

    void aQueueIsAnAlarmWhenItGrowsAndUntilItIsShort()
    {
        const QStringList queue { u"consumer.matching.queue"_s };
        for (const qint64 waiting : { 2500, 2600, 2700 })
            QCOMPARE(lookAt(group(waiting)), waiting == 2700 ? queue : QStringList());

        // It is worked off; not over before it is short.
        for (const qint64 waiting : { 2000, 1500, 1000, 600, 100, 0 })
            QCOMPARE(lookAt(group(waiting)), queue);
        QCOMPARE(lookAt(group(0)), QStringList());
    }

    void aLongQueueThatShrinksIsNoAlarm()
    {
        for (const qint64 waiting : { 9000, 7000, 5000, 3000, 1000 })
            QCOMPARE(lookAt(group(waiting)), QStringList());
    }
};

QTEST_GUILESS_MAIN(AlarmBoardTest)
#include "alarm_board_test.moc"

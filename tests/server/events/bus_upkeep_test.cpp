#include "server/db/connection.h"
#include "server/events/event_log.h"
#include "tests/server/events/bus_probe.h"
#include "tests/support/why.h"

#include <QTest>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// The days of the log: made ahead, dropped late, and never before everybody has read them.
class BusUpkeepTest : public QObject
{
    Q_OBJECT

private:
    void asBus(const std::function<Result<void>(Session &)> &work)
    {
        const auto done = m_probe->database().transact(EventLog::role, work);
        QVERIFY2(done, why(done));
    }
    void maintain()
    {
        asBus([](Session &session) { return EventLog::maintain(session, 7 * 24h, 3); });
    }
    void subscribe(const QString &group)
    {
        asBus([&](Session &session) { return EventLog::subscribe(session, *BusProbe::recorder(group)); });
    }
    QStringList fetch(const QString &group, int limit = 100)
    {
        const auto events = m_probe->database().transact(BusProbe::reader, [&](Session &session) {
            return EventLog::fetch(session, group, limit);
        });
        QStringList keys;
        for (const Event &event : events.value_or(QList<Event>()))
            keys += event.key;
        return keys;
    }
    QString ask(const QByteArray &sql)
    {
        const auto connection = *Connection::open(m_probe->test().superuserUrl());
        auto rows = connection->script(sql);
        return rows && rows->next() ? QString::fromUtf8(rows->text(0)) : u"failed"_s;
    }
    // What was published so far becomes the events of a day ten days ago.
    void age()
    {
        m_probe->administrate(R"sql(
            do $$
            declare
                v_day date := (now() at time zone 'UTC')::date - 10;
                v_name text := 'event_' || to_char(v_day, 'YYYYMMDD');
            begin
                set local role squad_owner;
                execute format('create table bus.%I (like bus.event including all)', v_name);
                execute format('insert into bus.%I select xid, seq, id, %L, type, key, version, trace_id, payload '
                    'from bus.event_other_day', v_name, v_day + time '12:00' at time zone 'UTC');
                delete from bus.event_other_day;
                execute format('alter table bus.event attach partition bus.%I for values from (%L) to (%L)', v_name,
                    v_day::timestamp at time zone 'UTC', (v_day + 1)::timestamp at time zone 'UTC');
            end $$;
        )sql");
    }
    QString kept() { return ask("select count(*) from bus.event"); }

    std::unique_ptr<BusProbe> m_probe;

private slots:
    void init() { m_probe = std::make_unique<BusProbe>(); }

    void daysAreMadeAhead()
    {
        maintain();
        maintain(); // finds them

        QCOMPARE(
            ask("select string_agg(relname, ' ' order by relname) from pg_class "
                "where relname ~ '^event_[0-9]{8}$' and relkind = 'r'"),
            ask("select string_agg('event_' || to_char((now() at time zone 'UTC')::date + n, 'YYYYMMDD'), ' "
                "' order by n) "
                "from generate_series(0, 3) n")
        );
    }

    void publishingNeedsNoDay()
    {
        subscribe(u"matching"_s);
        m_probe->publish(u"before"_s);
        maintain(); // cannot make today any more: it has begun elsewhere
        m_probe->publish(u"after"_s);

        // Maintenance left a tick between the two.
        QCOMPARE(fetch(u"matching"_s), QStringList { u"before"_s });
        QCOMPARE(fetch(u"matching"_s), QStringList { u"after"_s });
    }

    void aDayThatEveryGroupHasReadIsDropped()
    {
        subscribe(u"first"_s);
        subscribe(u"second"_s);
        m_probe->publish(u"old"_s);
        age();
        m_probe->publish(u"new"_s);
        fetch(u"first"_s);
        fetch(u"second"_s);

        maintain();

        QCOMPARE(kept(), u"1"_s);
    }

    void aDayThatOneGroupHasNotReadIsKept()
    {
        subscribe(u"first"_s);
        subscribe(u"second"_s);
        m_probe->publish(u"old"_s);
        m_probe->publish(u"old"_s);
        age();
        fetch(u"first"_s);
        fetch(u"second"_s, 1); // in the middle of a batch

        maintain();

        QCOMPARE(kept(), u"2"_s);
        QCOMPARE(fetch(u"second"_s), QStringList { u"old"_s });
    }

    void aDayIsKeptForAsLongAsWasAsked()
    {
        subscribe(u"first"_s);
        m_probe->publish(u"old"_s);
        age();
        fetch(u"first"_s);

        asBus([](Session &session) { return EventLog::maintain(session, 11 * 24h, 3); });

        QCOMPARE(kept(), u"1"_s);
    }

    void aGroupThatTheEventsDoNotConcernDoesNotKeepThem()
    {
        asBus([](Session &session) {
            Consumer other(u"other"_s, BusProbe::reader);
            other.onType(u"ticket.other"_s, {});
            return EventLog::subscribe(session, other);
        });
        m_probe->publish(u"old"_s);
        age();
        maintain(); // leaves a tick, so that even a quiet log moves on
        fetch(u"other"_s);

        maintain();

        QCOMPARE(kept(), u"0"_s);
    }

    void oldEventsOfNoDayAreDroppedOnceRead()
    {
        subscribe(u"first"_s);
        m_probe->publish(u"old"_s);
        m_probe->publish(u"new"_s);
        m_probe->administrate("update bus.event set at = at - interval '10 days' where key = 'old'");
        maintain();
        QCOMPARE(kept(), u"2"_s);
        fetch(u"first"_s);

        maintain();

        QCOMPARE(kept(), u"1"_s);
    }

    void aFailedEventOutlivesItsDay()
    {
        subscribe(u"first"_s);
        m_probe->publish(u"old"_s);
        age();
        const QString id = ask("select id from bus.event");
        const auto parked = m_probe->database().transact(BusProbe::reader, [&](Session &session) {
            return EventLog::park(session, u"first"_s, *EventId::parse(id), { u"why"_s, 0ms, 9 });
        });
        QVERIFY2(parked, why(parked));
        QCOMPARE(fetch(u"first"_s), QStringList());

        maintain();

        QCOMPARE(kept(), u"0"_s);
        const auto failed = m_probe->database().transact(BusProbe::reader, [](Session &session) {
            return EventLog::takeRetry(session, u"first"_s);
        });
        QVERIFY2(failed, why(failed));
        QVERIFY(failed->has_value());
        QCOMPARE((*failed)->event.id.toString(), id);
        QCOMPARE((*failed)->event.key, u"old"_s);
        QCOMPARE((*failed)->attempts, 1);
    }

    void aGroupThatIsGoneMayBeForgotten()
    {
        subscribe(u"gone"_s);
        subscribe(u"here"_s);
        m_probe->publish(u"old"_s);
        age();
        fetch(u"here"_s);
        m_probe->administrate("select bus.forget('gone')");

        maintain();

        QCOMPARE(kept(), u"0"_s);
    }

    // A dump brings its transaction ids along into a cluster that has not got that far: without help,
    // everything published from then on would count as read.
    void aLogRestoredFromADumpLosesNothing()
    {
        subscribe(u"first"_s);
        m_probe->publish(u"read"_s);
        fetch(u"first"_s);
        m_probe->publish(u"unread"_s);
        m_probe->publish(u"unread"_s);
        m_probe->administrate(R"sql(
            update bus.event set xid = (xid::text::bigint + 1000000000)::text::xid8;
            update bus.cursor set snap = '1000000000:1000000000:'::pg_snapshot;
            update bus.event set xid = '999999999' where key = 'read';
        )sql");

        const auto rebase = [](Session &session) { return EventLog::rebase(session); };
        QCOMPARE(m_probe->database().transact(EventLog::role, rebase).value_or(false), true);
        m_probe->publish(u"new"_s);

        QCOMPARE(m_probe->database().transact(EventLog::role, rebase).value_or(true), false);
        QStringList retried;
        for (int i = 0; i < 3; ++i) {
            const auto failed = m_probe->database().transact(BusProbe::reader, [](Session &session) {
                return EventLog::takeRetry(session, u"first"_s);
            });
            if (failed && *failed)
                retried += (*failed)->event.key + u' '
                    + (*failed)->event.payload.value(u"n"_s).toVariant().toString();
        }
        QCOMPARE(retried, (QStringList { u"unread 1"_s, u"unread 2"_s }));
        QCOMPARE(fetch(u"first"_s), QStringList { u"new"_s });
        QCOMPARE(fetch(u"first"_s), QStringList());
    }
};

QTEST_GUILESS_MAIN(BusUpkeepTest)

#include "bus_upkeep_test.moc"

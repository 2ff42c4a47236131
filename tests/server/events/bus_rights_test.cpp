#include "server/db/connection.h"
#include "server/events/event_log.h"
#include "server/events/outbox.h"
#include "tests/server/events/bus_probe.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

// What a service may do with the event log, and what it may not: that is enforced by the database, so that no
// bug and no injected statement of one service reaches the others' events.
class BusRightsTest : public QObject
{
    Q_OBJECT

private:
    Result<void> publishAs(const char *role, const QString &type)
    {
        return m_probe.database().transact(role, [&](Session &session) {
            return Outbox::publish(session, type, u"k"_s, {}, {});
        });
    }

    // The error of one statement as this role; empty if it went through.
    QString refusal(const QByteArray &role, const QByteArray &sql, const QString &url)
    {
        const auto connection = *Connection::open(url);
        const auto done = connection->script("begin; set local role " + role + "; " + sql + "; commit");
        return done ? QString() : connection->error()->message;
    }
    QString refusal(const QByteArray &role, const QByteArray &sql)
    {
        return refusal(role, sql, m_probe.test().url());
    }

    BusProbe m_probe;

private slots:
    void initTestCase()
    {
        const auto subscribed = m_probe.database().transact(EventLog::role, [](Session &session) {
            return EventLog::subscribe(session, *BusProbe::recorder(u"matching"_s));
        });
        QVERIFY2(subscribed, why(subscribed));
    }

    void aServicePublishesOnItsOwnTopic()
    {
        QVERIFY(publishAs("squad_ticket", u"ticket.opened"_s));
        QVERIFY(publishAs("squad_matching", u"matching.decided"_s));
    }

    void aServiceDoesNotPublishOnAnothersTopic()
    {
        const auto forged = publishAs("squad_matching", u"ticket.opened"_s);
        QVERIFY(!forged);
        QVERIFY(!publishAs("squad_ticket", u"matching.decided"_s));
        QVERIFY(!publishAs("squad_ticket", u"ticketing.opened"_s));
        QVERIFY(!publishAs("squad_ticket", u"ticket"_s));
    }

    void matchingPublishesItsCommandsToTicket()
    {
        QVERIFY(publishAs("squad_matching", u"ticket.assignment_proposed"_s));
        QVERIFY(publishAs("squad_matching", u"ticket.match_failed"_s));
        QVERIFY(!publishAs("squad_ticket", u"user.match_failed"_s));
    }

    void oneForeignEventAmongManyIsRefused()
    {
        const auto published = m_probe.database().transact("squad_ticket", [](Session &session) {
            return Outbox::publishAll(
                session, { { u"ticket.opened"_s, u"k"_s, {}, {} }, { u"matching.decided"_s, u"k"_s, {}, {} } }
            );
        });
        QVERIFY(!published);
    }

    void whoIsAskedThroughAnotherFunctionIsStillTheService()
    {
        // A service's own function that runs with its owner's rights must neither lend nor lose the right to
        // publish.
        m_probe.administrate(R"sql(
            create function probe.publish(p_type text) returns void language sql volatile security definer
            as $$ select bus.publish(null, p_type, 'k', 1, '{}', '') $$;
            grant execute on function probe.publish(text) to public;
        )sql");

        QCOMPARE(refusal("squad_ticket", "select probe.publish('ticket.opened')"), QString());
        QVERIFY(
            refusal("squad_matching", "select probe.publish('ticket.opened')").contains(u"may not publish"_s)
        );
    }

    void aServiceWithALoginOfItsOwnIsKnownByIt()
    {
        m_probe.administrate("create role squad_probe login; grant squad_service to squad_probe");
        QString url = m_probe.test().url();
        url.replace(u"squad_server"_s, u"squad_probe"_s);
        const auto connection = *Connection::open(url);

        QVERIFY(connection->script("select bus.publish(null, 'probe.done', 'k', 1, '{}', '')"));
        QVERIFY(!connection->script("select bus.publish(null, 'ticket.opened', 'k', 1, '{}', '')"));
        QVERIFY(!connection->script("set role squad_ticket"));
        m_probe.administrate("drop owned by squad_probe; drop role squad_probe");
    }

    void theSharedLoginAloneMayDoNothing()
    {
        const auto connection = *Connection::open(m_probe.test().url());
        QVERIFY(!connection->script("select bus.publish(null, 'ticket.opened', 'k', 1, '{}', '')"));
        QVERIFY(!connection->script("select * from bus.event"));
    }

    void aServiceReadsAsItsOwnGroupOnly()
    {
        const QByteArray fetch = "select * from bus.fetch('matching', 1)";
        QCOMPARE(refusal("squad_matching", fetch), QString());
        for (const char *sql : { fetch.constData(),
                                 "select * from bus.outlook('matching')",
                                 "select * from bus.take_retry('matching')",
                                 "select bus.park('matching', gen_random_uuid(), '', 0, 1)",
                                 "select bus.defer('matching', 1, '', 0, 1)",
                                 "select * from bus.fetch('unheard of', 1)" })
            QVERIFY2(refusal("squad_ticket", sql).contains(u"may not read"_s), sql);
    }

    void theTablesAndTheAdministrationAreOutOfReach()
    {
        for (const char *sql : { "select * from bus.event",
                                 "insert into bus.event (id, type, key, version, trace_id, payload) "
                                 "values (gen_random_uuid(), 'ticket.opened', 'k', 1, '', '{}')",
                                 "delete from bus.cursor",
                                 "update bus.retry set dead_at = null",
                                 "insert into bus.publisher values ('squad_ticket', 'matching.*')",
                                 "select bus.subscribe('matching', 'squad_ticket', '{ticket.*}')",
                                 "select bus.replay('matching', gen_random_uuid())",
                                 "select bus.maintain('0 hours', 1)",
                                 "select bus.unread('matching', 1)",
                                 "select nextval('bus.event_seq')" })
            QVERIFY2(refusal("squad_ticket", sql).contains(u"permission denied"_s), sql);
    }

    void aFetchAfterAWriteIsRefused()
    {
        // It would count as read what its own transaction published.
        const QString refused = refusal(
            "squad_matching", "insert into probe.key values ('x', 1); select * from bus.fetch('matching', 1)"
        );
        QVERIFY2(refused.contains(u"before the first write"_s), qPrintable(refused));
    }
};

QTEST_GUILESS_MAIN(BusRightsTest)

#include "bus_rights_test.moc"

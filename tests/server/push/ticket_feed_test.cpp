#include "server/push/ticket_feed.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"
#include "server/events/postgres_bus.h"
#include "server/services/billing/billing_events.h"
#include "tests/server/push/feed_client.h"
#include "tests/server/push/push_node.h"
#include "tests/support/why.h"

#include <QTest>

using namespace Qt::StringLiterals;

// Who is told what when a ticket changes.
class TicketFeedTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 30'000;

    TicketEvent event(const QString &action, api::TicketState state) const
    {
        TicketEvent event;
        event.ticket.id = m_ticket;
        event.ticket.number = u"T-100042"_s;
        event.ticket.customerId = m_customer;
        event.ticket.state = state;
        event.ticket.version = 7;
        event.action = action;
        event.actor = u"Matching"_s;
        event.reason = u"Eve Expert is 3 miles away"_s;
        return event;
    }

    static std::optional<api::TicketChanged> told(const TicketEvent &event, const Audience &audience)
    {
        std::optional<api::TicketChanged> found;
        for (const PushFeed::Entry &entry : entriesFor(event)) {
            if (entry.audience == audience) {
                Q_ASSERT(!found && entry.type == u"ticket.changed"_s);
                found = json::fromJson<api::TicketChanged>(entry.payload).value();
            }
        }
        return found;
    }

    const api::TicketId m_ticket = api::TicketId::make();
    const api::AccountId m_customer = api::AccountId::make();
    const api::ExpertName m_eve { api::AccountId::make(), u"Eve Expert"_s };
    const api::AccountId m_bob = api::AccountId::make();

private slots:
    void staffIsToldEverything()
    {
        TicketEvent assigned = event(u"assigned"_s, api::TicketState::assigned);
        assigned.ticket.expert = m_eve;

        const auto change = told(assigned, Audience::staff());

        QVERIFY(change);
        QCOMPARE(change->action, u"assigned"_s);
        QCOMPARE(change->actor, u"Matching"_s);
        QCOMPARE(change->reason, assigned.reason);
        QCOMPARE(change->ticket.expert->name, u"Eve Expert"_s);
    }

    void theExpertIsToldOfAnOffer()
    {
        TicketEvent assigned = event(u"assigned"_s, api::TicketState::assigned);
        assigned.ticket.expert = m_eve;

        const auto change = told(assigned, Audience::of(m_eve.id));

        QVERIFY(change);
        QCOMPARE(change->ticket.state, api::TicketState::assigned);
        QCOMPARE(change->ticket.expert->id, m_eve.id);
    }

    void theCustomerLearnsOfNobodyWhoHasNotSaidYes()
    {
        TicketEvent assigned = event(u"assigned"_s, api::TicketState::assigned);
        assigned.ticket.expert = m_eve;

        const auto change = told(assigned, Audience::of(m_customer));

        QVERIFY(change); // they need the new version for whatever they do next
        QCOMPARE(change->ticket.version, 7);
        QCOMPARE(change->ticket.state, api::TicketState::open);
        QVERIFY(!change->ticket.expert);
        for (const PushFeed::Entry &entry : entriesFor(assigned)) {
            if (entry.audience == Audience::of(m_customer))
                QVERIFY(!json::toText(entry.payload).contains("Eve"));
        }
    }

    void theCustomerLearnsNothingOfARejection()
    {
        TicketEvent rejected = event(u"rejected"_s, api::TicketState::open);
        rejected.actor = u"Eve Expert"_s;
        rejected.reason = u"The customer was rude to Eve last time"_s;
        rejected.previousExpert = m_eve.id;

        for (const PushFeed::Entry &entry : entriesFor(rejected)) {
            if (entry.audience == Audience::of(m_customer))
                QVERIFY(!json::toText(entry.payload).contains("Eve"));
        }
    }

    void howHighATicketWasRaisedIsForStaff()
    {
        TicketEvent paused = event(u"paused"_s, api::TicketState::accepted);
        paused.ticket.escalation = 2;

        QVERIFY(!told(paused, Audience::of(m_customer))->ticket.escalation);
        QCOMPARE(told(paused, Audience::staff())->ticket.escalation, 2);
    }

    void theCustomerLearnsWhoIsComing()
    {
        TicketEvent accepted = event(u"accepted"_s, api::TicketState::accepted);
        accepted.ticket.expert = m_eve;

        const auto change = told(accepted, Audience::of(m_customer));

        QCOMPARE(change->action, u"accepted"_s);
        QCOMPARE(change->ticket.state, api::TicketState::accepted);
        QCOMPARE(change->ticket.expert->name, u"Eve Expert"_s);
    }

    void whoHadItBeforeLearnsThatItIsGoneButNotToWhom()
    {
        TicketEvent moved = event(u"assigned"_s, api::TicketState::assigned);
        moved.ticket.expert = m_eve;
        moved.previousExpert = m_bob;

        const auto change = told(moved, Audience::of(m_bob));

        QVERIFY(change);
        QVERIFY(!change->ticket.expert);
    }

    void nobodyIsToldTwice()
    {
        TicketEvent same = event(u"assigned"_s, api::TicketState::assigned);
        same.ticket.expert = m_eve;
        same.previousExpert = m_eve.id;

        QCOMPARE(entriesFor(same).size(), 3);
        QCOMPARE(entriesFor(event(u"opened"_s, api::TicketState::open)).size(), 2);
    }

    void anEventReachesTheClients()
    {
        TestDatabase test;
        PushNode node(test);
        PostgresBus bus(test.database(), { .url = test.url() });
        bus.subscribe(pushFeed(node.hub()));
        bus.start();
        Caller ann = customer();
        ann.account = m_customer;
        const Caller mia = manager();
        FeedClient customersPage;
        FeedClient managersDesk;
        customersPage.open(node.url(ann));
        managersDesk.open(node.url(mia));
        QTRY_VERIFY_WITH_TIMEOUT(customersPage.isWelcome() && managersDesk.isWelcome(), patience);

        const auto published
            = test.database().transact("squad_ticket", [&](Session &session) -> Result<void> {
                  const AssignmentProposed command;
                  TRY(Outbox::publish(session, m_ticket.toString(), command, {}));
                  const TicketEvent opened = event(u"opened"_s, api::TicketState::open);
                  return Outbox::publish(
                      session, u"ticket.opened"_s, m_ticket.toString(), json::encode(opened).toObject(), {}
                  );
              });

        QVERIFY2(published, why(published));
        QTRY_COMPARE_WITH_TIMEOUT(customersPage.messages().size(), 1, patience);
        QTRY_COMPARE_WITH_TIMEOUT(managersDesk.messages().size(), 1, patience);
        QCOMPARE(managersDesk.messages().first().type, u"ticket.changed"_s);
        QCOMPARE(bus.health()->first().retrying, 0);
    }

    void aCustomerHearsOnceOfAllThatABatchChanges()
    {
        TestDatabase test;
        PushNode node(test);
        PostgresBus bus(test.database(), { .url = test.url() });
        bus.subscribe(pushFeed(node.hub()));
        bus.start();
        Caller ann = customer();
        ann.account = m_customer;
        FeedClient customersPage;
        FeedClient strangersPage;
        customersPage.open(node.url(ann));
        strangersPage.open(node.url(customer()));
        QTRY_VERIFY_WITH_TIMEOUT(customersPage.isWelcome() && strangersPage.isWelcome(), patience);

        const auto published
            = test.database().transact("squad_billing", [&](Session &session) -> Result<void> {
                  TRY(Outbox::publish(session, m_customer.toString(), InvoiceIssued {}, {}));
                  return Outbox::publish(session, m_customer.toString(), InvoicePaid {}, {});
              });
        QVERIFY2(published, why(published));

        QTRY_COMPARE_WITH_TIMEOUT(customersPage.messages().size(), 1, patience);
        QCOMPARE(customersPage.messages().first().type, u"account.changed"_s);
        QCOMPARE(
            customersPage.messages().first().payload.value(u"customerId"_s).toString(), m_customer.toString()
        );
        QVERIFY(strangersPage.messages().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TicketFeedTest)

#include "ticket_feed_test.moc"

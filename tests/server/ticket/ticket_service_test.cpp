#include "server/services/ticket/ticket_service.h"

#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/user/expert_service.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <thread>

using api::TicketState;
using namespace std::chrono_literals;

namespace {

template <class T>
T typed(const QString &text)
{
    return *T::parse(text);
}

Caller callerOf(api::Role role, const QString &name)
{
    Caller caller;
    caller.account = api::AccountId::make();
    caller.role = role;
    caller.name = name;
    caller.requestId = QStringLiteral("test");
    return caller;
}

const Statement countEvents { "test.countEvents",
                              "select count(*) from bus.event where key = $1 and type = $2" };

} // namespace

class TicketServiceTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        CatalogContent content;
        content.skills = { { QStringLiteral("tv"), QStringLiteral("Televisions") } };
        content.categories
            = { { QStringLiteral("led-tv"), QStringLiteral("LED TVs"), QStringLiteral("tv"), 90 } };
        content.products = { { m_product,
                               QStringLiteral("SKU-1"),
                               QStringLiteral("TV One"),
                               QStringLiteral("Maker"),
                               QStringLiteral("led-tv") } };
        QVERIFY2(m_catalog.load(content), "the catalogue cannot be loaded");
    }

    void aFiledTicketIsThereOnceWithItsHistoryAndEvent()
    {
        const api::Ticket filed = givenTicket();

        const api::Ticket found = *fetch(m_customer, filed.id);
        QCOMPARE(found.number, filed.number);
        QCOMPARE(found.state, TicketState::open);
        QCOMPARE(found.skill, QStringLiteral("tv"));
        QCOMPARE(events(filed.id, QStringLiteral("ticket.opened")), 1);
        const auto history = *run([&](Session &s) { return m_tickets.history(s, m_customer, filed.id); });
        QCOMPARE(history.items.size(), 1);
    }

    void aDraftThatIsRefusedLeavesTheOthersOfItsBatchAlone()
    {
        api::NewTicket unknown = draft();
        unknown.productId = api::ProductId::make();

        const auto answers = run([&](Session &s) {
            return m_tickets.open(
                s, { { m_customer, draft() }, { m_customer, unknown }, { m_customer, draft() } }
            );
        });

        QVERIFY(answers->at(0) && answers->at(2));
        QCOMPARE(answers->at(1).error().fields.first().pointer, QStringLiteral("/productId"));
        QVERIFY(answers->at(0)->number != answers->at(2)->number);
    }

    void aStrangerFindsNothing()
    {
        const api::Ticket filed = givenAccepted();
        for (const Caller &stranger : { callerOf(api::Role::customer, QStringLiteral("B")),
                                        callerOf(api::Role::expert, QStringLiteral("X")) }) {
            QCOMPARE(fetch(stranger, filed.id).error().kind, ProblemKind::notFound);
            const auto cancelled = run([&](Session &s) {
                return m_tickets.cancel(s, stranger, filed.id, QStringLiteral("no"));
            });
            QCOMPARE(cancelled.error().kind, ProblemKind::notFound);
            const auto listed = run([&](Session &s) { return m_tickets.list(s, stranger, {}); });
            QVERIFY(listed->items.isEmpty());
        }
    }

    void aCustomerLearnsOfAnExpertOnlyWhoHasAccepted()
    {
        const api::Ticket filed = givenTicket();
        const Caller expert = givenAssigned(filed);

        QVERIFY(!fetch(m_customer, filed.id)->expert);
        QCOMPARE(fetch(m_customer, filed.id)->state, TicketState::open);
        QVERIFY(run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); }));

        QCOMPARE(fetch(m_customer, filed.id)->expert->name, expert.name);
        const auto history = *run([&](Session &s) { return m_tickets.history(s, m_customer, filed.id); });
        QVERIFY(!std::ranges::any_of(history.items, [](const auto &change) {
            return change.action == QLatin1String("assign");
        }));
    }

    void theWholeWayToCompletionIsOneHistory()
    {
        const api::Ticket filed = givenTicket();
        const Caller expert = givenAssigned(filed);
        const api::Completion fixed { api::CompletionOutcome::fixed,
                                      typed<Text<1, 4000>>(QStringLiteral("New board.")) };

        QVERIFY(run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); }));
        QVERIFY(run([&](Session &s) { return m_tickets.depart(s, expert, filed.id); }));
        QVERIFY(run([&](Session &s) { return m_tickets.arrive(s, expert, filed.id); }));
        const auto done = run([&](Session &s) { return m_tickets.complete(s, expert, filed.id, fixed); });

        QCOMPARE(done->state, TicketState::completed);
        QCOMPARE(done->visits.first().state, api::VisitState::done);
        const auto history = *run([&](Session &s) { return m_tickets.history(s, m_manager, filed.id); });
        QStringList actions;
        for (const api::TicketChange &change : history.items)
            actions += change.action;
        QCOMPARE(actions.join(u' '), QStringLiteral("open assign accept depart arrive complete"));
        for (const QString &action : { QStringLiteral("accepted"), QStringLiteral("completed") })
            QCOMPARE(events(filed.id, QStringLiteral("ticket.") + action), 1);
    }

    void ofManyAcceptsAtOnceOneWins()
    {
        constexpr int rounds = 10;
        constexpr int tries = 50;
        for (int round = 0; round < rounds; ++round) {
            const api::Ticket filed = givenTicket();
            const Caller expert = givenAssigned(filed);
            std::atomic<int> won = 0;
            std::atomic<int> conflicts = 0;
            std::vector<std::jthread> threads;
            for (int i = 0; i < tries; ++i) {
                threads.emplace_back([&] {
                    const auto accepted
                        = run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); });
                    if (accepted)
                        ++won;
                    else if (accepted.error().kind == ProblemKind::conflict && accepted.error().detail.contains(expert.name))
                        ++conflicts;
                });
            }
            threads.clear();
            QCOMPARE(won.load(), 1);
            QCOMPARE(conflicts.load(), tries - 1);
        }
    }

    void anExpertNeverHasTwoJobs()
    {
        const api::Ticket first = givenTicket();
        const api::Ticket second = givenTicket();
        const Caller expert = givenAssigned(first);

        propose(second, expert);

        QCOMPARE(fetch(m_manager, second.id)->state, TicketState::open);
        QCOMPARE(events(second.id, QStringLiteral("ticket.assignment_refused")), 1);
    }

    void aProposalForAnOlderRoundIsRefused()
    {
        const api::Ticket filed = givenTicket();
        const Caller first = givenAssigned(filed);
        QVERIFY(run([&](Session &s) { return m_tickets.reject(s, first, filed.id, QStringLiteral("ill")); }));

        propose(filed, callerOf(api::Role::expert, QStringLiteral("Late")), 1);

        const api::Ticket now = *fetch(m_manager, filed.id);
        QCOMPARE(now.state, TicketState::open);
        QCOMPARE(now.visits.first().state, api::VisitState::rejected);
    }

    void anExpertWhoLostTheJobLearnsWhoHasIt()
    {
        const api::Ticket filed = givenTicket();
        const Caller first = givenAssigned(filed);
        QVERIFY(run([&](Session &s) { return m_tickets.reject(s, first, filed.id, QStringLiteral("ill")); }));
        const Caller second = callerOf(api::Role::expert, QStringLiteral("Second Expert"));
        propose(filed, second, 2);

        const auto late = run([&](Session &s) { return m_tickets.accept(s, first, filed.id); });

        QCOMPARE(late.error().kind, ProblemKind::conflict);
        QVERIFY(late.error().detail.contains(second.name));
        QCOMPARE(fetch(first, filed.id).error().kind, ProblemKind::notFound);
    }

    void aStaleVersionIsRefused()
    {
        const api::Ticket filed = givenTicket();
        Caller expert = givenAssigned(filed);
        expert.ifMatch = filed.version;

        const auto accepted = run([&](Session &s) { return m_tickets.accept(s, expert, filed.id); });

        QCOMPARE(accepted.error().kind, ProblemKind::stale);
    }

    void reopeningIsPossibleForFourteenDays()
    {
        const api::Ticket filed = givenCompleted();
        m_clock.advance(std::chrono::days(14) - 1min);
        const auto intime = run([&](Session &s) {
            return m_tickets.reopen(s, m_customer, filed.id, QStringLiteral("again"));
        });
        QCOMPARE(intime->state, TicketState::open);

        const api::Ticket other = givenCompleted();
        m_clock.advance(std::chrono::days(14) + 1min);
        const auto late = run([&](Session &s) {
            return m_tickets.reopen(s, m_customer, other.id, QStringLiteral("again"));
        });
        QCOMPARE(late.error().code, QStringLiteral("ticket.too-late-to-reopen"));
    }

    void aPlanThatBecomesKnownLaterCoversWhatWasFiledBefore()
    {
        const Caller buyer = callerOf(api::Role::customer, QStringLiteral("Buyer"));
        const api::Ticket filed = file(buyer);
        QCOMPARE(filed.coverage, api::Coverage::unknown);
        const CoverageRow plan { .subscriptionId = api::SubscriptionId::make(),
                                 .customerId = buyer.account,
                                 .categories = { QStringLiteral("led-tv") },
                                 .priority = api::Priority::high,
                                 .arriveMinutes = 240 };

        QVERIFY(run([&](Session &s) { return m_tickets.learnCoverage(s, plan, {}); }));

        const api::Ticket now = *fetch(buyer, filed.id);
        QCOMPARE(now.coverage, api::Coverage::covered);
        QCOMPARE(now.priority, api::Priority::high);
        QCOMPARE(file(buyer).coverage, api::Coverage::covered);
    }

    void theSameReasonForWaitingIsToldOnce()
    {
        const api::Ticket filed = givenTicket();
        const MatchFailed failure {
            filed.id, 1, Id<api::DecisionConcept>::make(), QStringLiteral("All are busy.")
        };

        for (int i = 0; i < 3; ++i)
            QVERIFY(run([&](Session &s) { return m_tickets.take(s, failure, {}); }));

        QCOMPARE(fetch(m_customer, filed.id)->waitingFor, QStringLiteral("All are busy."));
        QCOMPARE(events(filed.id, QStringLiteral("ticket.waiting")), 1);
    }

    void pagesOfAListHoldEachTicketOnce()
    {
        const Caller collector = callerOf(api::Role::customer, QStringLiteral("Collector"));
        QSet<QString> filed;
        for (int i = 0; i < 7; ++i)
            filed.insert(file(collector).number);

        QSet<QString> seen;
        api::TicketQuery query;
        query.limit = api::PageLimit { 3 };
        for (int pages = 0; pages < 3; ++pages) {
            const auto page = *run([&](Session &s) { return m_tickets.list(s, collector, query); });
            QCOMPARE(page.total, qint64(7));
            for (const api::TicketSummary &ticket : page.items)
                seen.insert(ticket.number);
            QCOMPARE(page.nextCursor.has_value(), pages < 2);
            if (page.nextCursor)
                query.cursor = typed<api::Cursor>(*page.nextCursor);
        }
        QCOMPARE(seen, filed);
    }

private:
    template <class Work>
    std::invoke_result_t<Work, Session &> run(Work work)
    {
        return m_db.database().transact("squad_ticket", work);
    }

    api::NewTicket draft() const
    {
        return {
            .productId = m_product,
            .subject = typed<Text<1, 200>>(QStringLiteral("Black picture")),
            .description = {},
            .serialNumber = {},
            .contactName = typed<api::Name>(QStringLiteral("Customer A")),
            .contactPhone = typed<Phone>(QStringLiteral("212-555-0100")),
            .address = { typed<Text<1, 200>>(QStringLiteral("1 Main Street")),
                         {},
                         typed<Text<1, 100>>(QStringLiteral("New York")),
                         typed<Text<2, 2>>(QStringLiteral("NY")),
                         typed<ZipCode>(QStringLiteral("10001")) },
            .customerId = {},
        };
    }

    api::Ticket file(const Caller &by)
    {
        const auto answers = run([&](Session &s) { return m_tickets.open(s, { { by, draft() } }); });
        return *answers->first();
    }

    api::Ticket givenTicket() { return file(m_customer); }

    void propose(const api::Ticket &ticket, const Caller &expert, int round = 1)
    {
        const AssignmentProposed proposal { ticket.id,
                                            round,
                                            expert.account,
                                            expert.name,
                                            Id<api::DecisionConcept>::make(),
                                            QStringLiteral("nearest") };
        QVERIFY(run([&](Session &s) { return m_tickets.take(s, proposal, {}); }));
    }

    Caller givenAssigned(const api::Ticket &ticket)
    {
        const Caller expert = callerOf(api::Role::expert, QStringLiteral("Expert %1").arg(ticket.number));
        propose(ticket, expert);
        return expert;
    }

    api::Ticket givenAccepted()
    {
        const api::Ticket ticket = givenTicket();
        const Caller expert = givenAssigned(ticket);
        return *run([&](Session &s) { return m_tickets.accept(s, expert, ticket.id); });
    }

    api::Ticket givenCompleted()
    {
        const api::Ticket ticket = givenTicket();
        const Caller expert = givenAssigned(ticket);
        const api::Completion fixed { api::CompletionOutcome::fixed,
                                      typed<Text<1, 4000>>(QStringLiteral("Done.")) };
        const auto step = [&](auto action) { (void)run(action); };
        step([&](Session &s) { return m_tickets.accept(s, expert, ticket.id); });
        step([&](Session &s) { return m_tickets.depart(s, expert, ticket.id); });
        step([&](Session &s) { return m_tickets.arrive(s, expert, ticket.id); });
        return *run([&](Session &s) { return m_tickets.complete(s, expert, ticket.id, fixed); });
    }

    Result<api::Ticket> fetch(const Caller &by, api::TicketId id)
    {
        return run([&](Session &s) { return m_tickets.fetch(s, by, id); });
    }

    int events(api::TicketId id, const QString &type)
    {
        // As the log's owner: the ticket service itself may only publish.
        Database owner({ m_db.ownerUrl(), 1 });
        return *owner.transact("squad_owner", [&](Session &s) {
            return s.one<int>(countEvents, id.toString(), type);
        });
    }

    TestDatabase m_db;
    ManualClock m_clock { toInstant(QDateTime(QDate(2026, 11, 23), QTime(15, 0), Qt::UTC)) };
    GatewayService m_gateway { m_db.database(), m_clock, { 8, QStringLiteral("northeast") } };
    CatalogService m_catalog { m_db.database(), m_clock };
    ExpertService m_experts { m_db.database(), m_gateway, m_clock };
    TicketService m_tickets { { m_catalog, m_gateway.localities(), m_experts, m_clock } };
    const api::ProductId m_product = api::ProductId::make();
    const Caller m_customer = callerOf(api::Role::customer, QStringLiteral("Customer A"));
    const Caller m_manager = callerOf(api::Role::manager, QStringLiteral("Manager"));
};

QTEST_GUILESS_MAIN(TicketServiceTest)
#include "ticket_service_test.moc"

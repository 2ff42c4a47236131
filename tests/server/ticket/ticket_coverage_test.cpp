#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/ticket/ticket_service.h"
#include "server/services/user/expert_service.h"
#include "tests/support/test_database.h"
#include "tests/support/why.h"

#include <QTest>

#include <thread>

using api::Coverage;
using api::CoverageReason;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// What a ticket's plan says to it when it is filed. Nothing of this ever refuses a ticket.
class TicketCoverageTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        CatalogContent content;
        content.skills = { { u"tv"_s, u"Televisions"_s } };
        content.categories
            = { { u"led-tv"_s, u"LED TVs"_s, u"tv"_s, 90 }, { u"phone"_s, u"Phones"_s, u"tv"_s, 30 } };
        content.products = { { m_tv, u"SKU-1"_s, u"TV One"_s, u"Maker"_s, u"led-tv"_s },
                             { m_phone, u"SKU-2"_s, u"Phone One"_s, u"Maker"_s, u"phone"_s } };
        const auto loaded = m_catalog.load(content);
        QVERIFY2(loaded, why(loaded));
    }

    void aRegisteredDeviceIsInThePlanHoweverItsNumberIsSpelled()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer));
        own(customer, m_tv, u"AB12CD"_s);

        const api::Ticket typed = file(customer, m_tv, u"ab 12-cd"_s);
        const api::Ticket untyped = file(customer, m_tv);

        QCOMPARE(typed.coverage, Coverage::covered);
        QCOMPARE(typed.coverageReason, CoverageReason::inPlan);
        QCOMPARE(untyped.coverageReason, CoverageReason::inPlan);
    }

    void aDeviceThatNobodyRegisteredIsCoveredAndFlagged()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer));
        own(customer, m_tv, u"AB12CD"_s);

        const api::Ticket filed = file(customer, m_tv, u"AB12CE"_s);

        QCOMPARE(filed.coverage, Coverage::covered);
        QCOMPARE(filed.coverageReason, CoverageReason::unregistered);
    }

    void registeringTheDeviceTakesTheFlagOffWhatIsUnderWay()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer));
        const api::Ticket filed = file(customer, m_tv, u"X-100"_s);
        const api::Ticket other = file(customer, m_tv, u"X-200"_s);

        own(customer, m_tv, u"X100"_s);

        QCOMPARE(fetch(customer, filed.id).coverageReason, CoverageReason::inPlan);
        QVERIFY(fetch(customer, filed.id).version > filed.version);
        QCOMPARE(fetch(customer, other.id).coverageReason, CoverageReason::unregistered);
    }

    void anothersDeviceIsNoneOfOnesOwn()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer));
        own(someCustomer(), m_tv, u"Z1"_s);

        QCOMPARE(file(customer, m_tv, u"Z1"_s).coverageReason, CoverageReason::unregistered);
    }

    void withoutAPlanForItNothingIsCovered()
    {
        const Caller customer = someCustomer();
        QCOMPARE(file(customer, m_phone).coverageReason, CoverageReason::noPlan);
        CoverageRow bought = planOf(customer);
        bought.pending = true;
        learn(bought);
        QCOMPARE(file(customer, m_phone).coverageReason, CoverageReason::unpaid);
        bought.pending = false;
        learn(bought);

        const api::Ticket filed = file(customer, m_phone);

        QCOMPARE(filed.coverage, Coverage::notCovered);
        QCOMPARE(filed.coverageReason, CoverageReason::notInPlan);
    }

    void theVisitsOfAPlanAreUsedUpAndOneThatIsCancelledIsNotUsed()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer, 2));
        const api::Ticket first = file(customer, m_tv);
        QCOMPARE(first.coverage, Coverage::covered);
        QVERIFY(run([&](Session &s) { return m_tickets.cancel(s, customer, first.id, u"works again"_s); }));
        QCOMPARE(file(customer, m_tv).coverage, Coverage::covered);
        QCOMPARE(file(customer, m_tv).coverage, Coverage::covered);

        const api::Ticket beyond = file(customer, m_tv);

        QCOMPARE(beyond.coverage, Coverage::notCovered);
        QCOMPARE(beyond.coverageReason, CoverageReason::visitsUsed);
        const auto usage
            = run([&](Session &s) { return m_tickets.planUsage(s, customer, customer.account); });
        QVERIFY2(usage, why(usage));
        QCOMPARE(usage->items.size(), 1);
        QCOMPARE(usage->items.first().used, 2);
        QCOMPARE(usage->items.first().visitsPerYear, 2);
    }

    void aYearLaterThereAreVisitsAgain()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer, 1));
        QCOMPARE(file(customer, m_tv).coverage, Coverage::covered);
        m_clock.advance(364 * 24h);
        QCOMPARE(file(customer, m_tv).coverageReason, CoverageReason::visitsUsed);

        m_clock.advance(24h);

        QCOMPARE(file(customer, m_tv).coverage, Coverage::covered);
    }

    void whatOnePlanHasNoVisitsForAnotherOneCovers()
    {
        const Caller customer = someCustomer();
        CoverageRow better = planOf(customer, 1);
        better.priority = api::Priority::urgent;
        learn(better);
        learn(planOf(customer));
        QCOMPARE(file(customer, m_tv).priority, api::Priority::urgent);

        const api::Ticket next = file(customer, m_tv);

        QCOMPARE(next.coverage, Coverage::covered);
        QCOMPARE(next.priority, api::Priority::high);
    }

    void ofManyFiledAtOnceOneIsTheLastThatIsCovered()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer, 3));
        std::atomic<int> covered = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i) {
                threads.emplace_back([&] {
                    if (file(customer, m_tv).coverage == Coverage::covered)
                        ++covered;
                });
            }
        }

        QCOMPARE(covered.load(), 3);
    }

    void ofABatchOneIsTheLastThatIsCovered()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer, 1));

        const auto answers = run([&](Session &s) {
            return m_tickets.open(s, { { customer, draft(m_tv) }, { customer, draft(m_tv) } });
        });

        QCOMPARE(answers->at(0)->coverage, Coverage::covered);
        QCOMPARE(answers->at(1)->coverageReason, CoverageReason::visitsUsed);
    }

    void aStrangerDoesNotLearnWhatIsUsed()
    {
        const Caller customer = someCustomer();
        learn(planOf(customer, 1));

        const auto seen
            = run([&](Session &s) { return m_tickets.planUsage(s, someCustomer(), customer.account); });

        QCOMPARE(seen.error().kind, ProblemKind::notFound);
    }

private:
    template <class Work>
    std::invoke_result_t<Work, Session &> run(Work work)
    {
        return m_db.database().transact("squad_ticket", work);
    }

    static Caller someCustomer()
    {
        Caller caller;
        caller.account = api::AccountId::make();
        caller.role = api::Role::customer;
        caller.name = u"Customer"_s;
        caller.requestId = u"test"_s;
        return caller;
    }

    static CoverageRow planOf(const Caller &customer, int visitsPerYear = 0)
    {
        return { .subscriptionId = api::SubscriptionId::make(),
                 .customerId = customer.account,
                 .categories = { u"led-tv"_s },
                 .priority = api::Priority::high,
                 .arriveMinutes = 240,
                 .visitsPerYear = visitsPerYear };
    }

    void learn(const CoverageRow &plan)
    {
        QVERIFY(run([&](Session &s) { return m_tickets.learnCoverage(s, plan, {}); }));
    }

    void own(const Caller &customer, api::ProductId product, const QString &key)
    {
        const OwnedDevice device { api::DeviceId::make(), customer.account, product, key };
        QVERIFY(run([&](Session &s) { return m_tickets.learnDevice(s, device, {}); }));
    }

    static api::NewTicket draft(api::ProductId product, const QString &serial = {})
    {
        api::NewTicket draft {
            .productId = product,
            .subject = *Text<1, 200>::parse(u"Black picture"_s),
            .description = {},
            .serialNumber = {},
            .contactName = *api::Name::parse(u"Customer A"_s),
            .contactPhone = *Phone::parse(u"212-555-0100"_s),
            .address = { *Text<1, 200>::parse(u"1 Main Street"_s),
                         {},
                         *Text<1, 100>::parse(u"New York"_s),
                         *Text<2, 2>::parse(u"NY"_s),
                         *ZipCode::parse(u"10001"_s) },
            .customerId = {},
        };
        if (!serial.isEmpty())
            draft.serialNumber = *Text<0, 60>::parse(serial);
        return draft;
    }

    api::Ticket file(const Caller &by, api::ProductId product, const QString &serial = {})
    {
        const auto answers = run([&](Session &s) {
            return m_tickets.open(s, { { by, draft(product, serial) } });
        });
        return *answers->first();
    }

    api::Ticket fetch(const Caller &by, api::TicketId id)
    {
        return *run([&](Session &s) { return m_tickets.fetch(s, by, id); });
    }

    TestDatabase m_db;
    ManualClock m_clock { toInstant(QDateTime(QDate(2026, 11, 23), QTime(15, 0), Qt::UTC)) };
    GatewayService m_gateway { m_db.database(), m_clock, { 8, u"northeast"_s } };
    CatalogService m_catalog { m_db.database(), m_clock };
    ExpertService m_experts { m_db.database(), m_gateway, m_clock };
    TicketService m_tickets { { m_catalog, m_gateway.localities(), m_experts, m_clock } };
    const api::ProductId m_tv = api::ProductId::make();
    const api::ProductId m_phone = api::ProductId::make();
};

QTEST_GUILESS_MAIN(TicketCoverageTest)
#include "ticket_coverage_test.moc"

#pragma once

#include "server/events/postgres_bus.h"
#include "server/services/catalog/catalog_service.h"
#include "server/services/gateway/gateway_service.h"
#include "server/services/matching/matching_service.h"
#include "server/services/user/expert_service.h"
#include "tests/support/test_database.h"

#include <QSet>

// A database with the ticket and the matching service on it, as one node or several, each with its bus.
// Experts are announced and tickets filed the way their services do it; everything after that happens by
// events.
class DispatchProbe
{
public:
    DispatchProbe();
    ~DispatchProbe();

    // Nodes. Each has a memory of its own; these are about the one started last.
    enum class Reads { everything, matchingOnly };
    void startNode(Reads reads = Reads::everything);
    void stopNode();
    // The same process reads on: its memory is what it was.
    void pauseNode();
    void resumeNode();
    // For who reads along: called for each node before its bus starts, to subscribe `groups` consumers more.
    using Join = std::function<void(PostgresBus &, MatchingService &)>;
    void alsoRead(Join join, int groups)
    {
        m_join = std::move(join);
        m_joined = groups;
    }
    // Until nothing is under way any more: everything published has been handled by everybody.
    [[nodiscard]] bool settle();

    // People.
    struct Skilled
    {
        QString name;
        QString skill = QStringLiteral("tv");
        int level = 3;
        QString area = QStringLiteral("100");
        double milesNorth = 1; // of the tickets' address
        api::Availability availability = api::Availability::available;
        int fromHour = 8;
        int toHour = 18;
    };
    [[nodiscard]] api::Expert expert(const Skilled &wanted);
    void announce(const QList<api::Expert> &experts); // in one transaction
    api::Expert givenExpert(const Skilled &wanted);
    void setAvailability(const api::Expert &expert, api::Availability availability);
    [[nodiscard]] static Caller callerOf(const api::Expert &expert);

    // Tickets, at ZIP code 10001 unless told.
    QList<api::TicketId> file(int count, const QString &zip = QStringLiteral("10001")); // in one transaction
    api::TicketId file(const QString &zip = QStringLiteral("10001")) { return file(1, zip).first(); }
    [[nodiscard]] static Caller anotherCustomer();
    api::TicketId fileFor(const Caller &customer);
    void sellUrgentPlan(const Caller &customer); // the ticket service hears of it after the tickets
    [[nodiscard]] api::Ticket ticket(api::TicketId id);
    [[nodiscard]] QString expertOf(api::TicketId id); // the name, or empty
    void reject(api::TicketId id); // by the expert who has it
    void complete(api::TicketId id, api::CompletionOutcome outcome = api::CompletionOutcome::fixed);
    void cancel(api::TicketId id);
    void assign(api::TicketId id, const api::Expert &expert); // by a manager

    [[nodiscard]] Result<api::Explanation> explain(const Caller &by, api::TicketId id);
    [[nodiscard]] QList<api::Decision> decisions(api::TicketId id); // as staff see them, newest first
    [[nodiscard]] int events(const QString &type);
    void publish(const char *role, const QString &type, const QString &key, const QJsonObject &payload);

    [[nodiscard]] MatchingService &matching() { return m_nodes.back()->matching; }
    [[nodiscard]] const TicketService &tickets() const { return m_tickets; }
    [[nodiscard]] TestDatabase &db() { return m_db; }
    [[nodiscard]] const Caller &manager() const { return m_manager; }
    [[nodiscard]] const Caller &customer() const { return m_customer; }
    [[nodiscard]] ManualClock &clock() { return m_clock; }

private:
    struct Node
    {
        explicit Node(DispatchProbe &probe);
        void start(DispatchProbe &probe, Reads reads);

        MatchingService matching;
        std::unique_ptr<PostgresBus> bus;
    };

    template <class Work>
    std::invoke_result_t<Work, Session &> run(Work work)
    {
        return m_db.database().transact("squad_ticket", work);
    }
    QList<api::TicketId> fileAll(const QList<TicketService::Intake> &drafts);
    [[nodiscard]] api::NewTicket draft(const QString &zip) const;
    [[nodiscard]] Caller holderOf(api::TicketId id);

    TestDatabase m_db;
    ManualClock m_clock;
    GatewayService m_gateway;
    Localities m_localities;
    CatalogService m_catalog;
    ExpertService m_experts;
    TicketService m_tickets;
    Join m_join;
    int m_joined = 0;
    std::vector<std::unique_ptr<Node>> m_nodes;
    const api::ProductId m_product = api::ProductId::make();
    Caller m_customer;
    Caller m_manager;
    QHash<api::AccountId, api::Expert> m_known;
};

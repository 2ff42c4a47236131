#pragma once

#include "server/db/database.h"
#include "server/http/caller.h"
#include "server/services/user/expert_store.h"
#include "shared/core/clock.h"

#include <QHash>

#include <mutex>

class GatewayService;

// Experts: what they can do, where and when they work, and whether they are on duty.
class ExpertService
{
public:
    ExpertService(Database &database, GatewayService &gateway, const Clock &clock);

    // Takes an expert on: profile, then login, then the announcement. A try that broke off after any step is
    // completed by the next one with the same e-mail.
    Result<api::Expert> create(Session &session, const Caller &by, const api::NewExpert &wanted);
    Result<api::Expert>
    change(Session &session, const Caller &by, api::AccountId id, const api::ExpertChange &change);
    Result<api::Expert> fetch(Session &session, const Caller &by, api::AccountId id) const;
    Result<api::Page<api::Expert>> list(Session &session, const api::PeopleQuery &query) const;
    Result<api::Expert> setAvailability(Session &session, const Caller &by, api::Availability availability);
    Result<void> setPosition(Session &session, const Caller &by, const Position &position);

    // For other services: in a transaction of its own.
    Result<api::Expert> find(api::AccountId id) const;

    // Positions come every few seconds; others are told when it may matter to them.
    static constexpr double milesWorthTelling = 0.5;
    static constexpr std::chrono::seconds timeWorthTelling { 60 };

private:
    Result<api::Expert> announce(Session &session, const api::Expert &expert, const QString &traceId) const;
    [[nodiscard]] bool isWorthTelling(api::AccountId id, const Position &position);

    struct Told
    {
        Position position;
        Instant at;
    };

    Database &m_database;
    GatewayService &m_gateway;
    const Clock &m_clock;
    std::mutex m_mutex;
    QHash<api::AccountId, Told> m_told;
};

#pragma once

#include "server/db/database.h"
#include "server/http/caller.h"
#include "server/services/user/expert_store.h"
#include "shared/core/clock.h"

#include <QHash>

#include <mutex>

class GatewayService;
class WorkerThreads;

// Experts: what they can do, where and when they work, and whether they are on duty.
class ExpertService
{
public:
    ExpertService(Database &database, GatewayService &gateway, const Clock &clock);

    // Takes an expert on: profile, then login, then the announcement. Until that nobody sees them; a try that
    // broke off after any step is taken over by the next one with the same e-mail.
    Result<api::Expert> create(Session &session, const Caller &by, const api::NewExpert &wanted);
    [[nodiscard]] WorkerThreads &passwordThreads() const; // where create() belongs
    Result<api::Expert>
    change(Session &session, const Caller &by, api::AccountId id, const api::ExpertChange &change);
    // What experts may change of themselves; answers the version they have then.
    Result<api::Expert> changeSelf(Session &session, const Caller &by, const api::AccountChange &change);
    Result<api::Expert> fetch(Session &session, const Caller &by, api::AccountId id) const;
    Result<api::Page<api::Expert>> list(Session &session, const api::PeopleQuery &query) const;
    Result<api::Expert> setAvailability(Session &session, const Caller &by, api::Availability availability);
    Result<void> setPosition(Session &session, const Caller &by, const Position &position);

    // For other services: in a transaction of its own.
    Result<api::Expert> find(api::AccountId id) const;

    // For seeding: takes on those who are not there yet, all at once, under the ids of their accounts. How
    // many.
    Result<int> add(const QList<api::Expert> &experts);

    // Positions come every few seconds. Others are told when it may matter to them: after a distance or a
    // while, but never again within seconds, however wild the reports are.
    static constexpr double milesWorthTelling = 0.5;
    static constexpr std::chrono::seconds mostSilence { 60 };
    static constexpr std::chrono::seconds leastSilence { 5 };

private:
    Result<api::Expert> announce(Session &session, const api::Expert &expert, const QString &traceId) const;
    Result<api::AccountId> beginHiring(const api::Expert &expert);
    Result<api::Expert>
    saveChange(Session &session, const Caller &by, api::Expert expert, const api::ExpertChange &change);
    [[nodiscard]] bool isWorthTelling(api::AccountId id, const Position &position) const;
    void rememberTold(api::AccountId id, const Position &position);

    struct Told
    {
        Position position;
        Instant at;
    };

    Database &m_database;
    GatewayService &m_gateway;
    const Clock &m_clock;
    mutable std::mutex m_mutex;
    QHash<api::AccountId, Told> m_told; // one for each expert who moves
};

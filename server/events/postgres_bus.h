#pragma once

#include "server/db/database.h"
#include "server/events/doorbell.h"
#include "server/events/event_bus.h"
#include "server/events/group_reader.h"
#include "server/events/lookout.h"
#include "server/events/node_line.h"

// The event bus on PostgreSQL's own log (schema/001_bus.sql). Any number of nodes may run one on the same
// database: each group is read by one of them at a time.
class PostgresBus final : public EventBus
{
public:
    struct Options
    {
        QString url; // of the database, for the line on which nodes wake each other
        ReadPolicy policy {};
        std::chrono::hours keep { 7 * 24 }; // events that every group has read
        std::chrono::seconds upkeep { 60 }; // between two looks at the log's days and the groups' health
    };

    PostgresBus(Database &database, Options options);
    ~PostgresBus() override;

    void subscribe(std::shared_ptr<const Consumer> consumer) override;
    void watch(const QString &type, std::function<void()> action) override;
    void start() override;
    void stop() override;
    void wake() override;

    Result<QList<GroupHealth>> health() override;
    Result<QList<DeadLetter>> deadLetters(int limit) override;
    Result<void> replay(const QString &group, EventId event) override;

private:
    void wakeFor(const QString &type);
    void keepUp();
    void maintain();
    void reportStalls();

    Database &m_database;
    Options m_options;
    std::vector<std::unique_ptr<GroupReader>> m_readers;
    Lookout m_lookout;
    std::unique_ptr<NodeLine> m_line;
    std::unique_ptr<Doorbell> m_doorbell;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    std::thread m_upkeep;
};

#pragma once

#include "server/events/postgres_bus.h"
#include "server/services/timer/timer_events.h"
#include "server/services/timer/timer_service.h"
#include "tests/support/test_database.h"

// A firing as the owner heard of it, in the order of its commits.
struct Heard
{
    QString key;
    Instant dueAt;
    Instant firedAt;
    QString busKey;
    QString traceId;
    QJsonObject payload;
};
BOOST_DESCRIBE_STRUCT(Heard, (), (key, dueAt, firedAt, busKey, traceId, payload))

// One node that keeps timers: bus and timer service on a database that other nodes may share.
class TimerNode
{
public:
    TimerNode(Database &database, const QString &url, const Clock &clock, TimerService::Options options = {});
    ~TimerNode();
    TimerNode(const TimerNode &) = delete;
    TimerNode &operator=(const TimerNode &) = delete;

    void start();
    void stop();
    [[nodiscard]] TimerService &timers() { return m_timers; }
    [[nodiscard]] PostgresBus &bus() { return m_bus; }

private:
    Database &m_database;
    TimerService m_timers; // outlives its consumer's bus
    PostgresBus m_bus;
    bool m_started = false;
};

// A test database with a service in it that sets timers and writes down what it hears.
class TimerProbe
{
public:
    TimerProbe();

    [[nodiscard]] TestDatabase &test() { return m_test; }
    [[nodiscard]] Database &database() { return m_test.database(); }
    static constexpr const char *owner = "ticket";
    static constexpr const char *role = "squad_ticket";

    // All commands in one transaction, each under its timer's own key unless the events say otherwise.
    using Command = std::variant<SetTimer, CancelTimer>;
    void publish(const QList<Command> &commands, const QString &busKey = {});
    void set(const QString &key, Instant dueAt, const QJsonObject &payload = {});
    void cancel(const QString &key);

    // Writes down every firing of `owner`.
    [[nodiscard]] static std::shared_ptr<Consumer> listener();
    [[nodiscard]] QList<Heard> heard();
    [[nodiscard]] QStringList heardKeys();
    [[nodiscard]] qint64 number(const QByteArray &sql); // the only value of a query, as the superuser
    [[nodiscard]] qint64 pending() { return number("select count(*) from timer.timer"); }
    // Whether the commands published so far have been taken in.
    [[nodiscard]] bool isTakenIn(PostgresBus &bus);
    void administrate(const QByteArray &sql);

private:
    TestDatabase m_test;
};

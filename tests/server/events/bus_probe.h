#pragma once

#include "server/events/event_bus.h"
#include "tests/support/test_database.h"

// What the tests publish.
struct Probed
{
    static constexpr std::string_view type = "ticket.probed";

    QString key;
    int n = 0; // counts up within the key
};
BOOST_DESCRIBE_STRUCT(Probed, (), (key, n))

// What a consumer of the tests did, in the order of its commits.
struct Effect
{
    QString group;
    QString key;
    int n = 0;

    bool operator==(const Effect &) const = default;
};
BOOST_DESCRIBE_STRUCT(Effect, (), (group, key, n))

// A database with two services in it, which publish and consume: squad_ticket counts up keys and publishes
// each step, squad_matching writes down what it is told.
class BusProbe
{
public:
    BusProbe(); // in a test database of its own
    BusProbe(Database &database, QString administrator); // in this one

    [[nodiscard]] TestDatabase &test() { return *m_test; }
    [[nodiscard]] Database &database() { return m_database; }
    static constexpr const char *publisher = "squad_ticket";
    static constexpr const char *reader = "squad_matching";

    // One step of the key, in a transaction of its own.
    void publish(const QString &key);
    // The same as part of a transaction of squad_ticket; holds the key's row until that ends, as a service
    // holds a ticket.
    static Result<void> publish(Session &session, const QString &key);
    // Writes down the effect of an event, as part of a handler.
    static Result<void> record(Session &session, const QString &group, const Probed &probed);
    // A consumer that does nothing else.
    static std::shared_ptr<Consumer> recorder(const QString &group);

    [[nodiscard]] QList<Effect> effects(const QString &group);
    [[nodiscard]] qsizetype count(const QString &group) { return effects(group).size(); }
    // The steps of each key that were committed.
    [[nodiscard]] QMap<QString, int> published();
    // Whether the group got every committed step exactly once and each key in order; if not, says what is
    // wrong.
    [[nodiscard]] QString audit(const QString &group);

    void administrate(const QByteArray &sql); // as the superuser, or whoever may make schemas

private:
    explicit BusProbe(std::unique_ptr<TestDatabase> test);

    std::unique_ptr<TestDatabase> m_test;
    Database &m_database;
    QString m_administrator;
};

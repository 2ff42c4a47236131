#pragma once

#include "shared/api/ticket.h"
#include "tests/support/blocking_client.h"
#include "tests/support/server_process.h"

#include <QDeadlineTimer>
#include <QTemporaryDir>
#include <QThread>

// A served installation in a directory of its own, with the people a test needs in it. What its functions
// cannot do ends the test program: without people there is nothing to test.
class Installation
{
public:
    explicit Installation(const QStringList &options = {}, quint16 port = 0); // 0: any free one

    // Somebody who is signed in.
    struct Person
    {
        api::AccountId id;
        QString name;
        QByteArray token;
        QString email;
    };

    [[nodiscard]] ServerProcess &server() { return m_server; }
    [[nodiscard]] const QUrl &url() const { return m_server.url(); }
    [[nodiscard]] QString dataDir() const { return m_dir.path(); }
    // The postmaster of the installation's own PostgreSQL.
    [[nodiscard]] qint64 postmaster() const;
    // The installation's database for whoever may sign in to it; "postgres" may everything.
    [[nodiscard]] QString databaseUrl(const QString &user) const;

    [[nodiscard]] const Person &admin() const { return m_admin; }
    [[nodiscard]] const Person &manager() const { return m_manager; }
    [[nodiscard]] Person signIn(const QString &email);
    [[nodiscard]] static QString password(); // everybody's
    // A new customer in ZIP code 10001, without a plan.
    [[nodiscard]] Person registered();
    // The same with a plan that covers everything.
    [[nodiscard]] Person customer();
    // New experts for the 100 ZIP area, on duty around the clock, and able to repair `product`.
    QList<Person> hire(int count, const api::Product &product);
    // Some kind of device.
    [[nodiscard]] api::Product product() const;
    // One that takes another skill.
    [[nodiscard]] api::Product productBut(const QString &skill) const;

    [[nodiscard]] BlockingClient client(const Person &person) const;
    [[nodiscard]] static api::NewTicket draft(const api::Product &product, const QString &subject);
    [[nodiscard]] static QByteArray makeKey();

    // Asks again and again until `isThere(ticket)`; the ticket as it was in the end.
    template <class Condition>
    api::Ticket await(const Person &person, api::TicketId id, Condition isThere)
    {
        BlockingClient asking = client(person);
        QDeadlineTimer deadline(patience);
        while (true) {
            const auto ticket = asking.call<api::ticket::Fetch>({ id });
            if (ticket && (isThere(*ticket) || deadline.hasExpired()))
                return *ticket;
            if (deadline.hasExpired())
                qFatal("The ticket does not get there: %s", qPrintable(ticket.error().detail));
            QThread::msleep(20);
        }
    }

    static constexpr std::chrono::minutes patience { 2 };

private:
    QTemporaryDir m_dir;
    ServerProcess m_server;
    Person m_admin;
    Person m_manager;
    QList<api::Plan> m_plans;
};

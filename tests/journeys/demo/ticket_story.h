#pragma once

#include "tests/journeys/demo/person.h"

#include <QDir>
#include <QElapsedTimer>
#include <QProcess>

// Plays the life of one ticket on the terminal, as a customer and an expert live it, and takes a picture of
// the real windows at the moments that matter.
class TicketStory : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        QUrl server;
        QString password; // of the demo accounts
        QDir pictures;
        QDir programs; // where sysops-expert and sysops-manager are
    };

    explicit TicketStory(const Options &options);
    void start();

signals:
    void finished(int exitCode);

private:
    void tell(const QString &who, const QString &what);
    void file();
    void expertArrives(const api::Expert &expert);
    void step(const api::Ticket &ticket);
    void end(const api::TicketId &id);
    void
    photograph(const QString &program, const QString &email, const QString &name, std::function<void()> then);
    void giveUp(const Problem &why);

    Options m_options;
    Person m_customer;
    Person m_manager;
    std::unique_ptr<Person> m_expert;
    QElapsedTimer m_clock;
    qint64 m_filedAt = 0;
    std::optional<api::TicketId> m_ticket;
    bool m_assigned = false;
};

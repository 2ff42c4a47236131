#pragma once

#include "tests/journeys/demo/csv.h"
#include "tests/journeys/demo/expert_robot.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

// Feeds a stream of real requests through the public API while experts work them off, and accounts for every
// one at the end. Nothing here knows the server's inside: it sees what customers, experts and managers see.
class Replay : public QObject
{
    Q_OBJECT

public:
    struct Options
    {
        QUrl server;
        QString file; // CSV with "Product Purchased", "Ticket Subject", "Ticket Description"
        double speed = 60; // 1: one ticket a second, a minute of work takes a minute
        qsizetype limit = 500; // rows of the file; 0: all
        int customers = 24;
        QString password; // of the demo accounts
    };

    explicit Replay(const Options &options);

    void start();

signals:
    void finished(int exitCode);

private:
    struct Filed
    {
        qint64 sentAt = 0; // ms since the start
        QString zip;
    };

    void signInManager();
    void loadExperts(const std::optional<QString> &cursor);
    void loadProducts(const std::optional<QString> &cursor);
    void registerNextCustomer();
    void buyPlan(Person &customer);
    void begin();
    void fileNext();
    void file(Person &customer, qsizetype row, const QByteArray &key);
    void progress();
    void account(const std::optional<QString> &cursor);
    void examine(const api::TicketSummary &summary);
    void report();
    void giveUp(const QString &what, const Problem &why);
    [[nodiscard]] QString drawZip();
    [[nodiscard]] api::NewTicket draft(qsizetype row, const Person &customer);

    Options m_options;
    Csv m_stream;
    QRandomGenerator m_random { 20'261'123 };
    QElapsedTimer m_clock;
    QList<std::pair<QString, qint64>> m_prefixes; // with their population, summed up
    std::unique_ptr<Person> m_manager;
    QList<api::Expert> m_experts;
    QList<api::Product> m_products;
    std::vector<std::unique_ptr<ExpertRobot>> m_robots;
    std::vector<std::unique_ptr<Person>> m_customers;
    qsizetype m_awaited = 0;
    qsizetype m_next = 0;
    qsizetype m_inFlight = 0;
    qsizetype m_done = 0;
    qint64 m_lastNews = 0;
    qint64 m_lastFiling = 0;
    QHash<api::TicketId, Filed> m_filed;
    QHash<api::TicketId, qint64> m_received; // first time a job reached a screen, ms since the start
    QSet<api::TicketId> m_waited; // nobody was free for them at first
    qsizetype m_refused = 0;
    QTimer m_filing;
    QTimer m_progress;
    // What the closing account found.
    QHash<api::TicketId, bool> m_seen;
    QMap<QString, int> m_waiting; // reason → tickets
    int m_matched = 0;
    QStringList m_wrong;
};

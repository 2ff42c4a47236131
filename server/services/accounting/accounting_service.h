#pragma once

#include "server/push/push_feed.h"
#include "server/services/accounting/alarm_board.h"
#include "server/services/accounting/auditor.h"
#include "server/services/accounting/book_keeper.h"
#include "server/services/accounting/reconciler.h"

#include <condition_variable>
#include <mutex>
#include <thread>

// Accounts for every ticket: keeps books of its own from the events, compares them with what every service
// holds, mends what can be mended, and raises an alarm when the machinery stops. Any number of nodes may run
// one; one of them looks at a time.
class AccountingService
{
public:
    struct Options
    {
        Auditor::Options audit {};
        std::chrono::milliseconds interval { 2000 }; // between two looks, at least …
        int restFactor = 50; // … and so many times what the last one took: 2 % of one connection
        std::chrono::seconds recountEvery { 600 }; // of the totals, after a round over all tickets
        std::chrono::seconds lateAfter { 60 }; // without any look by any node
        QString node = QStringLiteral("this server"); // its name among those that share the database
        QStringList groups; // consumers that this node runs, to notice one that has died
        std::chrono::seconds nodeSilence { 60 }; // until a server is missed
        // What else can go wrong with the machinery, such as timers that do not fire. Must not block.
        std::function<QList<AlarmBoard::Condition>()> alsoWatch
            = [] { return QList<AlarmBoard::Condition>(); };
    };

    using Deliver = std::function<void(const QList<FeedRow> &)>;

    // `deliver` hands to who is connected what was appended to the feeds.
    AccountingService(const Auditor::Sources &sources, EventBus &bus, Deliver deliver, Options options);
    ~AccountingService();
    AccountingService(const AccountingService &) = delete;
    AccountingService &operator=(const AccountingService &) = delete;

    // What to listen to. The service outlives the consumer.
    [[nodiscard]] std::shared_ptr<const Consumer> consumer() { return m_books.consumer(); }

    // Looks again and again, on a thread of its own.
    void start();
    void stop();

    // One look and the repairs that follow from it. False: another node is looking.
    Result<bool> look();

    Result<api::Accounting> fetch(Session &session) const;
    Result<api::Items<api::Alarm>> alarms(Session &session) const;

    // What this node knows without asking the database: for /readyz and /metrics. From any thread.
    struct Standing
    {
        QList<api::Alarm> alarms;
        QList<GroupHealth> groups;
        qint64 differences = 0;
        std::chrono::seconds lastLook {}; // ago, by whatever node
    };
    [[nodiscard]] Standing standing() const;

private:
    using Steady = std::chrono::steady_clock;

    void run();
    Result<bool> lookOver(const QList<GroupHealth> &health);
    Result<void> recountIfDue();
    Result<void> raiseAlarms(const QList<GroupHealth> &health);
    // What is wrong with the servers, as far as they say it, or do not say anything any more.
    Result<QList<AlarmBoard::Condition>> conditionsOfNodes(Session &session) const;
    Result<void> takeNote(const QList<GroupHealth> &health);
    Result<void> tellStaff(qint64 differences, qsizetype alarms);
    [[nodiscard]] std::optional<api::Alarm> lateness() const;

    Auditor::Sources m_with;
    EventBus &m_bus;
    Deliver m_deliver;
    Options m_options;
    BookKeeper m_books;
    Auditor m_auditor;
    Reconciler m_reconciler;

    // Of the looking thread.
    AlarmBoard m_board;
    bool m_isRestored = false;
    bool m_alarmsChanged = false;
    std::optional<qint64> m_toldDifferences;
    qint64 m_countedRounds = 0;
    Steady::time_point m_recountAt {};
    qint64 m_lookNumber = -1;

    mutable std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    bool m_stopping = false;
    Standing m_standing;
    Steady::time_point m_lastLook = Steady::now();
    std::thread m_thread;
};

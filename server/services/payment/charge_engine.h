#pragma once

#include "server/db/database.h"
#include "server/db/worker_threads.h"
#include "server/services/payment/card_service.h"
#include "server/services/payment/transfer_store.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

// Moves money: takes transfers that are due, asks the vendor, and writes down what it says.
//
// How a transfer will be asked about is committed before the vendor is. An answer that does not say what
// happened is followed by the same question under the same key, or by a look into the vendor's list, for as
// long as it takes; never by a new charge. What a crash leaves behind is taken up again when its lease ends.
// Any number of nodes may run one.
//
// One thread talks to the database: it settles what was answered and takes what comes next in one
// transaction. More than the vendor's limit is taken ahead, so that its lines are busy while a commit runs.
class ChargeEngine
{
public:
    struct Options
    {
        std::chrono::milliseconds firstPause { 1000 }; // after an answer that was none; doubled …
        std::chrono::milliseconds lastPause { 60'000 }; // … up to this
        int triesUntilStuck = 12; // then somebody is told, and it is tried …
        std::chrono::milliseconds stuckPause { 300'000 }; // … this often
        std::chrono::milliseconds pendingPause { 10'000 }; // between two looks at what the vendor works on
        std::chrono::milliseconds lease { 90'000 }; // longer than any question takes, its waiting included
        std::chrono::milliseconds safetyLook { 5000 }; // without being woken
        std::chrono::hours keyLife { 12 }; // half of what the vendor remembers a key for
    };

    // `real` is the world's clock, in which the vendor lives; `clock` the installation's, which events tell.
    struct Clocks
    {
        const Clock &real;
        const Clock &clock;
    };

    ChargeEngine(
        Database &database, CardService &cards, PaymentGateway &gateway, Clocks clocks, const Options &options
    );
    ~ChargeEngine();
    ChargeEngine(const ChargeEngine &) = delete;
    ChargeEngine &operator=(const ChargeEngine &) = delete;

    void start();
    void stop(); // what is under way is taken up at the next start, of this node or another
    void wake(); // something is due

    // How transfers that end without the vendor do so.
    static Result<void> publish(Session &session, const TransferRow &row, Instant at);

private:
    struct Answer
    {
        TransferRow transfer;
        bool wasSearch = false; // for the charge in the vendor's list
        VendorAnswer answer;
    };
    struct Taken
    {
        QList<TransferRow> ready; // to ask about
        QList<TransferRow> cardless; // whose card has to be taken to the vendor first
    };

    void run();
    bool turn(); // false: the database is in trouble
    Result<Taken> exchange(Session &session, const QList<Answer> &answers, int room);
    Result<Taken> take(Session &session, int room);
    Result<void> settle(Session &session, const QList<Answer> &answers);
    Result<void> settle(Session &session, const QList<Settlement> &settlements) const;
    [[nodiscard]] std::optional<Settlement> settlementOf(const Answer &answer) const;
    [[nodiscard]] Postponement postponementOf(const Answer &answer) const;
    void ask(const TransferRow &transfer);
    void bringCard(const TransferRow &transfer);
    [[nodiscard]] VendorQuestion questionFor(const TransferRow &transfer, bool &isSearch) const;
    void answered(Answer answer);
    void rest();

    Database &m_database;
    CardService &m_cards;
    PaymentGateway &m_gateway;
    Clocks m_clocks;
    Options m_options;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    QList<Answer> m_answers;
    int m_underWay = 0; // taken and not yet settled
    bool m_woken = false;
    std::atomic<bool> m_stopping = false;
    bool m_isFull = false; // the last look took all there was room for
    std::optional<Instant> m_nextDue; // of the engine's thread

    std::thread m_thread;
    std::unique_ptr<WorkerThreads> m_carriers; // take cards to the vendor; last, so that it ends first
};

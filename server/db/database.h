#pragma once

#include "server/db/session.h"

#include <memory>

class WorkerThreads;

// A PostgreSQL database and the worker threads that talk to it.
//
// Every open transaction has a connection to itself, opened when none is idle and kept for the next: a
// service that calls another one's public interface in the middle of its own transaction gets a second,
// independent transaction, and cannot dead-lock on a pool that has run dry. Blocking calls belong on workers
// and consumer threads, never on an event loop.
class Database
{
public:
    struct Options
    {
        QString url; // postgresql://user@host:port/name, or a libpq connection string
        int workers = 8;
        int queueLimit = 1000; // work that may wait for a worker before post() refuses
    };

    explicit Database(const Options &options);
    ~Database(); // waits for what runs, drops what waits
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    // Runs work(Session &) → Result<T> in one transaction as `role` ("squad_ticket"): a value commits, a
    // Problem rolls back. A serialization failure or dead-lock is retried once, a moment later, so work must
    // not have effects outside the session. So is one whose connection was lost, on a new connection; if that
    // was at COMMIT the outcome is unknown and the answer is `unavailable`. What work throws is logged and
    // answered as `internal`.
    template <class Work>
    auto transact(const char *role, Work &&work) -> std::invoke_result_t<Work, Session &>
    {
        using Outcome = std::invoke_result_t<Work, Session &>;
        std::optional<Outcome> outcome;
        const Result<void> ran = run(role, [&](Session &session) -> Result<void> {
            outcome.emplace(work(session));
            if (!*outcome)
                return fail(outcome->error());
            return {};
        });
        if (!ran)
            return fail(ran.error());
        return *std::move(outcome);
    }

    // Queues work for a worker thread and returns at once; false when the queue is full.
    [[nodiscard]] bool post(std::function<void()> work);

private:
    using Work = std::function<Result<void>(Session &)>;
    class Pool;

    Result<void> run(const char *role, const Work &work);
    static Result<void> attempt(Connection &connection, const char *role, const Work &work);

    std::unique_ptr<Pool> m_pool;
    std::unique_ptr<WorkerThreads> m_workers;
};

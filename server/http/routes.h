#pragma once

#include "server/db/database.h"
#include "server/http/router.h"

// Registers the endpoints of one service: where a typed endpoint (shared/api) meets the rule that answers it.
//
//     routes.on<api::ticket::Fetch>([&](Session &session, const Caller &by, const api::TicketRef &ref) {
//         return tickets.fetch(session, by, ref.id);
//     });
//
// A handler takes (Session &, const Caller &[, const Params &][, const Body &]), without those that are Nothing, and
// returns Result<Answer>. It runs on a database worker in one transaction as the service's role: a value commits, a
// Problem rolls back. What it throws is logged and answered as `internal`. Role, syntax and content of the request
// have been checked before; an Idempotency-Key is honoured around it.
class Routes
{
public:
    Routes(Router &router, Database &database, const char *role)
        : m_router(router)
        , m_database(database)
        , m_role(role)
    {
    }

    template<class E, class Handler>
    void on(Handler handler);

    // One request among those that are answered together.
    template<class E>
    struct Call
    {
        Caller by;
        typename E::Params params;
        typename E::Body body;
    };

    // For the endpoints that must bear a storm: requests that arrive while the previous batch commits are handed over
    // together, in one transaction; nobody waits for a batch to fill. The handler returns one Result per call, in order;
    // the transaction commits once for all, so a Problem of one call must have left nothing behind in the session. If the
    // transaction itself fails, each call is tried again alone. Idempotency is the handler's own duty here.
    template<class E>
    using BatchHandler = std::function<Result<QList<Result<typename E::Answer>>>(Session &, const QList<Call<E>> &)>;

    template<class E>
    void gather(BatchHandler<E> handler, qsizetype maxBatch = 128);

private:
    Router &m_router;
    Database &m_database;
    const char *m_role;
};

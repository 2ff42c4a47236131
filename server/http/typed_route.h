#pragma once

#include "server/db/database.h"
#include "server/http/idempotency.h"
#include "server/http/openapi.h"
#include "server/http/router.h"

class WorkerThreads;

// What Routes does with every typed endpoint after its types have been folded into closures: compiled once,
// not once per endpoint.

struct TypedRoute
{
    Operation operation;
    json::Definitions definitions;
    bool hasBody = false;
    bool mayStoreAnswer = true; // false: Idempotency-Key is ignored
    const char *role;
};

// A decoded request that waits for its transaction.
using EncodedWork = std::function<Result<idempotency::Stored>(Session &)>;
using Decode = std::function<Result<EncodedWork>(const Request &)>;

// Runs on the database's workers, or on `threads` if there are any.
void addTypedRoute(
    Router &router, Database &database, TypedRoute route, Decode decode, WorkerThreads *threads = nullptr
);

struct Batch
{
    using Call = std::shared_ptr<const void>;

    std::function<Result<Call>(const Request &)> decode;
    std::function<Result<QList<Result<idempotency::Stored>>>(Session &, const QList<Call> &)> run;
    qsizetype limit = 128; // calls in one transaction
};

void addBatchRoute(Router &router, Database &database, TypedRoute route, Batch batch);

namespace detail {

[[nodiscard]] Result<QJsonValue> readJsonBody(const Request &request);
[[nodiscard]] Problem refusedFields(const QList<FieldError> &errors);
[[nodiscard]] QByteArray etagOf(int version); // "3", with its quotes

// Shared by the two ways of answering.
struct Answered
{
    idempotency::Stored stored;
    bool isReplay = false;
};
[[nodiscard]] std::optional<idempotency::Claim> claimOf(const TypedRoute &route, const Request &request);
[[nodiscard]] Response answerResponse(const Answered &answered);
[[nodiscard]] Response
failureResponse(const Problem &problem, const Request &request); // logs what is our fault
[[nodiscard]] Problem describeException() noexcept; // of the exception that is being handled
void addRoute(Router &router, const TypedRoute &route, Router::Handler handler);

} // namespace detail

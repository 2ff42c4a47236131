#include "server/http/typed_route.h"

#include "server/db/worker_threads.h"
#include "server/http/problem_response.h"

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcRoutes, "squad.http")

namespace detail {

Result<QJsonValue> readJsonBody(const Request &request)
{
    if (request.body.isEmpty())
        return fail({ ProblemKind::malformed, u"The request needs a JSON body."_s, {}, {}, {} });
    return json::detail::parseText(request.body);
}

Problem refusedFields(const QList<FieldError> &errors)
{
    const QString detail = errors.size() == 1 ? u"One field cannot be used."_s
                                              : u"%1 fields cannot be used."_s.arg(errors.size());
    return { ProblemKind::invalidInput, detail, {}, errors, {} };
}

QByteArray etagOf(int version)
{
    return '"' + QByteArray::number(version) + '"';
}

std::optional<idempotency::Claim> claimOf(const TypedRoute &route, const Request &request)
{
    const Caller &caller = request.caller;
    // A key belongs to an account. Without one, whoever guesses a key would read another person's answer.
    if (!caller.idempotencyKey || !caller.isSignedIn() || !route.mayStoreAnswer)
        return std::nullopt;
    if (route.operation.method == api::Method::get)
        return std::nullopt;
    return idempotency::Claim {
        caller.account,
        *caller.idempotencyKey,
        idempotency::fingerprint(request.method, request.target, request.body),
    };
}

Response answerResponse(const Answered &answered)
{
    const idempotency::Stored &stored = answered.stored;
    Response response = stored.status == 204 ? Response::empty() : Response::json(stored.body, stored.status);
    if (!stored.mediaType.isEmpty()) {
        response.contentType = stored.mediaType;
        // RFC 6266: a name of ours, of letters, digits, dots and hyphens, that needs no quoting.
        response.set("Content-Disposition", "attachment; filename=\"" + stored.fileName.toLatin1() + '"');
    }
    if (!stored.etag.isEmpty())
        response.set("ETag", stored.etag);
    if (answered.isReplay)
        response.set("Idempotency-Replayed", "true");
    return response;
}

Response failureResponse(const Problem &problem, const Request &request)
{
    const QString &id = request.caller.requestId;
    if (problem.kind == ProblemKind::internal)
        qCCritical(lcRoutes).noquote() << "request" << id << "failed:" << problem.detail;
    return problemResponse(problem, id);
}

Problem describeException() noexcept
{
    try {
        throw;
    } catch (const std::exception &exception) {
        return Problem::internal(u"exception: "_s + QString::fromLocal8Bit(exception.what()));
    } catch (...) {
        return Problem::internal(u"an exception of unknown type"_s);
    }
}

void addRoute(Router &router, const TypedRoute &route, Router::Handler handler)
{
    router.describe(route.operation, route.definitions);
    Router::Route raw;
    raw.method = route.operation.method;
    raw.path = route.operation.path;
    raw.roles = route.operation.roles;
    raw.wantsJson = route.hasBody;
    if (!route.hasBody)
        raw.bodyLimit = 4096; // an action's client may send an empty object
    raw.handler = std::move(handler);
    router.add(std::move(raw));
}

} // namespace detail

namespace {

using detail::Answered;

Result<Answered>
answerOnce(Session &session, const std::optional<idempotency::Claim> &claim, const EncodedWork &work)
{
    if (claim) {
        const idempotency::Verdict verdict = TRY(idempotency::begin(session, { *claim })).constFirst();
        if (verdict.use == idempotency::Use::reused)
            return fail(idempotency::reusedKey());
        if (verdict.use == idempotency::Use::repeated)
            return Answered { verdict.stored, true };
    }
    const idempotency::Stored answer = TRY(work(session));
    if (claim)
        TRY(idempotency::finish(session, { *claim }, { answer }));
    return Answered { answer, false };
}

// The one place where what a handler throws is caught: inside the transaction, so that it rolls back.
Result<Answered>
answer(Database &database, const TypedRoute &route, const Decode &decode, const Request &request)
{
    try {
        const EncodedWork work = TRY(decode(request));
        const std::optional<idempotency::Claim> claim = detail::claimOf(route, request);
        return database.transact(route.role, [&](Session &session) -> Result<Answered> {
            try {
                return answerOnce(session, claim, work);
            } catch (...) {
                return fail(detail::describeException());
            }
        });
    } catch (...) {
        return fail(detail::describeException());
    }
}

} // namespace

void addTypedRoute(
    Router &router, Database &database, TypedRoute route, Decode decode, WorkerThreads *threads
)
{
    struct Shared
    {
        TypedRoute route;
        Decode decode;
    };
    const auto shared = std::make_shared<const Shared>(std::move(route), std::move(decode));
    detail::addRoute(
        router,
        shared->route,
        [&database, shared, threads](const RequestPtr &request, const Responder &respond) {
            const auto work = [&database, shared, request, respond] {
                if (respond.isAbandoned())
                    return;
                const Result<Answered> answered = answer(database, shared->route, shared->decode, *request);
                respond(
                    answered ? detail::answerResponse(*answered)
                             : detail::failureResponse(answered.error(), *request)
                );
            };
            if (!(threads ? threads->post(work) : database.post(work)))
                respond(busyResponse(u"Too many requests wait already."_s, request->caller.requestId));
        }
    );
}

#include "server/http/problem_response.h"

#include "shared/json/codec.h"

#include <array>

using namespace Qt::StringLiterals;

namespace {

constexpr std::array kinds {
    ProblemKind::invalidInput, ProblemKind::malformed,   ProblemKind::unauthenticated, ProblemKind::forbidden,
    ProblemKind::notFound,     ProblemKind::conflict,    ProblemKind::stale,           ProblemKind::tooLarge,
    ProblemKind::tooMany,      ProblemKind::unavailable, ProblemKind::internal,
};

constexpr std::array httpProblems {
    HttpProblem::methodNotAllowed,  HttpProblem::requestTimeout,  HttpProblem::unsupportedMediaType,
    HttpProblem::expectationFailed, HttpProblem::upgradeRequired, HttpProblem::headersTooLarge,
    HttpProblem::notImplemented,    HttpProblem::handlerTimeout,  HttpProblem::versionNotSupported,
};

ProblemTraits traits(HttpProblem problem)
{
    switch (problem) {
    case HttpProblem::methodNotAllowed:
        return { 405, "method-not-allowed"_L1, "This address does not take that method"_L1 };
    case HttpProblem::requestTimeout:
        return { 408, "request-timeout"_L1, "The request took too long to arrive"_L1 };
    case HttpProblem::unsupportedMediaType:
        return { 415, "unsupported-media-type"_L1, "The body has a type that is not read here"_L1 };
    case HttpProblem::expectationFailed:
        return { 417, "expectation-failed"_L1, "The expectation cannot be met"_L1 };
    case HttpProblem::upgradeRequired:
        return { 426, "upgrade-required"_L1, "This address speaks WebSocket only"_L1 };
    case HttpProblem::headersTooLarge:
        return { 431, "headers-too-large"_L1, "The request's header is too large"_L1 };
    case HttpProblem::notImplemented:
        return { 501, "not-implemented"_L1, "Not implemented"_L1 };
    case HttpProblem::handlerTimeout:
        return { 504, "timeout"_L1, "The answer took too long"_L1 };
    case HttpProblem::versionNotSupported:
        return { 505, "version-not-supported"_L1, "This version of HTTP is not spoken here"_L1 };
    }
    return ::traits(ProblemKind::internal);
}

// For people who follow a problem's `type`: what it means and what to do about it.
QString explanation(QLatin1String slug)
{
    static const QHash<QLatin1String, QString> texts {
        { "invalid-input"_L1,
          u"The request could be read, but some of its fields cannot be used. `errors` names each: a JSON pointer into the body, or ?name for a parameter."_s },
        { "malformed"_L1, u"The request is not valid HTTP or JSON. Repeating it unchanged will not help."_s },
        { "unauthenticated"_L1,
          u"The access token is missing, expired or revoked. Refresh it or sign in again."_s },
        { "forbidden"_L1, u"The signed-in account's role may never do this."_s },
        { "not-found"_L1, u"There is no such thing, or it belongs to somebody else."_s },
        { "conflict"_L1, u"The thing has moved on since you looked. The problem carries what it is now."_s },
        { "stale"_L1,
          u"If-Match names a version that is no longer the newest. Fetch it again and decide again."_s },
        { "too-large"_L1, u"The body is larger than this address accepts."_s },
        { "too-many"_L1,
          u"Too many requests or connections from one place. Slow down, and honour Retry-After."_s },
        { "unavailable"_L1,
          u"The server is busy or starting. Repeat with the same Idempotency-Key after Retry-After seconds."_s },
        { "internal"_L1, u"The fault is on our side and has been logged. Tell support the request id."_s },
        { "timeout"_L1,
          u"No answer was ready in time. Whether the request took effect is unknown: repeat it with the same Idempotency-Key."_s },
    };
    return texts.value(slug);
}

Response document(const ProblemTraits &traits, const Problem &problem, const QString &requestId)
{
    QJsonObject body = problem.extension; // first: an extension must not overwrite a standard member
    body.insert(u"type"_s, QString(QLatin1String(problemsPath) + traits.slug));
    body.insert(u"title"_s, traits.title);
    body.insert(u"status"_s, traits.status);
    body.insert(u"code"_s, problem.code.isEmpty() ? QString(traits.slug) : problem.code);
    if (!problem.detail.isEmpty())
        body.insert(u"detail"_s, problem.detail);
    if (!requestId.isEmpty())
        body.insert(u"instance"_s, requestId);
    if (!problem.fields.isEmpty()) {
        QJsonArray errors;
        for (const FieldError &field : problem.fields)
            errors.append(QJsonObject { { u"pointer"_s, field.pointer }, { u"detail"_s, field.detail } });
        body.insert(u"errors"_s, errors);
    }
    return { traits.status, "application/problem+json", json::toText(body), {} };
}

} // namespace

Response problemResponse(const Problem &problem, const QString &requestId)
{
    if (problem.kind == ProblemKind::internal || problem.kind == ProblemKind::unreachable) {
        // What went wrong inside is in the log under the same request id, and nobody else's business.
        const QString detail
            = u"The request failed on our side; the log has the story under the request id."_s;
        return document(
            traits(ProblemKind::internal), { ProblemKind::internal, detail, {}, {}, {} }, requestId
        );
    }
    Response response = document(traits(problem.kind), problem, requestId);
    if (problem.kind == ProblemKind::unauthenticated)
        response.set("WWW-Authenticate", "Bearer");
    if (problem.kind == ProblemKind::unavailable || problem.kind == ProblemKind::tooMany) {
        const int seconds = problem.extension.value("retryAfter"_L1).toInt(1);
        response.set("Retry-After", QByteArray::number(std::max(seconds, 1)));
    }
    return response;
}

Response problemResponse(HttpProblem problem, const QString &detail, const QString &requestId)
{
    return document(traits(problem), { ProblemKind::malformed, detail, {}, {}, {} }, requestId);
}

QStringList problemSlugs()
{
    QStringList slugs;
    for (const ProblemKind kind : kinds)
        slugs += traits(kind).slug;
    for (const HttpProblem problem : httpProblems)
        slugs += traits(problem).slug;
    return slugs;
}

Response problemPage(const QString &slug)
{
    std::optional<ProblemTraits> found;
    for (const ProblemKind kind : kinds) {
        if (traits(kind).slug == slug)
            found = traits(kind);
    }
    for (const HttpProblem problem : httpProblems) {
        if (traits(problem).slug == slug)
            found = traits(problem);
    }
    if (!found)
        return problemResponse(Problem::notFound(u"There is no problem of that name."_s), {});
    const QString page = u"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                         "<meta name=\"viewport\" content=\"width=device-width\"><title>%1</title>"
                         "<h1>%1</h1><p>HTTP status %2, problem type <code>%3</code></p><p>%4</p></html>\n"_s;
    return Response::html(
        page.arg(found->title, QString::number(found->status), found->slug, explanation(found->slug)).toUtf8()
    );
}

Response busyResponse(const QString &detail, const QString &requestId)
{
    return problemResponse(Problem::unavailable(detail), requestId);
}

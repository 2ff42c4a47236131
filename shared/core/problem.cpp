#include "shared/core/problem.h"

Problem Problem::invalid(const QString &pointer, const QString &detail)
{
    return { ProblemKind::invalidInput,
             QStringLiteral("The request has a field that cannot be used."),
             {},
             { { pointer, detail } },
             {} };
}

Problem Problem::notFound(const QString &what)
{
    return { ProblemKind::notFound, what, {}, {}, {} };
}

Problem Problem::forbidden(const QString &detail)
{
    return { ProblemKind::forbidden, detail, {}, {}, {} };
}

Problem Problem::conflict(const QString &code, const QString &detail, const QJsonObject &current)
{
    return { ProblemKind::conflict, detail, code, {}, current };
}

Problem Problem::unavailable(const QString &detail)
{
    return { ProblemKind::unavailable, detail, {}, {}, {} };
}

Problem Problem::internal(const QString &detail)
{
    return { ProblemKind::internal, detail, {}, {}, {} };
}

ProblemTraits traits(ProblemKind kind)
{
    switch (kind) {
    case ProblemKind::invalidInput:
        return { 422, QLatin1String("invalid-input"), QLatin1String("The request has invalid fields") };
    case ProblemKind::malformed:
        return { 400, QLatin1String("malformed"), QLatin1String("The request cannot be read") };
    case ProblemKind::unauthenticated:
        return { 401, QLatin1String("unauthenticated"), QLatin1String("Sign-in required") };
    case ProblemKind::forbidden:
        return { 403, QLatin1String("forbidden"), QLatin1String("Not allowed") };
    case ProblemKind::notFound:
        return { 404, QLatin1String("not-found"), QLatin1String("Not found") };
    case ProblemKind::conflict:
        return { 409, QLatin1String("conflict"), QLatin1String("The state has moved on") };
    case ProblemKind::stale:
        return { 412, QLatin1String("stale"), QLatin1String("Changed by somebody else") };
    case ProblemKind::tooLarge:
        return { 413, QLatin1String("too-large"), QLatin1String("The request is too large") };
    case ProblemKind::tooMany:
        return { 429, QLatin1String("too-many"), QLatin1String("Too many requests") };
    case ProblemKind::unavailable:
        return { 503, QLatin1String("unavailable"), QLatin1String("Temporarily unavailable") };
    case ProblemKind::internal:
        return { 500, QLatin1String("internal"), QLatin1String("Something failed on our side") };
    case ProblemKind::unreachable:
        return { 0, QLatin1String("unreachable"), QLatin1String("The server cannot be reached") };
    }
    return { 500, QLatin1String("internal"), QLatin1String("Something failed on our side") };
}

ProblemKind problemKindOfStatus(int status)
{
    switch (status) {
    case 0:
        return ProblemKind::unreachable;
    case 401:
        return ProblemKind::unauthenticated;
    case 403:
        return ProblemKind::forbidden;
    case 404:
        return ProblemKind::notFound;
    case 409:
        return ProblemKind::conflict;
    case 412:
        return ProblemKind::stale;
    case 413:
        return ProblemKind::tooLarge;
    case 422:
        return ProblemKind::invalidInput;
    case 429:
        return ProblemKind::tooMany;
    case 502:
    case 503:
    case 504:
        return ProblemKind::unavailable;
    default:
        return status >= 400 && status < 500 ? ProblemKind::malformed : ProblemKind::internal;
    }
}

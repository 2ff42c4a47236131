#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

// Why an operation failed, in the few kinds a caller can act on. The server maps each to one HTTP status
// (problem_response.h); the client reads it back into the same kind. `unreachable` exists only on the client.
enum class ProblemKind {
    invalidInput, // 422: the request is well formed, its content is not; `fields` names each
    malformed, // 400: the request could not be read at all
    unauthenticated, // 401
    forbidden, // 403: the role may never do this
    notFound, // 404: absent, or another one's: the two are not told apart
    conflict, // 409: the state moved on; `extension` holds what it is now
    stale, // 412: If-Match names an older version
    tooLarge, // 413
    tooMany, // 429
    unavailable, // 503: try again later
    internal, // 500: our fault; the log has the story
    unreachable, // no answer from the server
};

// One bad field: a JSON pointer into the request body ("/address/zip") or "?name" for a query parameter.
struct FieldError
{
    QString pointer;
    QString detail;

    bool operator==(const FieldError &) const = default;
};

// The failure half of every Result. `detail` is for the person who made the request and never holds
// internals.
struct Problem
{
    ProblemKind kind = ProblemKind::internal;
    QString detail;
    QString code; // stable, for programs: "ticket.taken"; empty means the kind's own slug
    QList<FieldError> fields;
    QJsonObject extension; // further members of the problem document, such as the current state on a conflict

    static Problem invalid(const QString &pointer, const QString &detail);
    static Problem notFound(const QString &what);
    static Problem forbidden(const QString &detail);
    static Problem conflict(const QString &code, const QString &detail, const QJsonObject &current = {});
    static Problem unavailable(const QString &detail);
    static Problem internal(const QString &detail);
};

// Status, slug and fixed title of a kind: RFC 9457 wants a title that does not change from one occurrence to
// the next.
struct ProblemTraits
{
    int status;
    QLatin1String slug;
    QLatin1String title;
};

[[nodiscard]] ProblemTraits traits(ProblemKind kind);
[[nodiscard]] ProblemKind problemKindOfStatus(int status);

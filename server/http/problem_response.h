#pragma once

#include "server/http/response.h"
#include "shared/core/problem.h"

#include <QStringList>

// Problems as RFC 9457 documents: application/problem+json with type, title, status, detail, instance (the
// request id), code, `errors` (pointer and detail of each bad field) and the problem's own extension members.
[[nodiscard]] Response problemResponse(const Problem &problem, const QString &requestId);

// The failures that HTTP itself has a status for, beyond the kinds of a Problem.
enum class HttpProblem {
    methodNotAllowed, // 405
    requestTimeout, // 408
    unsupportedMediaType, // 415
    expectationFailed, // 417
    upgradeRequired, // 426
    headersTooLarge, // 431
    notImplemented, // 501
    handlerTimeout, // 504
    versionNotSupported, // 505
};
[[nodiscard]] Response problemResponse(HttpProblem problem, const QString &detail, const QString &requestId);

// Every problem `type` is a page that explains it: its path is problemsPath + slug.
inline constexpr auto problemsPath = "/problems/";
[[nodiscard]] QStringList problemSlugs();
[[nodiscard]] Response problemPage(const QString &slug); // 404 for one that does not exist

// The same in a 503 that tells when to come back.
[[nodiscard]] Response busyResponse(const QString &detail, const QString &requestId);

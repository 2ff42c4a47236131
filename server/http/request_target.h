#pragma once

#include "server/http/request.h"

#include <optional>

// Where a request wants to go: RFC 9112's request-target, decoded. Whatever could mean one thing here and
// another in a proxy or a file system (an encoded slash, a dot segment, a control character, broken UTF-8) is
// refused.
struct RequestTarget
{
    QStringList path; // decoded segments, at least one; {"*"} of `OPTIONS *`
    Request::Values query;
    QByteArray authority; // of the absolute form; empty otherwise

    [[nodiscard]] static std::optional<RequestTarget> parse(QByteArrayView target);
};

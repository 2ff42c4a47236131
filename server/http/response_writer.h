#pragma once

#include "server/http/response.h"

#include <QByteArray>

// Puts an answer into the bytes that travel.
struct ResponseFrame
{
    bool isHead = false; // the request was HEAD: the length is told, the body is not sent
    bool isKeptAlive = true;
    bool isVersion10 = false; // the client's version
    bool isSecure = false; // over TLS
    QByteArray requestId;
    QByteArray date; // as RFC 9110 writes it
};

// Adds what every answer carries: length, date, request id, and headers that keep browsers from guessing and
// embedding. A header whose name or value could break out of its line is dropped.
[[nodiscard]] QByteArray writeResponse(const Response &response, const ResponseFrame &frame);

// "Mon, 23 Nov 2026 02:16:00 GMT"
[[nodiscard]] QByteArray httpDate(qint64 secondsSinceEpoch);

// Whether the client already has what the answer's ETag names (If-None-Match, compared weakly).
[[nodiscard]] bool isKnown(const QByteArray &ifNoneMatch, const QByteArray &etag);

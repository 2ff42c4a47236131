#pragma once

#include "server/http/request.h"

#include <memory>

// Turns the bytes of a connection into requests, one after another, and takes no liberties: what RFC 9112
// lets a lenient server repair (a bare line feed, a folded field, two lengths) is refused, because whoever
// stands between client and server may have read it differently.
//
//     parser.append(bytes);
//     for (;;) switch (parser.advance()) { … }
class RequestParser
{
public:
    enum class Step {
        needsBytes, // nothing more can be read from what there is
        header, // head() is valid; decide on the body with readBody(), then advance
        complete, // takeBody() is valid; the next advance starts the next request
        refused, // refusal() tells why; there is no way on
    };

    enum class Refusal {
        malformed, // 400
        bodyTooLarge, // 413
        headerTooLarge, // 431
        codingUnknown, // 501
        versionUnknown, // 505
    };

    struct Head
    {
        QByteArray method;
        QByteArray target;
        Headers headers;
        bool isVersion10 = false;
        bool isKeptAlive = true;
        bool isChunked = false;
        qint64 contentLength = 0; // announced; 0 when chunked
    };

    enum class Keep { body, nothing };

    RequestParser(qsizetype headerBytes, qsizetype headerFields);
    ~RequestParser();
    RequestParser(const RequestParser &) = delete;
    RequestParser &operator=(const RequestParser &) = delete;

    void append(QByteArrayView bytes);
    [[nodiscard]] Step advance();

    [[nodiscard]] Head &head();
    void readBody(qint64 limit, Keep keep);
    [[nodiscard]] qint64 bodySize() const;
    [[nodiscard]] QByteArray takeBody();
    [[nodiscard]] Refusal refusal() const;
    [[nodiscard]] QString refusalDetail() const;

    [[nodiscard]] bool isInRequest() const; // some of a request has arrived, but not all
    [[nodiscard]] bool isInBody() const;
    [[nodiscard]] QByteArray takeRest(); // what followed the header, for another protocol to read

private:
    struct State;
    std::unique_ptr<State> m_state;
};

#pragma once

#include "server/http/exchange.h"
#include "server/http/request_parser.h"
#include "server/http/server_state.h"

// Makes exchanges of parsed headers: who asks, for what, and whether it may be at all.
class RequestIntake
{
public:
    RequestIntake(ServerState &state, QHostAddress peer)
        : m_state(state)
        , m_peer(std::move(peer))
    {
    }

    // Also for a request that cannot be read: its answer and log line have an id all the same.
    [[nodiscard]] Exchange begin(quint64 number, const Headers &headers) const;

    // Fills in what the header says; an answer means that the message cannot be trusted.
    [[nodiscard]] std::optional<Response> readHead(Exchange &exchange, RequestParser::Head &head) const;

    // Finds who answers; an answer means that the request is well formed, but refused (or is OPTIONS).
    [[nodiscard]] std::optional<Response> route(Exchange &exchange) const;

    // Refuses an Expect that cannot be met, before the body is sent.
    [[nodiscard]] std::optional<Response>
    checkExpectation(const Exchange &exchange, const RequestParser::Head &head) const;

    [[nodiscard]] qint64 bodyLimit(const Exchange &exchange) const;
    [[nodiscard]] static Response refusal(const RequestParser &parser, const QString &requestId);
    [[nodiscard]] static bool isKnownMethod(const QByteArray &method);

private:
    [[nodiscard]] QString addressOf(const Headers &headers) const;

    ServerState &m_state;
    const QHostAddress m_peer;
};

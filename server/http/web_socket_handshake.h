#pragma once

#include "server/http/request.h"
#include "server/http/response.h"
#include "shared/core/result.h"

// A WebSocket handshake that has passed our checks (RFC 6455, 4.2.1).
struct WebSocketHandshake
{
    QByteArray host;
    QByteArray key;
    QByteArray subprotocol; // empty: the client offered none

    // A browser tells which page asks: only pages of this very host may, or any page could speak in a
    // visitor's name.
    [[nodiscard]] static Result<WebSocketHandshake> read(const Request &request, const QString &subprotocol);
    [[nodiscard]] static Response refusal(const Problem &problem, const Request &request);

    // Written anew for Qt's handshake reader: it sees what we have checked and nothing else, the token among
    // it.
    [[nodiscard]] QByteArray text(quint64 number) const;
    static constexpr auto numberHeader = "X-Upgrade-Number";
};

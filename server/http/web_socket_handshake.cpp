#include "server/http/web_socket_handshake.h"

#include "server/http/problem_response.h"

#include <QUrl>

using namespace Qt::StringLiterals;

namespace {

constexpr auto versionCode = "websocket.version";

bool hasToken(const Request &request, QByteArrayView name, const QByteArray &wanted)
{
    for (const Headers::Field &field : request.headers.fields()) {
        if (QByteArrayView(field.name) != name)
            continue;
        for (const QByteArray &token : field.value.split(',')) {
            if (token.trimmed().compare(wanted, Qt::CaseInsensitive) == 0)
                return true;
        }
    }
    return false;
}

bool isSameOrigin(const Request &request)
{
    const QByteArray origin = request.headers.value("origin");
    if (origin.isNull())
        return true; // no browser
    const QUrl page(QString::fromLatin1(origin), QUrl::StrictMode);
    const QUrl self(u"//"_s + QString::fromLatin1(request.headers.value("host")), QUrl::StrictMode);
    const int standard = page.scheme() == "https"_L1 ? 443 : 80;
    return page.isValid() && !page.host().isEmpty() && page.host() == self.host()
        && page.port(standard) == self.port(standard);
}

} // namespace

Result<WebSocketHandshake> WebSocketHandshake::read(const Request &request, const QString &subprotocol)
{
    const auto malformed = [](const QString &detail) {
        return fail({ ProblemKind::malformed, detail, {}, {}, {} });
    };
    if (!isSameOrigin(request))
        return fail(Problem::forbidden(u"Pages of another site may not connect."_s));
    if (!hasToken(request, "connection", "upgrade"))
        return malformed(u"Connection must say Upgrade."_s);
    if (request.headers.value("sec-websocket-version") != "13")
        return fail({ ProblemKind::malformed,
                      u"WebSocket version 13 is spoken here."_s,
                      QLatin1String(versionCode),
                      {},
                      {} });

    WebSocketHandshake handshake;
    handshake.host = request.headers.value("host");
    handshake.key = request.headers.value("sec-websocket-key");
    const auto decoded
        = QByteArray::fromBase64Encoding(handshake.key, QByteArray::AbortOnBase64DecodingErrors);
    if (request.headers.count("sec-websocket-key") != 1 || !decoded || decoded.decoded.size() != 16)
        return malformed(u"Sec-WebSocket-Key must be 16 bytes in base64."_s);
    if (request.headers.count("sec-websocket-protocol") > 0) {
        handshake.subprotocol = subprotocol.toLatin1();
        if (!hasToken(request, "sec-websocket-protocol", handshake.subprotocol))
            return malformed(u"The sub-protocol %1 is spoken here."_s.arg(subprotocol));
    }
    return handshake;
}

Response WebSocketHandshake::refusal(const Problem &problem, const Request &request)
{
    const QString &id = request.caller.requestId;
    if (problem.code == QLatin1String(versionCode)) {
        return problemResponse(HttpProblem::upgradeRequired, problem.detail, id)
            .set("Upgrade", "websocket")
            .set("Sec-WebSocket-Version", "13");
    }
    return problemResponse(problem, id);
}

QByteArray WebSocketHandshake::text(quint64 number) const
{
    QByteArray text = "GET / HTTP/1.1\r\nHost: " + host
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + key + "\r\n";
    if (!subprotocol.isEmpty())
        text += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
    return text + numberHeader + ": " + QByteArray::number(number) + "\r\n\r\n";
}

#include "server/http/request_intake.h"

#include "server/http/problem_response.h"
#include "server/http/request_target.h"
#include "shared/core/clock.h"

using namespace Qt::StringLiterals;

namespace {

Response malformed(const QString &detail, const QString &id)
{
    return problemResponse({ ProblemKind::malformed, detail, {}, {}, {} }, id);
}

// An id that a proxy gave is kept, if nothing in it could disturb a log.
QString requestIdOf(const Headers &headers)
{
    const QByteArray given = headers.value("x-request-id");
    const bool isUsable = !given.isEmpty() && given.size() <= 64 && std::ranges::all_of(given, [](char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_'
            || c == '.';
    });
    return isUsable ? QString::fromLatin1(given) : makeUuid7().toString(QUuid::WithoutBraces);
}

} // namespace

Exchange RequestIntake::begin(quint64 number, const Headers &headers) const
{
    Exchange exchange;
    exchange.number = number;
    Caller &caller = exchange.request->caller;
    caller.requestId = requestIdOf(headers);
    caller.address = addressOf(headers);
    caller.userAgent = QString::fromUtf8(headers.value("user-agent").left(400));
    caller.at = SystemClock().now();
    return exchange;
}

std::optional<Response> RequestIntake::readHead(Exchange &exchange, RequestParser::Head &head) const
{
    Request &request = *exchange.request;
    request.method = std::move(head.method);
    request.target = std::move(head.target);
    request.headers = std::move(head.headers);
    request.isSecure = m_state.tls.has_value();
    exchange.isKeptAlive = head.isKeptAlive;
    exchange.isVersion10 = head.isVersion10;

    const QString &id = request.caller.requestId;
    if (!isKnownMethod(request.method))
        return problemResponse(HttpProblem::notImplemented, u"The method is not known here."_s, id);
    std::optional<RequestTarget> target = RequestTarget::parse(request.target);
    if (!target)
        return malformed(u"The request's target cannot be read."_s, id);
    const bool isForUs = target->authority.isEmpty()
        || target->authority.compare(request.headers.value("host"), Qt::CaseInsensitive) == 0;
    if (!isForUs || (target->path == QStringList(u"*"_s) && request.method != "OPTIONS"))
        return malformed(u"The request's target is not for this server."_s, id);
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    return std::nullopt;
}

std::optional<Response> RequestIntake::route(Exchange &exchange) const
{
    Request &request = *exchange.request;
    exchange.match = m_state.router.match(request);
    request.pathValues = exchange.match.values;
    if (request.method == "OPTIONS"
        && (!exchange.match.allowed.isEmpty() || request.path == QStringList(u"*"_s)))
        return Router::options(exchange.match);
    return m_state.router.refuse(exchange.match, request);
}

std::optional<Response>
RequestIntake::checkExpectation(const Exchange &exchange, const RequestParser::Head &head) const
{
    const QByteArray expectation = exchange.request->headers.value("expect");
    if (expectation.isNull() || exchange.isVersion10)
        return std::nullopt;
    const QString &id = exchange.request->caller.requestId;
    if (expectation.compare("100-continue", Qt::CaseInsensitive) != 0)
        return problemResponse(
            HttpProblem::expectationFailed, u"The only expectation known here is 100-continue."_s, id
        );
    const qint64 limit = bodyLimit(exchange);
    if (head.contentLength > limit)
        return problemResponse(
            { ProblemKind::tooLarge, u"The body is larger than %1 bytes."_s.arg(limit), {}, {}, {} }, id
        );
    return std::nullopt;
}

qint64 RequestIntake::bodyLimit(const Exchange &exchange) const
{
    const Router::Route *route = exchange.match.route;
    return route && route->bodyLimit ? *route->bodyLimit : m_state.limits.bodyBytes;
}

Response RequestIntake::refusal(const RequestParser &parser, const QString &requestId)
{
    const QString detail = parser.refusalDetail();
    switch (parser.refusal()) {
    case RequestParser::Refusal::malformed:
        return malformed(detail, requestId);
    case RequestParser::Refusal::bodyTooLarge:
        return problemResponse({ ProblemKind::tooLarge, detail, {}, {}, {} }, requestId);
    case RequestParser::Refusal::headerTooLarge:
        return problemResponse(HttpProblem::headersTooLarge, detail, requestId);
    case RequestParser::Refusal::codingUnknown:
        return problemResponse(HttpProblem::notImplemented, detail, requestId);
    case RequestParser::Refusal::versionUnknown:
        return problemResponse(HttpProblem::versionNotSupported, detail, requestId);
    }
    return problemResponse(Problem::internal({}), requestId);
}

bool RequestIntake::isKnownMethod(const QByteArray &method)
{
    static const QByteArrayList known { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };
    return known.contains(method);
}

// Of the client: behind a proxy that we trust, the address that it says it was called from.
QString RequestIntake::addressOf(const Headers &headers) const
{
    if (m_state.proxies.contains(m_peer)) {
        const QByteArray chain = headers.value("x-forwarded-for");
        const QHostAddress last(QString::fromLatin1(chain.mid(chain.lastIndexOf(',') + 1).trimmed()));
        if (!last.isNull())
            return last.toString();
    }
    return m_peer.toString();
}

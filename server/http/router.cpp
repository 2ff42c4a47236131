#include "server/http/router.h"

#include "server/http/problem_response.h"

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcRouter, "squad.http")

// What is registered at one path template.
struct Router::Place
{
    QString path;
    std::array<
        std::optional<Route>,
        boost::mp11::mp_size<boost::describe::describe_enumerators<api::Method>>::value>
        routes; // by method
    std::optional<Upgrade> upgrade;
};

namespace {

std::optional<api::Method> routedMethod(const QByteArray &method)
{
    if (method == "GET" || method == "HEAD")
        return api::Method::get;
    if (method == "POST")
        return api::Method::post;
    if (method == "PUT")
        return api::Method::put;
    if (method == "PATCH")
        return api::Method::patch;
    if (method == "DELETE")
        return api::Method::del;
    return std::nullopt;
}

QByteArray methodName(api::Method method)
{
    return method == api::Method::del ? QByteArray("DELETE") : enumName(method).toUpper().toLatin1();
}

// Whether the body is JSON by its own account; a request without body need not say anything.
bool announcesJson(const Request &request)
{
    const QByteArray type = request.headers.value("content-type");
    const QByteArray length = request.headers.value("content-length");
    const bool hasBody
        = request.headers.count("transfer-encoding") > 0 || (!length.isNull() && length != "0");
    if (type.isNull())
        return !hasBody;
    return type.split(';').constFirst().trimmed().toLower() == "application/json";
}

// Versions travel as ETags. A tag that is not one of ours can match nothing, but is no mistake of the client
// either.
Result<std::optional<int>> readIfMatch(const QByteArray &header)
{
    if (header.isNull() || header == "*")
        return std::optional<int>();
    if (header.contains(','))
        return fail({ ProblemKind::malformed, u"If-Match takes one entity tag here."_s, {}, {}, {} });
    bool isNumber = false;
    const int version = header.size() > 2 && header.startsWith('"') && header.endsWith('"')
        ? header.mid(1, header.size() - 2).toInt(&isNumber)
        : -1;
    return std::optional<int>(isNumber ? version : -1);
}

bool isIdempotencyKey(QByteArrayView key)
{
    return !key.isEmpty() && key.size() <= 200
        && std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<void> readConditions(Request &request)
{
    request.caller.ifMatch = TRY(readIfMatch(request.headers.value("if-match")));
    const QByteArray key = request.headers.value("idempotency-key");
    if (key.isNull())
        return {};
    if (!isIdempotencyKey(key) || request.headers.count("idempotency-key") > 1) {
        const QString detail = u"Idempotency-Key must be 1 to 200 visible ASCII characters."_s;
        return fail({ ProblemKind::malformed, detail, {}, {}, {} });
    }
    request.caller.idempotencyKey = QString::fromLatin1(key);
    return {};
}

// Of the exception that is being handled.
Response failed(const Request &request)
{
    const QString &id = request.caller.requestId;
    try {
        throw;
    } catch (const std::exception &exception) {
        qCCritical(lcRouter).noquote() << "request" << id << "failed:" << exception.what();
    } catch (...) {
        qCCritical(lcRouter).noquote() << "request" << id << "failed with an unknown exception";
    }
    return problemResponse(Problem::internal({}), id);
}

} // namespace

Router::Router() = default;
Router::~Router() = default;

Router::Place &Router::placeAt(const QString &path)
{
    const auto number = static_cast<size_t>(m_table.insert(path));
    if (number == m_places.size()) {
        m_places.push_back(std::make_unique<Place>());
        m_places.back()->path = path;
    }
    return *m_places[number];
}

void Router::add(Route route)
{
    std::optional<Route> &slot = placeAt(route.path).routes.at(static_cast<size_t>(route.method));
    Q_ASSERT_X(!slot, "Router::add", qPrintable(route.path));
    slot = std::move(route);
}

void Router::get(const QString &path, Answer answer)
{
    Route route;
    route.path = path;
    route.bodyLimit = 0;
    route.handler = [answer = std::move(answer)](const RequestPtr &request, const Responder &respond) {
        respond(answer(*request));
    };
    add(std::move(route));
}

void Router::setMissing(Answer answer)
{
    m_missing = std::move(answer);
}

void Router::upgrade(const QString &path, UpgradeHandler handler)
{
    upgrade({ path, std::move(handler), api::everyRole, u"squad.v1"_s });
}

void Router::upgrade(Upgrade upgrade)
{
    std::optional<Upgrade> &slot = placeAt(upgrade.path).upgrade;
    Q_ASSERT_X(!slot, "Router::upgrade", qPrintable(upgrade.path));
    slot = std::move(upgrade);
}

void Router::setAuthenticator(Authenticator authenticator)
{
    m_authenticator = std::move(authenticator);
}

void Router::describe(Operation operation, const json::Definitions &definitions)
{
    m_operations.append(std::move(operation));
    for (auto each = definitions.begin(); each != definitions.end(); ++each)
        m_definitions.insert(each.key(), each.value());
}

QByteArray Router::openApi() const
{
    return openapi::document(m_operations, m_definitions);
}

Router::Match Router::match(const Request &request) const
{
    Match match;
    const std::optional<RouteTable::Hit> hit = m_table.find(request.path);
    if (!hit)
        return match;
    const Place &place = *m_places[static_cast<size_t>(hit->place)];
    match.values = hit->values;
    match.label = place.path;
    match.upgrade = place.upgrade ? &*place.upgrade : nullptr;
    match.isUpgrade = match.upgrade && request.method == "GET"
        && request.headers.value("upgrade").compare("websocket", Qt::CaseInsensitive) == 0;
    const std::optional<api::Method> wanted = routedMethod(request.method);
    for (const std::optional<Route> &route : place.routes) {
        if (!route)
            continue;
        match.allowed += methodName(route->method);
        if (route->method == api::Method::get)
            match.allowed += "HEAD";
        if (route->method == wanted && !match.isUpgrade)
            match.route = &*route;
    }
    if (match.upgrade && !match.allowed.contains("GET"))
        match.allowed += "GET";
    match.allowed += "OPTIONS";
    return match;
}

std::optional<Response> Router::refuse(const Match &match, Request &request) const
{
    try {
        return check(match, request);
    } catch (...) {
        return failed(request);
    }
}

void Router::handle(const Route &route, const RequestPtr &request, const Responder &respond)
{
    try {
        route.handler(request, respond);
    } catch (...) {
        respond(failed(*request));
    }
}

std::optional<Response> Router::check(const Match &match, Request &request) const
{
    const QString &id = request.caller.requestId;
    if (match.allowed.isEmpty()) {
        return m_missing ? m_missing(request)
                         : problemResponse(Problem::notFound(u"There is nothing at this address."_s), id);
    }
    if (!match.route && !match.isUpgrade) {
        if (match.upgrade && request.method == "GET")
            return problemResponse(HttpProblem::upgradeRequired, {}, id).set("Upgrade", "websocket");
        const QByteArray allowed = match.allowed.join(", ");
        const QString detail = u"Allowed: %1."_s.arg(QString::fromLatin1(allowed));
        return problemResponse(HttpProblem::methodNotAllowed, detail, id).set("Allow", allowed);
    }
    const api::Roles roles = match.isUpgrade ? match.upgrade->roles : match.route->roles;
    if (const Result<void> permitted = authorize(roles, match.isUpgrade, request); !permitted)
        return problemResponse(permitted.error(), id);
    if (match.isUpgrade)
        return std::nullopt;
    if (match.route->wantsJson && !announcesJson(request))
        return problemResponse(
            HttpProblem::unsupportedMediaType, u"The body must be application/json."_s, id
        );
    if (const Result<void> read = readConditions(request); !read)
        return problemResponse(read.error(), id);
    return std::nullopt;
}

Result<void> Router::authorize(api::Roles roles, bool isUpgrade, Request &request) const
{
    const QByteArray token = bearerToken(request, isUpgrade);
    if (token.isEmpty() || !m_authenticator) {
        if (roles.isAnyone())
            return {};
        return fail({ ProblemKind::unauthenticated, u"This needs an access token."_s, {}, {}, {} });
    }
    Result<Caller> who = m_authenticator(token);
    if (!who) {
        // A stale token must not keep anybody from signing in again.
        if (roles.isAnyone())
            return {};
        return fail(who.error());
    }
    Caller &caller = request.caller;
    caller.account = who->account;
    caller.role = who->role;
    caller.session = who->session;
    caller.name = who->name;
    if (!roles.isAnyone() && !roles.contains(caller.role))
        return fail(Problem::forbidden(u"The role %1 may not do this."_s.arg(enumName(caller.role))));
    return {};
}

// A browser cannot set Authorization on a WebSocket, but it can offer a sub-protocol "bearer.<token>".
QByteArray Router::bearerToken(const Request &request, bool isUpgrade)
{
    const QByteArray header = request.headers.value("authorization");
    if (header.size() > 7 && header.left(7).compare("bearer ", Qt::CaseInsensitive) == 0)
        return header.mid(7).trimmed();
    if (!isUpgrade)
        return {};
    for (const Headers::Field &field : request.headers.fields()) {
        if (field.name != "sec-websocket-protocol")
            continue;
        for (const QByteArray &offer : field.value.split(',')) {
            if (offer.trimmed().startsWith("bearer."))
                return offer.trimmed().mid(7);
        }
    }
    return {};
}

Response Router::options(const Match &match)
{
    return Response::empty(204).set("Allow", match.allowed.join(", "));
}

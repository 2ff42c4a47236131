#pragma once

#include "server/http/openapi.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/route_table.h"

#include <functional>
#include <memory>
#include <optional>

class QWebSocket;

// Which handler answers which request, and who may ask.
//
// Filled by one thread before the server starts, read by all I/O threads after. Path templates have literal
// and
// `{named}` segments, and may end in `{rest...}`, which takes all that is left; a literal wins over a
// parameter.
class Router
{
public:
    // Called on an I/O thread: must not block. Answers at once or hands the responder to whoever does the
    // work.
    using Handler = std::function<void(const RequestPtr &, const Responder &)>;
    // For what is ready in memory: assets, health, metrics. Runs on the I/O thread.
    using Answer = std::function<Response(const Request &)>;
    // Takes over a WebSocket; runs on the I/O thread the socket lives on. The server owns and deletes the
    // socket, also when it drains (close code 1001) or the peer does not read what is sent: parent to it what
    // must go with it.
    using UpgradeHandler = std::function<void(const Caller &, QWebSocket *)>;
    // Tells who a bearer token belongs to, or `unauthenticated`. Called on I/O threads: must be fast and
    // thread-safe.
    using Authenticator = std::function<Result<Caller>(QByteArrayView bearerToken)>;

    struct Route
    {
        api::Method method = api::Method::get;
        QString path; // the template, with basePath where it applies
        Handler handler;
        api::Roles roles = api::anyone;
        std::optional<qint64> bodyLimit; // of the request; HttpLimits::bodyBytes unless told
        bool wantsJson = false; // a body must be application/json
    };

    struct Upgrade
    {
        QString path;
        UpgradeHandler handler;
        api::Roles roles = api::everyRole;
        QString subprotocol;
    };

    Router();
    ~Router();
    Router(const Router &) = delete;
    Router &operator=(const Router &) = delete;

    void add(Route route);
    void get(const QString &path, Answer answer); // raw, open to anyone
    void setMissing(Answer answer); // what is said where no route is; a problem document unless told
    void upgrade(const QString &path, UpgradeHandler handler); // signed in, sub-protocol squad.v1
    void upgrade(Upgrade upgrade);
    void setAuthenticator(Authenticator authenticator);

    // Typed routes also tell what they take and answer; openapi() writes the document from it.
    void describe(Operation operation, const json::Definitions &definitions);
    [[nodiscard]] QByteArray openApi() const;

    // What the server asks for each request, in this order.
    struct Match
    {
        const Route *route = nullptr; // none: see `allowed`
        const Upgrade *upgrade = nullptr; // this path can become a WebSocket
        bool isUpgrade = false; // and the request asks for it
        Request::Values values;
        QByteArrayList allowed; // empty: nothing is at this path; otherwise for 405 and OPTIONS
        QString label; // the path template, for log and metrics; empty when nothing is there
    };
    [[nodiscard]] Match match(const Request &request) const;

    // Fills request.caller and answers what must refuse the request before its body is read: 401, 403, 404,
    // 405, 415.
    [[nodiscard]] std::optional<Response> refuse(const Match &match, Request &request) const;

    // Runs the route's handler; what it throws is logged and answered 500.
    static void handle(const Route &route, const RequestPtr &request, const Responder &respond);

    // The answer of OPTIONS.
    [[nodiscard]] static Response options(const Match &match);

private:
    [[nodiscard]] std::optional<Response> check(const Match &match, Request &request) const;
    Result<void> authorize(api::Roles roles, bool isUpgrade, Request &request) const;
    [[nodiscard]] static QByteArray bearerToken(const Request &request, bool isUpgrade);

    struct Place; // what is registered at one path template
    Place &placeAt(const QString &path);

    RouteTable m_table;
    std::vector<std::unique_ptr<Place>> m_places; // by the table's number
    Answer m_missing;
    Authenticator m_authenticator;
    QList<Operation> m_operations;
    json::Definitions m_definitions;
};

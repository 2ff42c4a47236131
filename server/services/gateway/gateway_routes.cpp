#include "server/services/gateway/gateway_routes.h"

#include "server/http/routes.h"
#include "server/services/gateway/gateway_service.h"

namespace {

Result<api::Nothing> nothing(const Result<void> &done)
{
    if (!done)
        return fail(done.error());
    return api::Nothing {};
}

} // namespace

void addGatewayRoutes(Routes &routes, GatewayService &gateway)
{
    using namespace api::auth;
    WorkerThreads &threads = gateway.passwordThreads();
    routes.on<Register>(
        threads,
        [&](Session &session, const Caller &by, const api::Registration &registration) {
            return gateway.registerCustomer(session, by, registration);
        }
    );
    routes.on<Login>(threads, [&](Session &session, const Caller &by, const api::Credentials &credentials) {
        return gateway.login(session, by, credentials);
    });
    routes.on<Refresh>([&](Session &session, const Caller &by, const api::RefreshToken &token) {
        return gateway.renew(session, by, token.refreshToken);
    });
    routes.on<Logout>([&](Session &session, const Caller &by) { return nothing(gateway.logout(session, by)); }
    );
    routes.on<Sessions>([&](Session &session, const Caller &by) { return gateway.sessions(session, by); });
    routes.on<EndSession>([&](Session &session, const Caller &by, const api::SessionRef &ref) {
        return nothing(gateway.endSession(session, by, ref.id));
    });
}

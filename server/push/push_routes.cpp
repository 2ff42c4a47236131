#include "server/push/push_routes.h"

#include "server/http/router.h"
#include "server/push/push_hub.h"

void addPushRoutes(Router &router, PushHub &hub)
{
    router.upgrade(
        toQString(api::basePath) + QStringLiteral("/push"),
        [&hub](const Caller &caller, QWebSocket *socket) { hub.accept(caller, socket); }
    );
}

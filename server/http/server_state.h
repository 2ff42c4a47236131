#pragma once

#include "server/http/access_log.h"
#include "server/http/connection_count.h"
#include "server/http/http_limits.h"
#include "server/http/request_metrics.h"
#include "server/http/router.h"

#include <QHostAddress>
#include <QSslConfiguration>

#include <atomic>
#include <optional>

// What all I/O threads of a server share.
struct ServerState
{
    const Router &router;
    const HttpLimits limits;
    const std::optional<QSslConfiguration> tls;
    const QList<QHostAddress> proxies; // whose X-Forwarded-For is believed
    AccessLog *const log; // may be null
    RequestMetrics metrics;
    ConnectionCount connections;
    std::atomic<qint64> bodyBytes = 0; // of all requests in hand
    std::atomic<bool> isDraining = false;

    ServerState(
        const Router &routes,
        const HttpLimits &bounds,
        std::optional<QSslConfiguration> security,
        QList<QHostAddress> trusted,
        AccessLog *accessLog,
        Metrics &counters
    )
        : router(routes)
        , limits(bounds)
        , tls(std::move(security))
        , proxies(std::move(trusted))
        , log(accessLog)
        , metrics(counters)
        , connections(bounds)
    {
    }
};

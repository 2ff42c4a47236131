#pragma once

#include "server/http/http_limits.h"
#include "server/http/router.h"

#include <QHostAddress>

#include <memory>

class AccessLog;
class Metrics;

// The node's HTTP/1.1 server: plain or TLS, REST and WebSockets on one port.
//
// Its I/O threads never block and run an event loop of their own (epoll_dispatcher.h), whatever Qt was built
// with and QT_NO_GLIB says; handlers answer from wherever they work.
class HttpServer
{
public:
    struct Options
    {
        QHostAddress address = QHostAddress::LocalHost;
        quint16 port = 0; // 0: any free one
        int ioThreads = 1;
        HttpLimits limits;
        QString certificateFile; // PEM, with the chain; empty: no TLS
        QString keyFile; // PEM
        QList<QHostAddress> proxies; // reverse proxies whose X-Forwarded-For is believed
        AccessLog *log = nullptr;
    };

    // Router, metrics and log must outlive the server.
    HttpServer(Options options, const Router &router, Metrics &metrics);
    ~HttpServer(); // at once; what still runs is answered to nobody
    HttpServer(const HttpServer &) = delete;
    HttpServer &operator=(const HttpServer &) = delete;

    // Fails with a Problem that says why: the port is taken, a file is unreadable, the key does not fit.
    [[nodiscard]] Result<void> listen();
    [[nodiscard]] quint16 port() const;
    [[nodiscard]] int connections() const;

    // Ends in good order: accepts nobody, lets what runs be answered, tells WebSockets to go elsewhere
    // (1001). Blocks until the last connection has ended; false: the time was not enough.
    bool drain(std::chrono::milliseconds timeout);
    [[nodiscard]] bool isDraining() const; // for /readyz

private:
    class Listener;
    struct Running;

    const Options m_options;
    const Router &m_router;
    Metrics &m_metrics;
    std::unique_ptr<Running> m_running; // from listen() on
};

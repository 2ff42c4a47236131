#include "server/http/http_server.h"

#include "server/http/io_thread.h"
#include "server/http/tls.h"

#include <QTcpServer>

#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcServer, "squad.http")

namespace {

// Linux cuts it to net.core.somaxconn. Qt's default of 50 makes bursts wait for a second: dropped SYNs are
// sent again.
constexpr int listenBacklog = 4096;
constexpr std::chrono::milliseconds acceptPause { 100 };

QHostAddress peerOf(qintptr descriptor)
{
    sockaddr_storage address {};
    socklen_t size = sizeof(address);
    auto *generic
        = reinterpret_cast<sockaddr *>(&address); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
    if (::getpeername(static_cast<int>(descriptor), generic, &size) != 0)
        return {};
    return QHostAddress(generic);
}

} // namespace

// Accepts connections and hands them out in turn.
class HttpServer::Listener : public QTcpServer
{
public:
    Listener(ServerState &state, std::vector<std::unique_ptr<IoThread>> &threads)
        : m_state(state)
        , m_threads(threads)
    {
        setListenBacklogSize(listenBacklog);
        // Qt stops accepting when there are no descriptors left: others will end and free theirs.
        connect(this, &QTcpServer::acceptError, this, [this] {
            qCWarning(lcServer).noquote() << "cannot accept a connection:" << errorString();
            m_state.metrics.refused("accept");
            QTimer::singleShot(acceptPause, this, &QTcpServer::resumeAccepting);
        });
    }

private:
    void incomingConnection(qintptr descriptor) override
    {
        const QHostAddress peer = peerOf(descriptor);
        ConnectionCount::Admission admission
            = m_state.connections.admit(peer, m_state.proxies.contains(peer));
        m_state.metrics.accepted.add();
        const bool isAdmitted = admission.verdict == ConnectionCount::Verdict::admitted;
        if (!isAdmitted)
            m_state.metrics.refused(
                admission.verdict == ConnectionCount::Verdict::tooMany ? "total" : "address"
            );
        // Before the TLS handshake there is no language to say no in.
        if (!admission.lease || (!isAdmitted && m_state.tls)) {
            ::close(static_cast<int>(descriptor));
            return;
        }
        m_threads[m_next++ % m_threads.size()]->adopt(descriptor, std::move(admission));
    }

    ServerState &m_state;
    std::vector<std::unique_ptr<IoThread>> &m_threads;
    size_t m_next = 0;
};

struct HttpServer::Running
{
    const std::shared_ptr<ServerState> shared; // with the gauges, which may be read when the server has gone
    ServerState &state;
    std::vector<std::unique_ptr<IoThread>> threads;
    Listener *listener = nullptr; // lives on the first I/O thread
    quint16 port = 0;

    Running(
        const Options &options, const Router &router, std::optional<QSslConfiguration> tls, Metrics &metrics
    )
        : shared(std::make_shared<ServerState>(
            router, options.limits, std::move(tls), options.proxies, options.log, metrics
        ))
        , state(*shared)
    {
        const auto gauge = [&](const QByteArray &name, const QByteArray &help, auto read) {
            metrics.gauge(name, help, [weak = std::weak_ptr(shared), read] {
                const std::shared_ptr<ServerState> alive = weak.lock();
                return alive ? static_cast<double>(read(*alive)) : 0;
            });
        };
        gauge("squad_http_connections", "Open connections", [](ServerState &from) {
            return from.connections.total();
        });
        gauge("squad_http_websockets", "Open WebSockets", [](ServerState &from) {
            return from.metrics.webSockets.load();
        });
        gauge("squad_http_body_bytes", "Request bodies in memory", [](ServerState &from) {
            return from.bodyBytes.load();
        });
        for (int i = 0; i < std::max(options.ioThreads, 1); ++i)
            threads.push_back(std::make_unique<IoThread>(state));
    }
    Running(const Running &) = delete;
    Running &operator=(const Running &) = delete;
    ~Running() { stopListening(); }

    // Empty, or what went wrong.
    QString startListening(const QHostAddress &address, quint16 wanted)
    {
        QString error;
        const auto start = [&] {
            listener = new Listener(state, threads);
            if (listener->listen(address, wanted))
                port = listener->serverPort();
            else
                error = listener->errorString();
        };
        threads.front()->run(start, Qt::BlockingQueuedConnection);
        return error;
    }

    void stopListening()
    {
        if (listener)
            threads.front()->run(
                [this] { delete std::exchange(listener, nullptr); }, Qt::BlockingQueuedConnection
            );
    }
};

HttpServer::HttpServer(Options options, const Router &router, Metrics &metrics)
    : m_options(std::move(options))
    , m_router(router)
    , m_metrics(metrics)
{
}

HttpServer::~HttpServer() = default;

Result<void> HttpServer::listen()
{
    std::optional<QSslConfiguration> tls;
    if (!m_options.certificateFile.isEmpty())
        tls = TRY(readTlsConfiguration(m_options.certificateFile, m_options.keyFile));
    // Before the first connection: handlers may ask for isDraining() at once.
    m_running = std::make_unique<Running>(m_options, m_router, std::move(tls), m_metrics);
    const QString error = m_running->startListening(m_options.address, m_options.port);
    if (error.isEmpty())
        return {};
    m_running.reset();
    return fail(Problem::unavailable(
        u"Cannot listen on %1 port %2: %3"_s.arg(m_options.address.toString()).arg(m_options.port).arg(error)
    ));
}

quint16 HttpServer::port() const
{
    return m_running ? m_running->port : 0;
}

int HttpServer::connections() const
{
    return m_running ? m_running->state.connections.total() : 0;
}

bool HttpServer::drain(std::chrono::milliseconds timeout)
{
    if (!m_running)
        return true;
    m_running->state.isDraining = true;
    m_running->stopListening();
    for (const std::unique_ptr<IoThread> &thread : m_running->threads)
        thread->drain();
    return m_running->state.connections.awaitNone(timeout);
}

bool HttpServer::isDraining() const
{
    return m_running && m_running->state.isDraining;
}

#include "server/db/worker_threads.h"
#include "server/http/http_server.h"
#include "server/http/metrics.h"
#include "tests/bench/figures.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QThread>

// A trivial JSON answer over keep-alive connections against nginx with one worker, in alternation: answered
// on the I/O thread, and by a pool of workers as every endpoint is that asks the database.
namespace {

using namespace Qt::StringLiterals;

constexpr int rounds = 7;
constexpr int idleCount = 5000;
constexpr auto answer = R"({"status":"ok","answer":42})";

class Nginx
{
public:
    Nginx()
    {
        QFile file(m_directory.filePath(u"nginx.conf"_s));
        const QString text
            = u"worker_processes 1; daemon off; pid %1/pid; error_log stderr crit;\n"
              "events { worker_connections 1024; }\n"
              "http { access_log off; keepalive_requests 100000000; client_body_temp_path %1/body;\n"
              "  proxy_temp_path %1/proxy; fastcgi_temp_path %1/fast; uwsgi_temp_path %1/uwsgi;\n"
              "  scgi_temp_path %1/scgi;\n"
              "  server { listen 127.0.0.1:%2; location / { default_type application/json;\n"
              "    return 200 '%3'; } } }\n"_s;
        if (!file.open(QIODevice::WriteOnly))
            qFatal("cannot write nginx.conf");
        file.write(text.arg(m_directory.path()).arg(port()).arg(QString::fromLatin1(answer)).toUtf8());
        file.close();
        m_process.setProcessChannelMode(QProcess::ForwardedChannels);
        m_process.start(u"/usr/sbin/nginx"_s, { u"-p"_s, m_directory.path(), u"-c"_s, file.fileName() });
        for (int i = 0; i < 100; ++i) {
            QTcpSocket probe;
            probe.connectToHost(u"127.0.0.1"_s, port());
            if (probe.waitForConnected(100))
                return;
            QThread::msleep(50);
        }
        qFatal("nginx does not start");
    }
    ~Nginx()
    {
        m_process.terminate();
        m_process.waitForFinished();
    }
    Nginx(const Nginx &) = delete;
    Nginx &operator=(const Nginx &) = delete;

    [[nodiscard]] quint16 port() const { return m_port; }

private:
    // nginx cannot choose one itself.
    static quint16 freePort()
    {
        QTcpServer probe;
        probe.listen(QHostAddress::LocalHost);
        return probe.serverPort();
    }

    const quint16 m_port = freePort();
    QTemporaryDir m_directory;
    QProcess m_process;
};

struct Load
{
    double requestsPerSecond = 0;
    double p99Milliseconds = 0;
};

Load load(quint16 port, const QString &path)
{
    QProcess wrk;
    wrk.start(
        u"wrk"_s,
        { u"-t1"_s, u"-c64"_s, u"-d2s"_s, u"--latency"_s, u"http://127.0.0.1:%1%2"_s.arg(port).arg(path) }
    );
    wrk.waitForFinished(-1);
    const QString text = QString::fromUtf8(wrk.readAllStandardOutput());
    const auto rate = QRegularExpression(u"Requests/sec:\\s+([0-9.]+)"_s).match(text);
    const auto tail = QRegularExpression(u"99%\\s+([0-9.]+)(us|ms|s)"_s).match(text);
    if (!rate.hasMatch() || !tail.hasMatch() || text.contains("Non-2xx"_L1))
        qFatal("wrk failed: %s", qPrintable(text));
    const double unit = tail.captured(2) == "us"_L1 ? 0.001 : tail.captured(2) == "ms"_L1 ? 1 : 1000;
    return { rate.captured(1).toDouble(), tail.captured(1).toDouble() * unit };
}

double median(std::vector<double> values)
{
    return percentile(values, 0.5);
}

// Two loads in turn, so that whatever else the machine does hits both alike.
template <class Ours, class Theirs>
void compare(Figures &figures, const QString &name, Ours ours, Theirs theirs)
{
    std::vector<double> rates;
    std::vector<double> otherRates;
    std::vector<double> tails;
    std::vector<double> otherTails;
    for (int round = 0; round < rounds; ++round) {
        const Load one = ours();
        const Load other = theirs();
        rates.push_back(one.requestsPerSecond);
        otherRates.push_back(other.requestsPerSecond);
        tails.push_back(one.p99Milliseconds);
        otherTails.push_back(other.p99Milliseconds);
    }
    figures.add(name, median(rates), u"requests/s"_s, median(otherRates));
    figures.add(name + u", p99"_s, median(tails), u"ms"_s, median(otherTails));
}

// Connections that have asked once and stay.
std::vector<std::unique_ptr<QTcpSocket>> idleConnections(quint16 port, int count)
{
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (int i = 0; i < count; ++i) {
        sockets.push_back(std::make_unique<QTcpSocket>());
        sockets.back()->connectToHost(u"127.0.0.1"_s, port);
        if (!sockets.back()->waitForConnected())
            qFatal("cannot open %d connections", count);
        sockets.back()->write("GET /inline HTTP/1.1\r\nHost: localhost\r\n\r\n");
        sockets.back()->waitForReadyRead();
    }
    return sockets;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    Router router;
    Metrics metrics;
    WorkerThreads workers(8, 1000);
    router.get(u"/inline"_s, [](const Request &) { return Response::json(answer); });
    Router::Route pooled;
    pooled.path = u"/pooled"_s;
    pooled.handler = [&](const RequestPtr &, const Responder &respond) {
        if (!workers.post([respond] { respond(Response::json(answer)); }))
            respond(Response::empty(503));
    };
    router.add(pooled);
    HttpServer::Options options;
    options.limits.connectionsPerAddress = options.limits.connections;
    HttpServer server(options, router, metrics);
    if (!server.listen())
        qFatal("cannot listen");

    const Nginx nginx;
    Figures figures;
    const auto inlined = [&] { return load(server.port(), u"/inline"_s); };
    const auto byWorker = [&] { return load(server.port(), u"/pooled"_s); };
    const auto byNginx = [&] { return load(nginx.port(), u"/"_s); };
    const auto besideIdle = [&] {
        const auto idle = idleConnections(server.port(), idleCount);
        return inlined();
    };
    compare(figures, u"HTTP, answered at once, against nginx"_s, inlined, byNginx);
    compare(figures, u"HTTP, answered by a worker, against nginx"_s, byWorker, byNginx);
    compare(figures, u"HTTP beside 5,000 idle connections, against without"_s, besideIdle, inlined);
    return figures.report(application.arguments());
}

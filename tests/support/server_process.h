#pragma once

#include <QProcess>
#include <QStringList>
#include <QTemporaryFile>
#include <QUrl>

#include <memory>

// A sysops-server of its own process, as an operator would run it: what tests that kill it, the demo and the
// benchmarks talk to. Ends with this object.
class ServerProcess
{
public:
    // `options` as on the command line, without "serve" and --listen. The server listens on a free port of
    // 127.0.0.1, or on `port`.
    explicit ServerProcess(const QStringList &options, quint16 port = 0);
    ~ServerProcess();
    ServerProcess(const ServerProcess &) = delete;
    ServerProcess &operator=(const ServerProcess &) = delete;

    // Blocks until it listens; false: it did not, and output() says why. After a kill it starts anew on the
    // same port. `more` are options for this once.
    [[nodiscard]] bool start(const QStringList &more = {});
    void kill(); // SIGKILL: no chance to tidy up
    bool terminate(); // SIGTERM, and waits; false: it had to be killed

    [[nodiscard]] const QUrl &url() const { return m_url; }
    [[nodiscard]] qint64 pid() const { return m_process->processId(); }
    [[nodiscard]] QByteArray output() const; // all it has said so far

private:
    QStringList m_options;
    quint16 m_port;
    std::unique_ptr<QProcess> m_process;
    QTemporaryFile m_log;
    QUrl m_url;
};

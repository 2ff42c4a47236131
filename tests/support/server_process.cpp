#include "tests/support/server_process.h"

#include <QDeadlineTimer>
#include <QRegularExpression>

#include <csignal>
#include <sys/prctl.h>

ServerProcess::ServerProcess(const QStringList &options, quint16 port)
    : m_options(options)
    , m_port(port)
{
    if (!m_log.open())
        qFatal("There is no room for the server's log.");
}

ServerProcess::~ServerProcess()
{
    if (m_process && m_process->state() != QProcess::NotRunning)
        terminate();
}

bool ServerProcess::start(const QStringList &more)
{
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    // A file, not a pipe: nobody reads while a test is busy, and a server must not wait for that.
    m_process->setStandardOutputFile(m_log.fileName(), QIODevice::Append);
    // A test that crashes must not leave a server behind.
    m_process->setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
    QStringList arguments { QStringLiteral("serve"),
                            QStringLiteral("--listen"),
                            QStringLiteral("127.0.0.1:%1").arg(m_port) };
    const qsizetype from = output().size();
    m_process->start(QStringLiteral(SQUAD_SERVER), arguments + m_options + more);
    if (!m_process->waitForStarted())
        return false;

    static const QRegularExpression listening(QStringLiteral("listening on (http\\S+)"));
    const QDeadlineTimer deadline(300'000);
    while (!deadline.hasExpired() && m_process->state() != QProcess::NotRunning) {
        const auto match = listening.match(QString::fromUtf8(output().mid(from)));
        if (match.hasMatch()) {
            m_url = QUrl(match.captured(1));
            m_port = static_cast<quint16>(m_url.port());
            return true;
        }
        m_process->waitForFinished(20);
    }
    return false;
}

void ServerProcess::kill()
{
    m_process->kill();
    m_process->waitForFinished(-1);
}

bool ServerProcess::terminate()
{
    m_process->terminate();
    if (m_process->waitForFinished(30'000))
        return true;
    kill();
    return false;
}

QByteArray ServerProcess::output() const
{
    QFile file(m_log.fileName());
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

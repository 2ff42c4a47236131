#include "tests/support/server_process.h"

#include <QDeadlineTimer>
#include <QRegularExpression>

#include <csignal>
#include <sys/prctl.h>

ServerProcess::ServerProcess(const QStringList &options, quint16 port)
    : m_options(options)
    , m_port(port)
{
}

ServerProcess::~ServerProcess()
{
    if (m_process && m_process->state() != QProcess::NotRunning)
        terminate();
}

bool ServerProcess::start()
{
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    // A test that crashes must not leave a server behind.
    m_process->setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
    QStringList arguments { QStringLiteral("serve"),
                            QStringLiteral("--listen"),
                            QStringLiteral("127.0.0.1:%1").arg(m_port) };
    m_process->start(QStringLiteral(SQUAD_SERVER), arguments + m_options);
    if (!m_process->waitForStarted())
        return false;

    static const QRegularExpression listening(QStringLiteral("listening on (http\\S+)"));
    const qsizetype from = m_output.size();
    QDeadlineTimer deadline(120'000);
    while (!deadline.hasExpired()) {
        m_output += m_process->readAll();
        const auto match = listening.match(QString::fromUtf8(m_output.mid(from)));
        if (match.hasMatch()) {
            m_url = QUrl(match.captured(1));
            m_port = static_cast<quint16>(m_url.port());
            return true;
        }
        if (m_process->state() == QProcess::NotRunning)
            return false;
        m_process->waitForReadyRead(200);
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

QByteArray ServerProcess::output()
{
    m_output += m_process->readAll();
    return m_output;
}

#include "server/db/postgres_process.h"

#include <QLoggingCategory>
#include <QProcess>
#include <QProcessEnvironment>

#include <array>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

Q_LOGGING_CATEGORY(lcPostgres, "squad.postgres")

namespace {

// Starts in a row that came to nothing before it is given up. A wrong setting does not get better.
constexpr int failuresAtFirst = 5;
constexpr int failuresLater = 10;
constexpr std::chrono::milliseconds shortestPause = 50ms;
constexpr std::chrono::milliseconds longestPause = 10s;
constexpr auto stable = 1min; // who lives this long starts with a clean slate
constexpr qsizetype rememberedLines = 10;

} // namespace

PostgresProcess::PostgresProcess(Command command, std::function<void(const QString &)> gaveUp)
    : m_command(std::move(command))
    , m_gaveUp(std::move(gaveUp))
    , m_thread([this] { watch(); })
{
}

PostgresProcess::~PostgresProcess()
{
    std::unique_lock lock(m_mutex);
    m_stopping = true;
    m_changed.notify_all();
    // Fast, then immediate, which leaves the rest to recovery, then by force.
    constexpr std::array<std::pair<int, std::chrono::seconds>, 3> steps {
        { { SIGINT, 60s }, { SIGQUIT, 10s }, { SIGKILL, 10s } }
    };
    for (const auto &[signal, patience] : steps) {
        if (const qint64 pid = m_pid; pid > 0)
            kill(static_cast<pid_t>(pid), signal);
        if (m_changed.wait_for(lock, patience, [this] { return m_ended; }))
            break;
        qCWarning(lcPostgres) << "PostgreSQL does not stop";
    }
    lock.unlock();
    m_thread.join();
}

void PostgresProcess::prepare(QProcess &process, const std::function<void()> &inChild)
{
    process.setChildProcessModifier(inChild);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setWorkingDirectory(u"/"_s); // ours may be closed to the user it runs as
    QProcessEnvironment environment;
    environment.insert(u"PATH"_s, qEnvironmentVariable("PATH"));
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.insert(u"TZ"_s, u"UTC"_s);
    process.setProcessEnvironment(environment);
}

std::optional<QString> PostgresProcess::failureWithin(std::chrono::milliseconds patience)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, patience, [this] { return m_failure.has_value(); });
    return m_failure;
}

void PostgresProcess::watch()
{
    int failures = 0;
    do {
        m_command.makeWay();
        m_wasReady = false;
        const auto started = std::chrono::steady_clock::now();
        runOnce();
        // One that served and was killed is an accident, however often: it must come back, and at once.
        failures = m_wasReady || std::chrono::steady_clock::now() - started > stable ? 0 : failures + 1;
    } while (pauseAfter(failures));
    const std::lock_guard lock(m_mutex);
    m_ended = true;
    m_changed.notify_all();
}

void PostgresProcess::runOnce()
{
    QProcess postgres;
    prepare(postgres, m_command.inChild);
    postgres.start(m_command.program, m_command.arguments);
    if (!postgres.waitForStarted(-1))
        return forward(m_command.program.toLocal8Bit() + ": " + postgres.errorString().toLocal8Bit());
    {
        const std::lock_guard lock(m_mutex);
        m_pid = postgres.processId();
        if (m_stopping) // asked to before there was anybody to tell
            kill(static_cast<pid_t>(m_pid), SIGINT);
    }
    while (postgres.state() != QProcess::NotRunning) {
        postgres.waitForReadyRead(-1);
        while (postgres.canReadLine())
            forward(postgres.readLine().trimmed());
    }
    m_pid = 0;
    for (const QByteArray &line : postgres.readAll().split('\n'))
        forward(line.trimmed());
}

// "FATAL:  could not …" and its "HINT:  …".
void PostgresProcess::forward(const QByteArray &line)
{
    if (line.isEmpty())
        return;
    const QString text = QString::fromUtf8(line);
    m_wasReady |= line.endsWith("database system is ready to accept connections");
    m_lastWords += text;
    if (m_lastWords.size() > rememberedLines)
        m_lastWords.removeFirst();
    if (line.startsWith("PANIC"))
        qCCritical(lcPostgres).noquote() << text;
    else if (line.startsWith("LOG") || line.startsWith("DETAIL") || line.startsWith("HINT") || line.startsWith("CONTEXT"))
        qCInfo(lcPostgres).noquote() << text;
    else
        qCWarning(lcPostgres).noquote() << text;
}

// False: it is not to be started again.
bool PostgresProcess::pauseAfter(int failures)
{
    const bool isDiskFull = m_command.isDiskFull();
    std::unique_lock lock(m_mutex);
    if (m_stopping)
        return false;
    if (failures >= (m_hasStarted ? failuresLater : failuresAtFirst) && !isDiskFull) {
        const QString words = m_lastWords.isEmpty() ? u"it said nothing"_s : m_lastWords.join(u'\n');
        m_failure
            = u"PostgreSQL did not start %1 times in a row. Its last words:\n%2"_s.arg(failures).arg(words);
        m_changed.notify_all();
        lock.unlock();
        qCCritical(lcPostgres).noquote() << *m_failure;
        m_gaveUp(*m_failure);
        return false;
    }
    const auto pause = std::min(longestPause, shortestPause * (1 << std::min(failures, 16)));
    qCWarning(lcPostgres) << "PostgreSQL has stopped"
                          << (isDiskFull ? "because the disk is full;" : "unexpectedly;")
                          << "starting it again in" << pause.count() << "ms";
    m_changed.wait_for(lock, pause, [this] { return m_stopping; });
    return !m_stopping;
}

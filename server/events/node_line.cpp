#include "server/events/node_line.h"

#include <QLoggingCategory>
#include <QVarLengthArray>

#include <array>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcLine, "squad.bus.line")

namespace {

constexpr auto notifyGap
    = 5ms; // two hundred NOTIFYs a second at most, and the first of a burst leaves at once
constexpr auto presenceAge = 5s;
constexpr auto reconnectPause = 500ms;
constexpr qsizetype notifyLimit = 7900; // bytes; PostgreSQL refuses 8000
const QString hello = u"+"_s; // a node has joined, or is back and may have lost what it was told to pass on

} // namespace

void NodeLine::Close::operator()(pg_conn *connection) const
{
    PQfinish(connection);
}

NodeLine::NodeLine(QString url, QByteArray channel, Heard heard)
    : m_url(std::move(url))
    , m_channel(std::move(channel))
    , m_heard(std::move(heard))
    , m_interrupt(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))
    , m_thread([this] { run(); })
{
}

NodeLine::~NodeLine()
{
    m_stopping = true;
    interrupt();
    m_thread.join();
    close(m_interrupt);
}

void NodeLine::tell(const QString &word)
{
    const std::lock_guard lock(m_mutex);
    if (m_words.contains(word))
        return; // still to be passed on
    m_words.insert(word);
    interrupt();
}

void NodeLine::run()
{
    while (!m_stopping) {
        if (!connect()) {
            sleep(reconnectPause);
            continue;
        }
        m_heard({}); // whatever was said while nobody listened
        bool connected = true;
        while (connected && !m_stopping)
            connected = listen() && passOn();
        m_passedOn = {};
        if (connected)
            static_cast<void>(passOn()); // what was told last must not die with this node
        m_connection.reset();
    }
}

bool NodeLine::connect()
{
    // The name is how nodes see each other (othersListen). Keep-alives notice a peer that is gone without a
    // word.
    const QByteArray url = m_url.toUtf8();
    const QByteArray name = "sysops-server " + m_channel;
    const std::array<const char *, 9> keys { "connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                             "keepalives_count", "tcp_user_timeout", "dbname",
                                             "application_name", "client_encoding",  nullptr };
    const std::array<const char *, 9> values {
        "5", "10", "5", "2", "20000", url.constData(), name.constData(), "UTF8", nullptr
    };
    m_connection.reset(PQconnectdbParams(keys.data(), values.data(), 1));
    m_othersListen.reset();
    if (PQstatus(m_connection.get()) != CONNECTION_OK) {
        qCWarning(lcLine).noquote() << "cannot connect:"
                                    << QString::fromUtf8(PQerrorMessage(m_connection.get())).trimmed();
        return false;
    }
    PQsetNoticeReceiver(
        m_connection.get(), [](void *, const PGresult *) {}, nullptr
    );
    // What is told is worth nothing after a crash, so no commit here waits for the disk.
    return execute("set synchronous_commit = off") && execute(("listen " + m_channel).constData())
        && execute("select pg_notify($1, $2)", { m_channel, hello.toUtf8() });
}

// Waits until something comes in or is to go out, and hands on what came in. False: the connection is lost.
bool NodeLine::listen()
{
    bool waiting = false;
    {
        const std::lock_guard lock(m_mutex);
        waiting = !m_words.isEmpty();
    }
    const auto gap = std::chrono::ceil<std::chrono::milliseconds>(
        m_passedOn + notifyGap - std::chrono::steady_clock::now()
    );
    const int timeout = waiting ? std::max(0, static_cast<int>(gap.count())) : -1;
    std::array<pollfd, 2> sources { pollfd { PQsocket(m_connection.get()), POLLIN, 0 },
                                    pollfd { waiting ? -1 : m_interrupt, POLLIN, 0 } };
    poll(sources.data(), sources.size(), timeout);
    eventfd_t count = 0;
    eventfd_read(m_interrupt, &count);
    if (PQconsumeInput(m_connection.get()) == 0)
        return false;

    QStringList words;
    bool heard = false;
    bool everything = false;
    while (PGnotify *notify = PQnotifies(m_connection.get())) {
        const bool own = notify->be_pid == PQbackendPID(m_connection.get());
        const QString text = QString::fromUtf8(notify->extra);
        PQfreemem(notify);
        if (own)
            continue;
        m_othersListen = true;
        m_asked = std::chrono::steady_clock::now();
        heard = true;
        everything = everything || text.isEmpty() || text == hello;
        words += text.split(u' ', Qt::SkipEmptyParts);
    }
    words.removeDuplicates();
    if (heard)
        m_heard(everything ? QStringList() : words);
    return true;
}

bool NodeLine::passOn()
{
    const auto now = std::chrono::steady_clock::now();
    QSet<QString> words;
    {
        const std::lock_guard lock(m_mutex);
        if (m_words.isEmpty() || now < m_passedOn + notifyGap)
            return true;
        words.swap(m_words);
    }
    m_passedOn = now;
    if (!othersListen())
        return PQstatus(m_connection.get()) == CONNECTION_OK;
    QByteArray text = QStringList(words.values()).join(u' ').toUtf8();
    if (words.contains(QString()) || text.size() > notifyLimit)
        text.clear(); // look at everything
    return execute("select pg_notify($1, $2)", { m_channel, text });
}

bool NodeLine::othersListen()
{
    const auto now = std::chrono::steady_clock::now();
    if (!m_othersListen || now > m_asked + presenceAge) {
        m_asked = now;
        const char *sql
            = "select from pg_stat_activity where application_name = current_setting('application_name') "
              "and datname = current_database() and pid <> pg_backend_pid()";
        const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(m_connection.get(), sql), &PQclear);
        m_othersListen = PQntuples(result.get()) > 0;
    }
    return *m_othersListen;
}

bool NodeLine::execute(const char *sql, const QByteArrayList &arguments)
{
    QVarLengthArray<const char *, 4> values;
    for (const QByteArray &argument : arguments)
        values.append(argument.constData());
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexecParams(
            m_connection.get(),
            sql,
            static_cast<int>(values.size()),
            nullptr,
            values.constData(),
            nullptr,
            nullptr,
            0
        ),
        &PQclear
    );
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return true;
    qCWarning(lcLine).noquote() << sql << QString::fromUtf8(PQerrorMessage(m_connection.get())).trimmed();
    return false;
}

// Words may be told meanwhile: they wait for the connection.
void NodeLine::sleep(std::chrono::milliseconds time) const
{
    const auto end = std::chrono::steady_clock::now() + time;
    while (!m_stopping) {
        const auto rest
            = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (rest <= 0ms)
            return;
        pollfd source { m_interrupt, POLLIN, 0 };
        poll(&source, 1, static_cast<int>(rest.count()));
        eventfd_t count = 0;
        eventfd_read(m_interrupt, &count);
    }
}

void NodeLine::interrupt() const
{
    eventfd_write(m_interrupt, 1);
}

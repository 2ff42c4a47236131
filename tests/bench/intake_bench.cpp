#include "server/db/connection.h"
#include "tests/bench/figures.h"
#include "tests/support/installation.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryFile>

#include <cstdio>

using namespace Qt::StringLiterals;

// Durable ticket intake over HTTP (authenticated, validated, idempotent, with its events) against pgbench
// running the same statements at the same concurrency on the same cluster, in turn.
//
// pgbench's script is what the server itself did for one ticket, read from PostgreSQL's log: it follows the
// product by itself. What consumers do with the tickets runs beside both, and is waited for after each round.
namespace {

constexpr int rounds = 3;
constexpr int seconds = 4;

struct Load
{
    double perSecond = 0;
    double p50 = 0; // ms
    double p99 = 0;
};

QString socketDirectory(const Installation &installation)
{
    QFile file(installation.dataDir() + "/postgres/postmaster.pid"_L1);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("where is PostgreSQL?");
    return QString::fromUtf8(file.readAll()).split(u'\n').value(4);
}

// PostgreSQL, as its superuser sees it.
class Observer
{
public:
    explicit Observer(const QString &directory)
        : m_connection(open(directory))
    {
    }

    QString ask(const QByteArray &sql)
    {
        Result<Rows> rows = m_connection->script(sql);
        if (!rows)
            qFatal("%s", qPrintable(m_connection->error()->message));
        return rows->next() ? QString::fromUtf8(rows->text(0)) : QString();
    }

    // The server's connections, so that it makes new ones with the settings of now.
    void dismissServer()
    {
        ask("select count(pg_terminate_backend(pid))::text from pg_stat_activity where usename = "
            "'squad_server'");
    }

    // Until matching has looked at all that was filed.
    void awaitQuiet()
    {
        QDeadlineTimer deadline(std::chrono::minutes(2));
        while (ask("select count(*)::text from ticket.ticket where state = 'open' and waiting_for is null")
               != "0"_L1) {
            if (deadline.hasExpired())
                qFatal("matching does not come to an end");
            QThread::msleep(100);
        }
    }

private:
    static std::unique_ptr<Connection> open(const QString &directory)
    {
        auto connection = Connection::open(u"host=%1 user=postgres dbname=squad"_s.arg(directory));
        if (!connection)
            qFatal("no way into PostgreSQL");
        return *std::move(connection);
    }

    std::unique_ptr<Connection> m_connection;
};

QByteArray outputOf(const QString &program, const QStringList &arguments, const QStringList &environment = {})
{
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        qFatal("%s failed: %s", qPrintable(program), process.readAll().constData());
    return process.readAll();
}

double number(const QByteArray &text, const QString &pattern)
{
    const auto match
        = QRegularExpression(pattern, QRegularExpression::MultilineOption).match(QString::fromUtf8(text));
    if (!match.hasMatch())
        qFatal("no figure in: %s", text.constData());
    return match.captured(1).toDouble();
}

// One intake's statements as a pgbench script, with new ids in each run of it.
class Script
{
public:
    Script(Installation &installation, Observer &observer, const api::Product &product)
        : m_observer(observer)
    {
        const Installation::Person customer = installation.customer();
        BlockingClient client = installation.client(customer);
        const QByteArray body = json::write(Installation::draft(product, {}));
        const auto file = [&] {
            return client
                .send("POST", u"/api/v1/tickets"_s, body, { { "Idempotency-Key", Installation::makeKey() } })
                .json();
        };
        observer.ask("alter role squad_server set log_min_messages = 'log'");
        observer.ask("alter role squad_server set log_statement = 'all'");
        observer.dismissServer();
        const auto log = [&] { return QString::fromUtf8(installation.server().output()); };
        QDeadlineTimer deadline(std::chrono::minutes(1));
        while (!isComplete(log()) && !deadline.hasExpired()) {
            m_number = file()[u"number"_s].toString().mid(2);
            QThread::msleep(200);
        }
        observer.ask("alter role squad_server reset log_statement");
        observer.ask("alter role squad_server set log_min_messages = 'fatal'");
        observer.dismissServer();
        observer.awaitQuiet();
        read(log(), customer.id.toString(), product.id.toString());
        if (!m_file.open() || m_file.write(m_script) != m_script.size() || !m_file.flush())
            qFatal("no room for the script");
    }

    [[nodiscard]] QString fileName() const { return m_file.fileName(); }

private:
    static bool isComplete(const QString &log)
    {
        const qsizetype from = log.lastIndexOf("LOG:  execute http.idempotency_begin"_L1);
        const qsizetype answered = log.indexOf("http.idempotency_finish"_L1, std::max<qsizetype>(0, from));
        return from >= 0 && answered > 0 && log.indexOf("bus.publish_all"_L1, answered) > 0;
    }

    // From the line that claims the idempotency key to the one that publishes the events, the last before the
    // commit, leaving out what others do at the same time.
    void read(QString log, const QString &customer, const QString &product)
    {
        static const QRegularExpression executed(
            u"LOG:  execute ((?:ticket\\.|http\\.idem|bus\\.publish)\\w+):\\s"
            "((?:(?!LOG:).)*?)\\nDETAIL:  parameters: (.*?)\\n(?=LOG:)"_s,
            QRegularExpression::DotMatchesEverythingOption
        );
        log.remove(u"squad.postgres: "_s);
        m_script = "\\set r random(1, 999999999999)\nbegin;\n";
        const qsizetype from = log.lastIndexOf("LOG:  execute http.idempotency_begin"_L1);
        bool isAnswered = false;
        for (auto it = executed.globalMatch(log, from); it.hasNext();) {
            const auto match = it.next();
            append(match.captured(1), match.captured(2), match.captured(3), { customer, product });
            isAnswered |= match.captured(1) == "http.idempotency_finish"_L1;
            if (isAnswered && match.captured(1) == "bus.publish_all"_L1)
                break;
        }
        m_script += "commit;\n";
        if (m_script.count('\n') < 9)
            qFatal("not what an intake does:\n%s", m_script.constData());
    }

    void append(const QString &name, const QString &text, const QString &parameters, const QStringList &known)
    {
        static const QRegularExpression parameter(u"\\$(\\d+) = ('(?:[^']|'')*'|NULL)"_s);
        QByteArray sql = text.simplified().toUtf8();
        // Expressions stand where parameters were, and must be of their types.
        m_observer.ask("prepare asked as " + sql);
        const QStringList types = m_observer
                                      .ask("select array_to_string(parameter_types::text[], ',') "
                                           "from pg_prepared_statements where name = 'asked'")
                                      .split(u',');
        m_observer.ask("deallocate asked");
        QList<std::pair<QByteArray, QByteArray>> given;
        for (auto it = parameter.globalMatch(parameters); it.hasNext();) {
            const auto match = it.next();
            const QByteArray type = types.value(match.captured(1).toInt() - 1).toLatin1();
            given.prepend({ '$' + match.captured(1).toLatin1(),
                            '(' + fresh(match.captured(2), known) + ")::" + type });
        }
        for (const auto &[place, value] : given) // the greatest first: $1 is a part of $10
            sql.replace(place, value);
        m_script += sql + (name == "ticket.takeNumbers"_L1 ? " \\gset\n" : ";\n");
    }

    // The literal, with every id of this one ticket replaced by an expression that makes another.
    QByteArray fresh(QString literal, const QStringList &known) const
    {
        static const QRegularExpression id(
            u"01[0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-([0-9a-f]{12})"_s
        );
        QByteArray before;
        QByteArray after;
        QSet<QString> seen;
        // Innermost, before made-up ids can hold these digits.
        if (literal.contains(m_number)) {
            before += "replace(";
            after += ", '" + m_number.toLatin1() + "', (:nextval)::text)";
        }
        for (auto it = id.globalMatch(literal); it.hasNext();) {
            const auto match = it.next();
            if (known.contains(match.captured(0)) || seen.contains(match.captured(1)))
                continue;
            seen.insert(match.captured(1));
            before += "replace(";
            after += ", '" + match.captured(1).toLatin1() + "', lpad((:r)::text, 12, '0'))";
        }
        const QByteArray text = literal.replace(u"\\:"_s, u":"_s).toUtf8();
        return before.isEmpty() ? text : '(' + before + text + after + ')';
    }

    Observer &m_observer;
    QString m_number;
    QByteArray m_script;
    QTemporaryFile m_file;
};

class Wrk
{
public:
    Wrk(const Installation &installation, const Installation::Person &customer, const api::Product &product)
        : m_url(installation.url().toString() + "/api/v1/tickets"_L1)
    {
        const QByteArray lua = R"lua(
local body = [==[)lua"
            + json::write(Installation::draft(product, {})) + R"lua(]==]
local count = 0
local run = tostring({}):gsub('[^%w]', '') .. os.time() .. math.random(1e9)
local id = 0
function setup(thread) thread:set('id', id); id = id + 1 end
function request()
    count = count + 1
    return wrk.format('POST', nil, {
        ['Authorization'] = 'Bearer )lua"
            + customer.token + R"lua(',
        ['Content-Type'] = 'application/json',
        ['Idempotency-Key'] = 'bench-' .. run .. '-' .. id .. '-' .. count
    }, body)
end
function response(status, headers, text)
    if status ~= 201 then print('REFUSED ' .. status .. ' ' .. text) end
end
function done(summary, latency, requests)
    print('P50 ' .. latency:percentile(50) / 1000)
    print('P99 ' .. latency:percentile(99) / 1000)
end
)lua";
        if (!m_file.open() || m_file.write(lua) != lua.size() || !m_file.flush())
            qFatal("no room for the script");
    }

    [[nodiscard]] Load run(int connections) const
    {
        const QByteArray text = outputOf(
            u"wrk"_s,
            { u"-t1"_s,
              u"-c%1"_s.arg(connections),
              u"-d%1s"_s.arg(seconds),
              u"--timeout"_s,
              u"30s"_s,
              u"-s"_s,
              m_file.fileName(),
              m_url }
        );
        if (text.contains("REFUSED") || text.contains("Socket errors"))
            qFatal("%s", text.left(2000).constData());
        return { number(text, u"Requests/sec:\\s+([0-9.]+)"_s),
                 number(text, u"^P50 ([0-9.]+)"_s),
                 number(text, u"^P99 ([0-9.]+)"_s) };
    }

private:
    QString m_url;
    QTemporaryFile m_file;
};

Load pgbench(const QString &directory, const Script &script, int connections)
{
    QTemporaryDir logs;
    const QByteArray text = outputOf(
        u"pgbench"_s,
        { u"-n"_s,
          u"-M"_s,
          u"prepared"_s,
          u"-c"_s,
          QString::number(connections),
          u"-j1"_s,
          u"-T"_s,
          QString::number(seconds),
          u"-h"_s,
          directory,
          u"-U"_s,
          u"squad_server"_s,
          u"-f"_s,
          script.fileName(),
          u"--log"_s,
          u"--log-prefix"_s,
          logs.filePath(u"log"_s),
          u"squad"_s },
        { u"PGOPTIONS=-c role=squad_ticket"_s }
    );
    std::vector<double> times;
    for (const QString &name : QDir(logs.path()).entryList(QDir::Files)) {
        QFile file(logs.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            qFatal("no log of pgbench");
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (!line.isEmpty())
                times.push_back(line.split(' ').value(2).toDouble() / 1000);
        }
    }
    return { number(text, u"^tps = ([0-9.]+)"_s), percentile(times, 0.5), percentile(times, 0.99) };
}

double medianOf(std::vector<Load> loads, double Load::*member)
{
    std::vector<double> values;
    for (const Load &load : loads)
        values.push_back(load.*member);
    return percentile(values, 0.5);
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    Installation installation({ u"--log-level"_s, u"info"_s });
    Observer observer(socketDirectory(installation));
    const api::Product product = installation.product();
    const Installation::Person customer = installation.customer();
    const Script script(installation, observer, product);
    const Wrk wrk(installation, customer, product);

    Figures figures;
    for (const int connections : { 8, 32 }) {
        std::vector<Load> ours;
        std::vector<Load> theirs;
        for (int round = 0; round < rounds; ++round) {
            ours.push_back(wrk.run(connections));
            observer.awaitQuiet();
            theirs.push_back(pgbench(socketDirectory(installation), script, connections));
            observer.awaitQuiet();
        }
        const QString at = u"intake at %1 connections"_s.arg(connections);
        figures.add(at, medianOf(ours, &Load::perSecond), u"tickets/s"_s, medianOf(theirs, &Load::perSecond));
        figures.add(at + ", p50"_L1, medianOf(ours, &Load::p50), u"ms"_s, medianOf(theirs, &Load::p50));
        figures.add(at + ", p99"_L1, medianOf(ours, &Load::p99), u"ms"_s, medianOf(theirs, &Load::p99));
    }
    return figures.report(application.arguments());
}

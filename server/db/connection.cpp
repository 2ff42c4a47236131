#include "server/db/connection.h"

#include <QLoggingCategory>

#include <array>
#include <libpq-fe.h>
#include <poll.h>

Q_LOGGING_CATEGORY(lcDatabase, "squad.db")

namespace {

// What the URL may override, then what it may not: the text formats that row.cpp reads. `search_path` holds
// no schema of ours, so a name that is not schema-qualified fails in every test instead of meaning something
// else some day.
constexpr const char *defaultOptions = "-c statement_timeout=30s -c lock_timeout=10s -c jit=off "
                                       "-c idle_in_transaction_session_timeout=60s ";
constexpr const char *fixedOptions
    = " -c timezone=UTC -c datestyle=ISO,YMD -c bytea_output=hex -c extra_float_digits=1 "
      "-c search_path=public";

// The `options` parameter of a connection string; none if it has none or cannot be read.
QByteArray optionsOf(const QByteArray &url)
{
    QByteArray options;
    PQconninfoOption *parsed = PQconninfoParse(url.constData(), nullptr);
    for (const PQconninfoOption *option = parsed; option != nullptr && option->keyword != nullptr; ++option) {
        if (qstrcmp(option->keyword, "options") == 0)
            options = option->val;
    }
    PQconninfoFree(parsed);
    return options;
}

// PostgreSQL cannot store a NUL character, and libpq would take it for the end of the text.
bool hasNul(const QList<Argument> &arguments)
{
    return std::ranges::any_of(arguments, [](const Argument &argument) {
        return argument && argument->contains('\0');
    });
}

SqlError nulArgument()
{
    return { "22021", {}, {}, QStringLiteral("an argument contains a NUL character") };
}

bool succeeded(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

} // namespace

tl::expected<std::unique_ptr<Connection>, SqlError> Connection::open(const QString &url)
{
    const QByteArray text = url.toUtf8();
    const QByteArray options = defaultOptions + optionsOf(text) + fixedOptions;
    // What stands before dbname is a default, what stands behind it overrides the URL. A peer that is gone
    // without a word is noticed in about 20 s instead of the kernel's two hours.
    const std::array<const char *, 11> names { "connect_timeout",
                                               "keepalives_idle",
                                               "keepalives_interval",
                                               "keepalives_count",
                                               "tcp_user_timeout",
                                               "application_name",
                                               "dbname",
                                               "options",
                                               "client_encoding",
                                               nullptr };
    const std::array<const char *, 11> values {
        "5", "10", "5", "2", "20000", "sysops-server", text.constData(), options.constData(), "UTF8", nullptr
    };
    // Private because only this function may make one: a Connection is always one that has been connected.
    std::unique_ptr<Connection> connection(new Connection(PQconnectdbParams(names.data(), values.data(), 1)));
    if (!connection->isConnected())
        return tl::unexpected(SqlError { {}, {}, {}, connection->lastMessage() });
    // Notices are the server's remarks for a person at psql; what matters arrives as an error.
    PQsetNoticeReceiver(
        connection->m_connection, [](void *, const PGresult *) {}, nullptr
    );
    return connection;
}

Connection::Connection(pg_conn *connection)
    : m_connection(connection)
{
}

void Connection::ClearResult::operator()(pg_result *result) const
{
    PQclear(result);
}

Connection::~Connection()
{
    PQfinish(m_connection);
}

void Connection::begin(const char *role)
{
    Q_ASSERT(m_state == State::idle);
    m_state = State::announced;
    m_role = role;
    m_commitUnknown = false;
    m_error.reset();
    m_atCommit.clear();
    m_afterCommit.clear();
}

// One network round trip, whatever has to precede the statement.
Result<Rows> Connection::run(const Statement &statement, const QList<Argument> &arguments)
{
    Q_ASSERT(m_state != State::idle);
    // A failed statement has ended the transaction; what follows would only hide the first error in the log.
    if (m_error)
        return fail(sqlProblem(*m_error));
    if (hasNul(arguments))
        return failed(statement.name(), nulArgument());
    const bool sent
        = startPipeline() && sendStatement({ &statement, arguments }) && PQpipelineSync(m_connection) == 1;
    if (!sent)
        return failed(statement.name(), { {}, {}, {}, lastMessage() });
    ResultHandle answer = TRY(receive());
    if (PQexitPipelineMode(m_connection) == 0)
        return failed(statement.name(), { {}, {}, {}, lastMessage() });
    return Rows(answer.release(), statement.name());
}

Result<void> Connection::runAtCommit(const Statement &statement, const QList<Argument> &arguments)
{
    if (m_error)
        return fail(sqlProblem(*m_error));
    if (hasNul(arguments))
        return failed(statement.name(), nulArgument());
    m_atCommit.append({ &statement, arguments });
    return {};
}

bool Connection::startPipeline()
{
    m_steps.clear();
    m_answered = 0;
    if (PQenterPipelineMode(m_connection) != 1)
        return false;
    if (std::exchange(m_state, State::open) != State::announced)
        return true;
    return sendCommand("BEGIN") && sendCommand(QByteArray("SET LOCAL ROLE ") + m_role);
}

bool Connection::sendCommand(const QByteArray &command)
{
    m_steps.append({ command });
    return PQsendQueryParams(m_connection, command.constData(), 0, nullptr, nullptr, nullptr, nullptr, 0)
        == 1;
}

bool Connection::sendStatement(const Call &call)
{
    const char *const name = call.statement->name();
    if (!m_prepared.contains(call.statement)
        && std::ranges::find(m_steps, call.statement, &Step::prepared) == m_steps.end()) {
        m_steps.append({ name, call.statement });
        if (PQsendPrepare(m_connection, name, call.statement->sql(), 0, nullptr) != 1)
            return false;
    }
    QVarLengthArray<const char *, 16> values;
    for (const Argument &argument : call.arguments)
        values.append(argument ? argument->constData() : nullptr);
    m_steps.append({ name });
    const int count = static_cast<int>(values.size());
    return PQsendQueryPrepared(m_connection, name, count, values.constData(), nullptr, nullptr, 0) == 1;
}

// Reads the answers to all steps and to the synchronisation; the last step's is returned. After the first
// error the server skips the rest, so that error is the one that counts.
Result<Connection::ResultHandle> Connection::receive()
{
    std::optional<tl::unexpected<Problem>> problem;
    ResultHandle answer;
    for (const Step &step : std::as_const(m_steps)) {
        ResultHandle result(PQgetResult(m_connection));
        if (!result || PQstatus(m_connection) == CONNECTION_BAD)
            return failed(step.name, SqlError::of(result.get(), lastMessage()));
        if (!succeeded(result.get())) {
            if (PQresultStatus(result.get()) != PGRES_PIPELINE_ABORTED && !problem)
                problem = failed(step.name, SqlError::of(result.get(), lastMessage()));
        } else {
            ++m_answered;
            if (step.prepared)
                m_prepared.insert(step.prepared);
        }
        answer = std::move(result);
        ResultHandle(PQgetResult(m_connection)); // the null that ends one command's results
    }
    const ResultHandle synchronised(PQgetResult(m_connection));
    if (problem)
        return *problem;
    if (PQresultStatus(synchronised.get()) != PGRES_PIPELINE_SYNC)
        return failed("Sync", SqlError::of(synchronised.get(), lastMessage()));
    return answer;
}

Result<void> Connection::commit()
{
    if (m_error)
        return fail(sqlProblem(*m_error));
    const QList<Call> calls = std::exchange(m_atCommit, {});
    if (m_state == State::announced && calls.isEmpty()) {
        m_state = State::idle;
        return {};
    }
    bool sent = startPipeline();
    for (const Call &call : calls)
        sent = sent && sendStatement(call);
    m_commitUnknown = true;
    sent = sent && sendCommand("COMMIT") && PQpipelineSync(m_connection) == 1;
    if (!sent)
        return failed("COMMIT", { {}, {}, {}, lastMessage() });
    const Result<ResultHandle> answer = receive();
    // Where the line goes dead nobody knows whether the commit took place, unless the server has said that it
    // never came to it.
    const bool reachedCommit = m_answered + 1 == m_steps.size();
    m_commitUnknown = !answer && !isConnected() && (reachedCommit || m_error->state.isEmpty());
    PQexitPipelineMode(m_connection); // if it cannot, the connection serves no more, but the answer stands
    if (!answer)
        return fail(answer.error());
    m_state = State::idle;
    if (qstrcmp(PQcmdStatus(answer->get()), "COMMIT") != 0)
        return failed("COMMIT", { "25P02", {}, {}, QStringLiteral("the transaction had failed before") });
    return {};
}

void Connection::rollback()
{
    m_atCommit.clear();
    m_afterCommit.clear(); // and what its actions hold on to
    if (PQpipelineStatus(m_connection) != PQ_PIPELINE_OFF)
        PQexitPipelineMode(m_connection);
    if (std::exchange(m_state, State::idle) == State::open && PQstatus(m_connection) == CONNECTION_OK)
        ResultHandle(PQexec(m_connection, "ROLLBACK"));
}

Result<Rows> Connection::script(const QByteArray &sql)
{
    Q_ASSERT(m_state == State::idle);
    m_error.reset();
    ResultHandle result(PQexec(m_connection, sql.constData()));
    if (!succeeded(result.get()))
        return failed("script", SqlError::of(result.get(), lastMessage()));
    return Rows(result.release(), "script");
}

bool Connection::isConnected() const
{
    return PQstatus(m_connection) == CONNECTION_OK;
}

bool Connection::isLeftAlone() const
{
    pollfd socket { PQsocket(m_connection), POLLIN, 0 };
    return isConnected() && poll(&socket, 1, 0) == 0;
}

bool Connection::isUsable() const
{
    return isConnected() && PQpipelineStatus(m_connection) == PQ_PIPELINE_OFF
        && PQtransactionStatus(m_connection) == PQTRANS_IDLE && !(m_error && m_error->state == "0A000");
}

bool Connection::isInTransaction() const
{
    return PQtransactionStatus(m_connection) == PQTRANS_INTRANS;
}

bool Connection::isWorthRepeating() const
{
    return m_error && !m_commitUnknown && (m_error->isTransient() || m_error->isConnectionLost());
}

tl::unexpected<Problem> Connection::failed(const QByteArray &what, SqlError error)
{
    m_error = std::move(error);
    Problem problem = sqlProblem(*m_error);
    // Broken rules and races are everyday answers to callers; the rest is for whoever operates the server.
    const bool isEveryday = problem.kind != ProblemKind::internal && problem.kind != ProblemKind::unavailable;
    if (isEveryday || m_error->isTransient())
        qCDebug(lcDatabase).noquote() << what << m_error->state << m_error->message;
    else
        qCWarning(lcDatabase).noquote() << what << m_error->state << m_error->message;
    return fail(std::move(problem));
}

QString Connection::lastMessage() const
{
    return QString::fromUtf8(PQerrorMessage(m_connection)).trimmed();
}

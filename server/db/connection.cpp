#include "server/db/connection.h"

#include <QLoggingCategory>

#include <array>
#include <libpq-fe.h>

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

struct ClearResult
{
    void operator()(PGresult *result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

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
    m_afterCommit.clear();
}

Result<Rows> Connection::run(const Statement &statement, const QList<Argument> &arguments)
{
    Q_ASSERT(m_state != State::idle);
    // A failed statement has ended the transaction; what follows would only hide the first error in the log.
    if (m_error)
        return fail(sqlProblem(*m_error));
    for (const Argument &argument : arguments) {
        // PostgreSQL cannot store a NUL character, and libpq would take it for the end of the text.
        if (argument && argument->contains('\0'))
            return failed(
                statement.name(), { "22021", {}, {}, QStringLiteral("an argument contains a NUL character") }
            );
    }
    return send(statement, arguments);
}

// One network round trip, whatever has to precede the statement.
Result<Rows> Connection::send(const Statement &statement, const QList<Argument> &arguments)
{
    const bool begins = m_state == State::announced;
    const bool prepares = !m_prepared.contains(&statement);
    m_state = State::open;
    bool sent = PQenterPipelineMode(m_connection) == 1;
    sent = sent && (!begins || sendBegin());
    sent = sent && (!prepares || sendPrepare(statement));
    sent = sent && sendExecute(statement, arguments) && PQpipelineSync(m_connection) == 1;
    if (!sent)
        return failed(statement.name(), { {}, {}, {}, lastMessage() });
    Result<Rows> rows = receive(statement, (begins ? 2 : 0) + (prepares ? 1 : 0));
    if (PQexitPipelineMode(m_connection) == 0 && rows)
        return failed(statement.name(), { {}, {}, {}, lastMessage() });
    return rows;
}

bool Connection::sendBegin()
{
    const QByteArray setRole = QByteArray("SET LOCAL ROLE ") + m_role;
    return PQsendQueryParams(m_connection, "BEGIN", 0, nullptr, nullptr, nullptr, nullptr, 0) == 1
        && PQsendQueryParams(m_connection, setRole.constData(), 0, nullptr, nullptr, nullptr, nullptr, 0)
        == 1;
}

bool Connection::sendPrepare(const Statement &statement)
{
    return PQsendPrepare(m_connection, statement.name(), statement.sql(), 0, nullptr) == 1;
}

bool Connection::sendExecute(const Statement &statement, const QList<Argument> &arguments)
{
    QVarLengthArray<const char *, 16> values;
    for (const Argument &argument : arguments)
        values.append(argument ? argument->constData() : nullptr);
    const int count = static_cast<int>(values.size());
    return PQsendQueryPrepared(m_connection, statement.name(), count, values.constData(), nullptr, nullptr, 0)
        == 1;
}

// Reads all answers of the pipeline: of the preliminaries, of the statement, of the synchronisation. After
// the first error the server skips the rest, so that error is the one that counts.
Result<Rows> Connection::receive(const Statement &statement, int preliminaries)
{
    std::optional<SqlError> error;
    ResultHandle answer;
    for (int step = 0; step <= preliminaries + 1; ++step) {
        ResultHandle result(PQgetResult(m_connection));
        if (!result || PQstatus(m_connection) == CONNECTION_BAD)
            return failed(statement.name(), SqlError::of(result.get(), lastMessage()));
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_SYNC)
            break;
        if (!succeeded(result.get()) && status != PGRES_PIPELINE_ABORTED && !error)
            error = SqlError::of(result.get(), lastMessage());
        if (step == preliminaries)
            answer = std::move(result);
        else if (step == preliminaries - 1 && !error)
            m_prepared.insert(&statement);
        ResultHandle(PQgetResult(m_connection)); // the null that ends one command's results
    }
    if (error)
        return failed(statement.name(), *error);
    return Rows(answer.release(), statement.name());
}

Result<void> Connection::commit()
{
    if (m_error)
        return fail(sqlProblem(*m_error));
    if (std::exchange(m_state, State::idle) == State::announced)
        return {};
    m_commitUnknown = true;
    const ResultHandle result(PQexec(m_connection, "COMMIT"));
    // Without an answer nobody knows whether the commit took place. With one it did not if it is an error (a
    // deferred constraint, a serialization failure), or a ROLLBACK because a statement had failed unnoticed.
    const SqlError error = SqlError::of(result.get(), lastMessage());
    m_commitUnknown = error.state.isEmpty() && PQstatus(m_connection) == CONNECTION_BAD;
    if (!succeeded(result.get()))
        return failed("COMMIT", error);
    if (qstrcmp(PQcmdStatus(result.get()), "COMMIT") != 0)
        return failed("COMMIT", { "25P02", {}, {}, QStringLiteral("the transaction had failed before") });
    return {};
}

void Connection::rollback()
{
    m_afterCommit.clear(); // and what its actions hold on to
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

tl::unexpected<Problem> Connection::failed(const char *what, SqlError error)
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

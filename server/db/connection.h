#pragma once

#include "server/db/argument.h"
#include "server/db/row.h"
#include "server/db/sql_problem.h"
#include "server/db/statement.h"

#include <QSet>

struct pg_conn;
struct pg_result;

// One connection to PostgreSQL and the transaction that is open on it. Used by one thread at a time, which
// need not always be the same.
//
// It speaks libpq, not Qt Sql: QPSQL writes arguments into the SQL text and has it parsed each time, takes
// jsonb's `?` operators for placeholders, cuts text at a NUL, hides the name of the violated constraint and
// needs a round trip for BEGIN alone.
class Connection
{
public:
    static tl::expected<std::unique_ptr<Connection>, SqlError> open(const QString &url);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    // Begins a transaction as `role`. Nothing is sent before the first statement, which then carries BEGIN
    // and SET ROLE along: a transaction of one statement costs two round trips.
    void begin(const char *role);
    Result<Rows> run(const Statement &statement, const QList<Argument> &arguments);
    // The statement is sent along with COMMIT, after all others, so that it costs no round trip of its own.
    // Nobody sees its rows; if it fails, so does the commit.
    Result<void> runAtCommit(const Statement &statement, const QList<Argument> &arguments);
    // Fails if any statement failed, even if the caller went on regardless.
    Result<void> commit();
    void rollback();

    // Several statements in one text, without arguments; outside begin(). For migrations and set-up.
    Result<Rows> script(const QByteArray &sql);

    [[nodiscard]] bool isConnected() const;
    [[nodiscard]] bool isUsable() const; // idle and connected: may serve the next transaction
    // While idle: the server has said nothing, which would be its farewell. A system call of a microsecond.
    [[nodiscard]] bool isLeftAlone() const;
    [[nodiscard]] bool isInTransaction() const; // as the server sees it
    [[nodiscard]] const std::optional<SqlError> &error() const
    {
        return m_error;
    } // of the transaction, if it failed
    // Whether it is safe and promising to run the failed transaction again, given that the server never
    // confirmed it.
    [[nodiscard]] bool isWorthRepeating() const;

    void afterCommit(std::function<void()> action) { m_afterCommit.append(std::move(action)); }
    [[nodiscard]] QList<std::function<void()>> takeAfterCommit() { return std::exchange(m_afterCommit, {}); }

private:
    struct Call
    {
        const Statement *statement;
        QList<Argument> arguments;
    };
    // What an answer is expected to in the pipeline.
    struct Step
    {
        QByteArray name;
        const Statement *prepared = nullptr; // which the server knows once it has answered
    };
    struct ClearResult
    {
        void operator()(pg_result *result) const;
    };
    using ResultHandle = std::unique_ptr<pg_result, ClearResult>;

    explicit Connection(pg_conn *connection);
    bool startPipeline();
    bool sendCommand(const QByteArray &command);
    bool sendStatement(const Call &call);
    Result<ResultHandle> receive();
    tl::unexpected<Problem> failed(const QByteArray &what, SqlError error);
    [[nodiscard]] QString lastMessage() const;

    enum class State { idle, announced, open };

    pg_conn *m_connection;
    State m_state = State::idle;
    const char *m_role = nullptr;
    bool m_commitUnknown = false;
    std::optional<SqlError> m_error;
    QSet<const Statement *> m_prepared;
    QList<Step> m_steps; // of the pipeline that is or was last on its way …
    qsizetype m_answered = 0; // … and how many of them went well
    QList<Call> m_atCommit;
    QList<std::function<void()>> m_afterCommit;
};

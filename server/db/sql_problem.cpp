#include "server/db/sql_problem.h"

#include <libpq-fe.h>

namespace {

QString field(const pg_result *result, int code)
{
    return QString::fromUtf8(PQresultErrorField(result, code));
}

Problem violation(ProblemKind kind, const QString &detail, const SqlError &error)
{
    const QString code = error.constraint.isEmpty() ? QString() : error.schema + u'.' + error.constraint;
    return { kind, detail, code, {}, {} };
}

} // namespace

SqlError SqlError::of(const pg_result *result, const QString &fallback)
{
    SqlError error;
    error.state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    error.schema = field(result, PG_DIAG_SCHEMA_NAME);
    error.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
    error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const QString detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    if (!detail.isEmpty())
        error.message += QStringLiteral(" (%1)").arg(detail);
    if (error.message.isEmpty())
        error.message = fallback.trimmed();
    return error;
}

bool SqlError::isConnectionLost() const
{
    // Class 08 and the shutdowns; 25006: this server has become a standby, another one has the data now.
    return state.isEmpty() || state.startsWith("08") || state == "57P01" || state == "57P02"
        || state == "57P03" || state == "25006";
}

bool SqlError::isTransient() const
{
    // Serialization failure and dead-lock; 0A000 and 26000 with a prepared statement: a migration changed
    // what it returns, and a new connection prepares it anew.
    return state == "40001" || state == "40P01" || state == "0A000" || state == "26000";
}

Problem sqlProblem(const SqlError &error)
{
    const QByteArray &state = error.state;
    if (state == "23505" || state == "23P01")
        return violation(ProblemKind::conflict, QStringLiteral("There is one like this already."), error);
    if (state == "23503")
        return violation(
            ProblemKind::notFound, QStringLiteral("This refers to something that does not exist."), error
        );
    if (state == "23514")
        return violation(
            ProblemKind::invalidInput, QStringLiteral("The request has a value that is not allowed."), error
        );
    // Too long, out of range, not representable: a value the statement cannot take.
    if (state == "22001" || state == "22003" || state == "22021" || state == "22P05" || state == "22P02"
        || state == "22007" || state == "22008")
        return { ProblemKind::invalidInput,
                 QStringLiteral("The request has a value that cannot be stored."),
                 {},
                 {},
                 {} };
    if (state == "40001" || state == "40P01" || state == "55P03" || state == "57014")
        return Problem::unavailable(QStringLiteral("Too many people work on this right now. Please try again."
        ));
    // 53: no disk space, memory or connection left. 58: the system failed, such as an I/O error.
    if (error.isConnectionLost() || state.startsWith("53") || state.startsWith("58"))
        return Problem::unavailable(QStringLiteral("The database cannot be reached. Please try again."));
    return Problem::internal(QStringLiteral("The database refused a statement."));
}

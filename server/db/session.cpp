#include "server/db/session.h"

#include "server/db/connection.h"

Session::Session(Connection &connection)
    : m_connection(connection)
{
}

void Session::beforeCommit(std::function<Result<void>()> action)
{
    m_beforeCommit.append(std::move(action));
}

Result<void> Session::runBeforeCommit()
{
    for (const auto &action : std::exchange(m_beforeCommit, {}))
        TRY(action());
    return {};
}

void Session::afterCommit(std::function<void()> action)
{
    m_connection.afterCommit(std::move(action));
}

Result<Rows> Session::run(const Statement &statement, const QList<Argument> &arguments)
{
    return m_connection.run(statement, arguments);
}

Result<void> Session::runAtCommit(const Statement &statement, const QList<Argument> &arguments)
{
    return m_connection.runAtCommit(statement, arguments);
}

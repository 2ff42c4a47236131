#pragma once

#include "server/db/row.h"
#include "server/db/statement.h"
#include "shared/core/result.h"

#include <functional>
#include <map>
#include <memory>
#include <typeindex>

class Connection;

// One transaction of one service: only Database::transact makes one, on the thread that runs the work, with
// the service's database role set, so that a statement can touch that service's schema and nothing else.
//
// Arguments may be: bool, int, qint64, double, QString, QByteArray, Instant, Id, Text and the other parsed
// types, described enums (by name), QJsonObject, described structs and lists of them (as jsonb), lists of
// scalars (as SQL arrays), and std::optional of any of these (NULL). A null Id is NULL.
//
// A row lands in a described struct by column name (createdAt ← created_at; a struct within it is one jsonb
// column or its parts: price ← price_minor, price_currency), or, for a single column, in a scalar. A column
// that is missing or NULL where the field is not optional is an internal Problem that names it.
//
// A statement that fails ends the transaction: all later ones fail alike, and so does the commit. Where a
// conflict is an expected answer, `on conflict do nothing` says so without failing.
class Session
{
public:
    // The row that must be there; none is notFound.
    template <class T, class... Args>
    Result<T> one(const Statement &statement, const Args &...args)
    {
        std::optional<T> row = TRY((maybe<T>(statement, args...)));
        if (!row)
            return fail(Problem::notFound(QStringLiteral("There is no such thing.")));
        return *std::move(row);
    }

    // The first row, if any.
    template <class T, class... Args>
    Result<std::optional<T>> maybe(const Statement &statement, const Args &...args)
    {
        Rows rows = TRY(run(statement, { toSql(args)... }));
        if (!rows.next())
            return std::optional<T>();
        return std::optional<T>(TRY(readRow<T>(rows)));
    }

    template <class T, class... Args>
    Result<QList<T>> many(const Statement &statement, const Args &...args)
    {
        Rows rows = TRY(run(statement, { toSql(args)... }));
        QList<T> list;
        while (rows.next())
            list.append(TRY(readRow<T>(rows)));
        return list;
    }

    // The number of rows touched.
    template <class... Args>
    Result<int> exec(const Statement &statement, const Args &...args)
    {
        return TRY(run(statement, { toSql(args)... })).affected();
    }

    // Sent along with COMMIT, after everything else, without a round trip of its own: for the last words of a
    // transaction, whose outcome nobody looks at. If it fails, so does the transaction.
    template <class... Args>
    Result<void> execAtCommit(const Statement &statement, const Args &...args)
    {
        return runAtCommit(statement, { toSql(args)... });
    }

    // The one T of this transaction, made when it is first asked for. With beforeCommit: for gathering what
    // is worth one statement at the end instead of many on the way.
    template <class T>
    T &gathered()
    {
        std::shared_ptr<void> &slot = m_gathered[std::type_index(typeid(T))];
        if (!slot)
            slot = std::make_shared<T>();
        return *static_cast<T *>(slot.get());
    }
    // Runs when the work is done, as its last part: if it fails, so does the transaction.
    void beforeCommit(std::function<Result<void>()> action);
    // Runs after the commit, on this thread; never when the transaction is rolled back. For waking whoever
    // waits.
    void afterCommit(std::function<void()> action);

private:
    friend class Database;
    explicit Session(Connection &connection);
    Result<Rows> run(const Statement &statement, const QList<Argument> &arguments);
    Result<void> runAtCommit(const Statement &statement, const QList<Argument> &arguments);
    Result<void> runBeforeCommit();

    Connection &m_connection;
    std::map<std::type_index, std::shared_ptr<void>> m_gathered;
    QList<std::function<Result<void>()>> m_beforeCommit;
};

#pragma once

#include "server/db/session.h"

#include <QJsonArray>

// Inserts any number of described rows in one statement: one jsonb parameter instead of a parameter per
// column and row. The struct's fields, in snake case, are the columns; an empty optional is NULL. `suffix` is
// what follows, such as an ON CONFLICT clause.
template <DescribedStruct Row>
class RecordInsert
{
public:
    RecordInsert(const char *name, const char *table, const char *suffix = "")
        : m_sql(sql(table, suffix))
        , m_statement(name, m_sql.constData())
    {
    }

    // How many were inserted.
    Result<int> run(Session &session, const QList<Row> &rows) const
    {
        if (rows.isEmpty())
            return 0;
        QJsonArray records;
        for (const Row &row : rows)
            records.append(record(row));
        return session.exec(m_statement, records);
    }

private:
    static QByteArray sql(const char *table, const char *suffix)
    {
        QByteArray columns;
        forEachMember<Row>([&](std::string_view name, auto) {
            const detail::SnakeName column("", name);
            columns += (columns.isEmpty() ? "" : ", ");
            columns += QByteArrayView(column.view().data(), static_cast<qsizetype>(column.view().size()));
        });
        return "insert into " + QByteArray(table) + " (" + columns + ") select " + columns
            + " from jsonb_populate_recordset(null::" + table + ", $1::jsonb) " + suffix;
    }

    static QJsonObject record(const Row &row)
    {
        QJsonObject object;
        forEachMember<Row>([&](std::string_view name, auto member) {
            const detail::SnakeName column("", name);
            const QJsonValue value = json::encode(row.*member);
            if (!value.isNull())
                object.insert(toQString(column.view()), value);
        });
        return object;
    }

    QByteArray m_sql; // before m_statement, which points into it
    Statement m_statement;
};

#pragma once

#include "shared/core/problem.h"

#include <QByteArray>

struct pg_result;

// What PostgreSQL said when a statement failed.
struct SqlError
{
    QByteArray state; // SQLSTATE; empty when there was no answer at all
    QString schema; // with constraint: what was violated
    QString constraint;
    QString message; // for the log only

    static SqlError of(const pg_result *result, const QString &fallback);

    [[nodiscard]] bool isConnectionLost() const; // also a server that is going down or coming up
    [[nodiscard]] bool isTransient() const; // the same transaction may succeed when it is run again
};

// The Problem a failed statement means to the person who made the request. Constraint names are part of the
// API: a broken one gives its "schema.name" as the problem's code, which services turn into their own words.
[[nodiscard]] Problem sqlProblem(const SqlError &error);

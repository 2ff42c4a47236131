#pragma once

#include <QList>

// One SQL statement with the name it has in logs and metrics. Declared as a constant right above the function
// that uses it; parameters are $1, $2 …. Every statement registers itself, so that a test can PREPARE them
// all.
class Statement
{
public:
    Statement(const char *name, const char *sql);
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;

    [[nodiscard]] const char *name() const { return m_name; }
    [[nodiscard]] const char *sql() const { return m_sql; }
    [[nodiscard]] static const QList<const Statement *> &all();

private:
    const char *m_name;
    const char *m_sql;
};

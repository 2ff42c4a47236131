#include "server/db/statement.h"

namespace {

// Built on first use, because statements in other files may register before this file's own constants exist.
QList<const Statement *> &registry()
{
    static QList<const Statement *> statements;
    return statements;
}

} // namespace

Statement::Statement(const char *name, const char *sql)
    : m_name(name)
    , m_sql(sql)
{
    registry().append(this);
}

const QList<const Statement *> &Statement::all()
{
    return registry();
}

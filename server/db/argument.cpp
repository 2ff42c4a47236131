#include "server/db/argument.h"

namespace detail {

QByteArray instantArgument(Instant instant)
{
    return toText(instant).toLatin1();
}

// PostgreSQL's array literal. Quoting every element costs two bytes each and leaves no special case: an
// unquoted element could read as NULL or lose its spaces.
QByteArray arrayArgument(const QList<Argument> &elements)
{
    QByteArray literal("{");
    for (const Argument &element : elements) {
        if (literal.size() > 1)
            literal += ',';
        if (!element) {
            literal += "NULL";
            continue;
        }
        literal += '"';
        for (const char byte : *element) {
            if (byte == '"' || byte == '\\')
                literal += '\\';
            literal += byte;
        }
        literal += '"';
    }
    return literal += '}';
}

} // namespace detail

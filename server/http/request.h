#pragma once

#include "server/http/caller.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>

// Header fields in the order received; names in lower case.
class Headers
{
public:
    struct Field
    {
        QByteArray name;
        QByteArray value;
    };

    void add(const QByteArray &lowerCaseName, const QByteArray &value)
    {
        m_fields.append({ lowerCaseName, value });
    }

    // The first field of that name; null (not merely empty) when there is none.
    [[nodiscard]] QByteArray value(QByteArrayView lowerCaseName) const
    {
        for (const Field &field : m_fields) {
            if (QByteArrayView(field.name) == lowerCaseName)
                return field.value.isNull() ? QByteArray("") : field.value;
        }
        return {};
    }

    [[nodiscard]] qsizetype count(QByteArrayView lowerCaseName) const
    {
        return std::ranges::count_if(m_fields, [&](const Field &field) {
            return QByteArrayView(field.name) == lowerCaseName;
        });
    }

    [[nodiscard]] const QList<Field> &fields() const { return m_fields; }

private:
    QList<Field> m_fields;
};

// One request as a handler sees it: complete, within all limits, its path and query decoded and valid UTF-8.
struct Request
{
    // Path parameters and query items, by name; a name of the query may come more than once.
    using Values = QMultiHash<QString, QString>;

    QByteArray method; // as received; "HEAD" although the route answers GET
    QByteArray target; // as received; may hold what is secret, so it is never logged
    QStringList path; // decoded segments: "/api/v1/me" is {"api", "v1", "me"}, "/" is {""}
    Values pathValues;
    Values query;
    Headers headers;
    QByteArray body;
    bool isSecure = false; // over TLS
    Caller caller; // nobody, unless the route asks for a role or a valid token came anyway
};

// Requests outlive the connection that brought them: a worker may still read one whose client has gone.
using RequestPtr = std::shared_ptr<const Request>;

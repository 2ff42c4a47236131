#include "server/http/openapi.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace openapi {

namespace {

    QJsonObject reference(const QString &section, const QString &name)
    {
        return { { u"$ref"_s, QString(u"#/components/"_s + section + u'/' + name) } };
    }

    QJsonObject content(const QString &type, const QJsonObject &schema)
    {
        return { { type, QJsonObject { { u"schema"_s, schema } } } };
    }

    QJsonArray roleNames(api::Roles roles)
    {
        QJsonArray names;
        boost::mp11::mp_for_each<boost::describe::describe_enumerators<api::Role>>([&](auto each) {
            if (roles.contains(each.value))
                names.append(QString::fromLatin1(each.name));
        });
        return names;
    }

    bool isSafe(api::Method method)
    {
        return method == api::Method::get;
    }

    QJsonObject responses(const Operation &operation)
    {
        QJsonObject success { { u"description"_s, operation.answer ? u"The answer"_s : u"Done"_s } };
        if (operation.answer)
            success.insert(u"content"_s, content(operation.mediaType, *operation.answer));
        if (operation.isVersioned) {
            const QJsonObject etag { { u"description"_s, u"The version, for If-Match"_s },
                                     { u"schema"_s, QJsonObject { { u"type"_s, u"string"_s } } } };
            success.insert(u"headers"_s, QJsonObject { { u"ETag"_s, etag } });
        }
        const QJsonObject problem = reference(u"responses"_s, u"Problem"_s);
        QJsonObject all { { QString::number(operation.success), success }, { u"default"_s, problem } };
        if (!operation.roles.isAnyone()) {
            all.insert(u"401"_s, problem);
            all.insert(u"403"_s, problem);
        }
        if (!operation.parameters.isEmpty() || operation.body)
            all.insert(u"422"_s, problem);
        if (operation.path.contains(u'{'))
            all.insert(u"404"_s, problem);
        if (!isSafe(operation.method))
            all.insert(u"409"_s, problem);
        return all;
    }

    QJsonObject describe(const Operation &operation)
    {
        QJsonArray parameters = operation.parameters;
        if (!isSafe(operation.method) && !operation.roles.isAnyone())
            parameters.append(reference(u"parameters"_s, u"IdempotencyKey"_s));
        if (operation.isVersioned)
            parameters.append(
                reference(u"parameters"_s, isSafe(operation.method) ? u"IfNoneMatch"_s : u"IfMatch"_s)
            );
        QJsonObject described {
            { u"operationId"_s, operation.id },
            { u"summary"_s, operation.summary },
            { u"tags"_s, QJsonArray { operation.id.section(u'.', 0, 0) } },
            { u"responses"_s, responses(operation) },
        };
        if (!parameters.isEmpty())
            described.insert(u"parameters"_s, parameters);
        if (operation.body) {
            described.insert(
                u"requestBody"_s,
                QJsonObject { { u"required"_s, true },
                              { u"content"_s, content(u"application/json"_s, *operation.body) } }
            );
        }
        if (!operation.roles.isAnyone()) {
            described.insert(u"security"_s, QJsonArray { QJsonObject { { u"bearer"_s, QJsonArray() } } });
            described.insert(u"x-roles"_s, roleNames(operation.roles));
        }
        return described;
    }

    QJsonObject headerParameter(const QString &name, const QString &description, const QJsonObject &schema)
    {
        return {
            { u"name"_s, name },      { u"in"_s, u"header"_s },
            { u"required"_s, false }, { u"description"_s, description },
            { u"schema"_s, schema },
        };
    }

    QJsonObject problemSchema()
    {
        const QJsonObject text { { u"type"_s, u"string"_s } };
        const QJsonObject error {
            { u"type"_s, u"object"_s },
            { u"properties"_s, QJsonObject { { u"pointer"_s, text }, { u"detail"_s, text } } },
            { u"required"_s, QJsonArray { u"pointer"_s, u"detail"_s } },
        };
        const QJsonObject properties {
            { u"type"_s, text },
            { u"title"_s, text },
            { u"status"_s, QJsonObject { { u"type"_s, u"integer"_s } } },
            { u"detail"_s, text },
            { u"instance"_s, text },
            { u"code"_s, text },
            { u"errors"_s, QJsonObject { { u"type"_s, u"array"_s }, { u"items"_s, error } } },
        };
        return {
            { u"type"_s, u"object"_s },
            { u"description"_s, u"RFC 9457; further members depend on `code`"_s },
            { u"properties"_s, properties },
            { u"required"_s, QJsonArray { u"type"_s, u"title"_s, u"status"_s, u"code"_s } },
        };
    }

    QJsonObject components(json::Definitions schemas)
    {
        schemas.insert(u"Problem"_s, problemSchema());
        const QJsonObject key { { u"type"_s, u"string"_s }, { u"minLength"_s, 1 }, { u"maxLength"_s, 200 } };
        const QJsonObject tag { { u"type"_s, u"string"_s } };
        const QJsonObject parameters {
            { u"IdempotencyKey"_s,
              headerParameter(
                  u"Idempotency-Key"_s, u"The same key gives the same answer for 24 hours"_s, key
              ) },
            { u"IfMatch"_s,
              headerParameter(u"If-Match"_s, u"The version the caller has seen; a stale one is 412"_s, tag) },
            { u"IfNoneMatch"_s,
              headerParameter(u"If-None-Match"_s, u"A version that need not be sent again: 304"_s, tag) },
        };
        const QJsonObject problem {
            { u"description"_s, u"A problem"_s },
            { u"content"_s, content(u"application/problem+json"_s, reference(u"schemas"_s, u"Problem"_s)) },
        };
        const QJsonObject bearer { { u"type"_s, u"http"_s }, { u"scheme"_s, u"bearer"_s } };
        return {
            { u"schemas"_s, schemas },
            { u"parameters"_s, parameters },
            { u"responses"_s, QJsonObject { { u"Problem"_s, problem } } },
            { u"securitySchemes"_s, QJsonObject { { u"bearer"_s, bearer } } },
        };
    }

} // namespace

QJsonObject file()
{
    return { { u"type"_s, u"string"_s }, { u"format"_s, u"binary"_s } };
}

QJsonObject parameter(const QString &name, const QString &path, bool isRequired, const QJsonObject &schema)
{
    const bool isInPath = path.contains(QString(u'{' + name + u'}'));
    return {
        { u"name"_s, name },
        { u"in"_s, isInPath ? u"path"_s : u"query"_s },
        { u"required"_s, isInPath || isRequired },
        { u"schema"_s, schema },
    };
}

QByteArray document(const QList<Operation> &operations, const json::Definitions &definitions)
{
    // QJsonObject keeps its keys sorted, so that the text does not depend on the order of registration.
    QJsonObject paths;
    for (const Operation &operation : operations) {
        QJsonObject path = paths.value(operation.path).toObject();
        const QString method
            = operation.method == api::Method::del ? u"delete"_s : enumName(operation.method);
        path.insert(method, describe(operation));
        paths.insert(operation.path, path);
    }
    const QJsonObject document {
        { u"openapi"_s, u"3.1.0"_s },
        { u"info"_s, QJsonObject { { u"title"_s, u"Sysops Squad"_s }, { u"version"_s, u"1"_s } } },
        { u"paths"_s, paths },
        { u"components"_s, components(definitions) },
    };
    return QJsonDocument(document).toJson(QJsonDocument::Compact);
}

} // namespace openapi

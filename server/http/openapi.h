#pragma once

#include "shared/api/endpoint.h"
#include "shared/json/schema.h"

#include <QJsonArray>
#include <QJsonObject>

// One typed endpoint as the OpenAPI document tells of it.
struct Operation
{
    QString id; // "ticket.Open"
    api::Method method = api::Method::get;
    QString path; // with basePath
    QString summary;
    api::Roles roles;
    int success = 200;
    QJsonArray parameters; // of path and query
    std::optional<QJsonObject> body; // schemas
    std::optional<QJsonObject> answer;
    QString mediaType = QStringLiteral("application/json"); // of the answer
    bool isVersioned = false; // the answer carries an ETag
};

namespace openapi {

// OpenAPI 3.1; the same operations give the same bytes, in whatever order they were registered.
[[nodiscard]] QByteArray document(const QList<Operation> &operations, const json::Definitions &definitions);

[[nodiscard]] QJsonObject file(); // the schema of bytes

[[nodiscard]] QJsonObject
parameter(const QString &name, const QString &path, bool isRequired, const QJsonObject &schema);

} // namespace openapi

// An answer with an integer `version` is a versioned resource.
template <class T>
concept Versioned = requires(const T &value)
{
    {
        value.version
        } -> std::convertible_to<int>;
};

template <class E>
[[nodiscard]] QString fullPath()
{
    return toQString(api::basePath) + toQString(E::path);
}

// Reads the operation off the endpoint's type; schemas of named types go to `definitions`.
template <class E>
[[nodiscard]] Operation describeOperation(json::Definitions &definitions)
{
    static_assert(
        requires { E::summary; }, "an endpoint says in one line what it does: give it a `summary`"
    );
    Operation operation;
    operation.id = json::schemaName(typeid(E).name());
    operation.method = E::method;
    operation.path = fullPath<E>();
    operation.summary = toQString(E::summary);
    operation.roles = E::roles;
    operation.success = std::is_same_v<typename E::Answer, api::Nothing> ? 204 : E::success;
    operation.isVersioned = Versioned<typename E::Answer>;
    if constexpr (!std::is_same_v<typename E::Params, api::Nothing>) {
        forEachMember<typename E::Params>([&]<class Field>(std::string_view name, Field E::Params::*) {
            operation.parameters.append(openapi::parameter(
                toQString(name),
                operation.path,
                !json::IsOptional<Field>::value && !json::IsList<Field>::value,
                json::schemaOf<Field>(definitions)
            ));
        });
    }
    if constexpr (!std::is_same_v<typename E::Body, api::Nothing>)
        operation.body = json::schemaOf<typename E::Body>(definitions);
    if constexpr (std::is_same_v<typename E::Answer, api::File>) {
        operation.mediaType = toQString(E::mediaType);
        operation.answer = openapi::file();
    } else if constexpr (!std::is_same_v<typename E::Answer, api::Nothing>)
        operation.answer = json::schemaOf<typename E::Answer>(definitions);
    return operation;
}

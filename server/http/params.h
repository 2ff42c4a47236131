#pragma once

#include "server/http/request.h"
#include "shared/json/codec.h"

// Path and query parameters are texts; what a number or a flag looks like in one is said here, once.
namespace detail {

enum class ParamForm { text, integer, number, flag };

// The JSON value that json::decode expects; a text that has not the right form stays one, which decode then
// refuses.
[[nodiscard]] QJsonValue paramValue(const QString &text, ParamForm form);
// All values of that name: none is undefined; one is itself; more are an array unless `isList`, when they
// always are.
[[nodiscard]] QJsonValue
paramValues(const Request &request, const QString &name, ParamForm form, bool isList);
// Errors in parameters point to "?name".
[[nodiscard]] Problem refusedParams(const json::Decoder &decoder);

template <class Field>
constexpr ParamForm paramForm()
{
    if constexpr (json::IsOptional<Field>::value || json::IsList<Field>::value)
        return paramForm<typename Field::value_type>();
    else if constexpr (std::is_same_v<Field, bool>)
        return ParamForm::flag;
    else if constexpr (std::is_integral_v<Field> || json::IsBounded<Field>::value)
        return ParamForm::integer;
    else if constexpr (std::is_floating_point_v<Field>)
        return ParamForm::number;
    else
        return ParamForm::text;
}

template <class Field>
constexpr bool isListParam()
{
    if constexpr (json::IsOptional<Field>::value)
        return isListParam<typename Field::value_type>();
    else
        return json::IsList<Field>::value;
}

} // namespace detail

// Reads an endpoint's Params from path and query, or answers invalidInput with every one that is wrong.
template <class T>
[[nodiscard]] Result<T> decodeParams(const Request &request)
{
    QJsonObject object;
    forEachMember<T>([&]<class Field>(std::string_view name, Field T::*) {
        const QString key = toQString(name);
        object.insert(
            key, detail::paramValues(request, key, detail::paramForm<Field>(), detail::isListParam<Field>())
        );
    });
    json::Decoder decoder;
    T params {};
    json::decode(decoder, QJsonValue(object), params);
    if (!decoder.ok())
        return fail(detail::refusedParams(decoder));
    return params;
}

#pragma once

#include "shared/json/codec.h"

#include <boost/core/demangle.hpp>

#include <typeinfo>

// The JSON Schema (2020-12, as OpenAPI 3.1 uses it) of a described type, from the same description that
// encodes it.
namespace json {

// Named schemas, for "#/components/schemas/…".
using Definitions = QJsonObject;

[[nodiscard]] QString schemaName(const char *mangled);
[[nodiscard]] QJsonObject stringSchema(int minLength, int maxLength);

template <class T>
[[nodiscard]] QJsonObject schemaOf(Definitions &definitions)
{
    using namespace Qt::StringLiterals;
    if constexpr (IsOptional<T>::value) {
        return schemaOf<typename T::value_type>(definitions);
    } else if constexpr (IsList<T>::value) {
        return { { u"type"_s, u"array"_s }, { u"items"_s, schemaOf<typename T::value_type>(definitions) } };
    } else if constexpr (std::is_same_v<T, bool>) {
        return { { u"type"_s, u"boolean"_s } };
    } else if constexpr (std::is_integral_v<T>) {
        return { { u"type"_s, u"integer"_s } };
    } else if constexpr (IsBounded<T>::value) {
        return { { u"type"_s, u"integer"_s }, { u"minimum"_s, T::min }, { u"maximum"_s, T::max } };
    } else if constexpr (std::is_floating_point_v<T>) {
        return { { u"type"_s, u"number"_s } };
    } else if constexpr (std::is_same_v<T, Instant>) {
        return { { u"type"_s, u"string"_s }, { u"format"_s, u"date-time"_s } };
    } else if constexpr (DescribedEnum<T>) {
        return { { u"type"_s, u"string"_s }, { u"enum"_s, QJsonArray::fromStringList(enumNames<T>()) } };
    } else if constexpr (requires { T::minLength; }) {
        return stringSchema(T::minLength, T::maxLength);
    } else if constexpr (requires { T::maxLength; }) {
        return stringSchema(1, T::maxLength);
    } else if constexpr (ParsedText<T>) {
        return { { u"type"_s, u"string"_s }, { u"format"_s, u"uuid"_s } };
    } else if constexpr (std::is_same_v<T, QString>) {
        return { { u"type"_s, u"string"_s } };
    } else if constexpr (std::is_same_v<T, QJsonObject>) {
        return { { u"type"_s, u"object"_s } };
    } else if constexpr (std::is_same_v<T, QJsonValue>) {
        return {};
    } else {
        const QString name = schemaName(typeid(T).name());
        if (!definitions.contains(name)) {
            definitions.insert(name, QJsonObject()); // before its fields, so that a recursive type ends
            QJsonObject properties;
            QJsonArray required;
            forEachMember<T>([&]<class Field>(std::string_view field, Field T::*) {
                properties.insert(toQString(field), schemaOf<Field>(definitions));
                if (!IsOptional<Field>::value)
                    required.append(toQString(field));
            });
            QJsonObject schema { { u"type"_s, u"object"_s }, { u"properties"_s, properties } };
            if (!required.isEmpty())
                schema.insert(u"required"_s, required);
            definitions.insert(name, schema);
        }
        return { { u"$ref"_s, QString(u"#/components/schemas/"_s + name) } };
    }
}

} // namespace json

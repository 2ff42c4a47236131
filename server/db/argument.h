#pragma once

#include "shared/core/id.h"
#include "shared/json/codec.h"

#include <QList>
#include <QUuid>

#include <optional>

// One argument of a statement in PostgreSQL's text format; none is NULL. Arguments travel beside the SQL,
// never inside it, and the server finds their types from where they stand.
using Argument = std::optional<QByteArray>;

namespace detail {
[[nodiscard]] QByteArray instantArgument(Instant instant);
[[nodiscard]] QByteArray arrayArgument(const QList<Argument> &elements);
} // namespace detail

template <class T>
inline constexpr bool isJsonValue
    = std::is_same_v<T, QJsonObject> || std::is_same_v<T, QJsonArray> || std::is_same_v<T, QJsonValue>;

// What becomes jsonb.
template <class T>
inline constexpr bool isDocument = isJsonValue<T> || DescribedStruct<T>;

template <class T>
struct IsId : std::false_type
{
};
template <class Concept>
struct IsId<Id<Concept>> : std::true_type
{
};

template <class T>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): a flat list of types
[[nodiscard]] Argument toSql(const T &value)
{
    if constexpr (json::IsOptional<T>::value) {
        return value ? toSql(*value) : Argument();
    } else if constexpr (std::is_same_v<T, bool>) {
        return QByteArray(value ? "t" : "f");
    } else if constexpr (std::is_integral_v<T>) {
        return QByteArray::number(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        return QByteArray::number(static_cast<double>(value), 'g', QLocale::FloatingPointShortest);
    } else if constexpr (json::IsBounded<T>::value) {
        return QByteArray::number(value.value);
    } else if constexpr (std::is_same_v<T, QByteArray>) {
        return QByteArray("\\x" + value.toHex());
    } else if constexpr (std::is_convertible_v<T, QStringView>) {
        return QStringView(value).toUtf8();
    } else if constexpr (std::is_same_v<T, Instant>) {
        return detail::instantArgument(value);
    } else if constexpr (IsId<T>::value) {
        // A null id means "nobody", which SQL spells NULL; the zero UUID would be an id like any other.
        return value.isNull() ? Argument() : Argument(value.uuid().toByteArray(QUuid::WithoutBraces));
    } else if constexpr (std::is_same_v<T, QUuid>) {
        return value.toByteArray(QUuid::WithoutBraces);
    } else if constexpr (json::ParsedText<T>) {
        return value.toString().toUtf8();
    } else if constexpr (DescribedEnum<T>) {
        return enumName(value).toLatin1();
    } else if constexpr (isJsonValue<T>) {
        return json::toText(value);
    } else if constexpr (json::IsList<T>::value) {
        if constexpr (isDocument<typename T::value_type>) {
            return json::write(value);
        } else {
            QList<Argument> elements;
            elements.reserve(value.size());
            for (const auto &element : value)
                elements.append(toSql(element));
            return detail::arrayArgument(elements);
        }
    } else {
        static_assert(DescribedStruct<T>, "this type cannot be a statement's argument");
        return json::write(value);
    }
}

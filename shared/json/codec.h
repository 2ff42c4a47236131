#pragma once

#include "shared/core/bounded.h"
#include "shared/core/geo.h"
#include "shared/core/instant.h"
#include "shared/core/money.h"
#include "shared/core/result.h"
#include "shared/core/secret.h"
#include "shared/json/described.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>

BOOST_DESCRIBE_STRUCT(Position, (), (lat, lon))
BOOST_DESCRIBE_STRUCT(Money, (), (minor, currency))

// Between described C++ values and JSON, in both directions.
//
// A struct is an object whose keys are its fields' names; an enum is its enumerator's name; a value type with
// parse() and toString() (Text, Email, Id …) is a string; an optional may be missing or null. Decoding reads
// on after an error, so that a person sees all that is wrong with a form at once; unknown keys are ignored,
// so that an older reader understands a newer writer.
namespace json {

// A value type that travels as a string and refuses what it cannot hold.
template <class T>
concept ParsedText = requires(const T &value, const QString &text)
{
    {
        T::parse(text).error()
        } -> std::convertible_to<QString>;
    {
        value.toString()
        } -> std::convertible_to<QString>;
};

// What can be read from a string; a secret of its own kind can only be read.
template <class T>
concept ReadText = requires(const QString &text)
{
    {
        T::parse(text).error()
        } -> std::convertible_to<QString>;
};

template <class T>
struct IsOptional : std::false_type
{
};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type
{
};
template <class T>
struct IsList : std::false_type
{
};
template <class T>
struct IsList<QList<T>> : std::true_type
{
};
template <class T>
struct IsBounded : std::false_type
{
};
template <int Min, int Max>
struct IsBounded<Bounded<Min, Max>> : std::true_type
{
};

// Where decoding is, and what it has found wrong so far.
class Decoder
{
public:
    // More errors than anybody reads are not collected: an answer must not grow with the attack.
    static constexpr qsizetype maxErrors = 50;

    void enter(std::string_view name);
    void enter(qsizetype index);
    void leave();
    void refuse(const QString &detail);
    [[nodiscard]] bool ok() const { return m_errors.isEmpty(); }
    [[nodiscard]] const QList<FieldError> &errors() const { return m_errors; }

    bool readBool(const QJsonValue &value);
    qint64 readInteger(const QJsonValue &value, qint64 min, qint64 max);
    double readNumber(const QJsonValue &value);
    QString readString(const QJsonValue &value);

private:
    QStringList m_path;
    QList<FieldError> m_errors;
};

template <class T>
QJsonValue encode(const T &value);

template <class T>
void decode(Decoder &decoder, const QJsonValue &value, T &out)
{
    if constexpr (IsOptional<T>::value) {
        if (!value.isNull() && !value.isUndefined())
            decode(decoder, value, out.emplace());
    } else if constexpr (std::is_same_v<T, QJsonValue>) {
        out = value;
    } else if (value.isUndefined()) {
        decoder.refuse(QStringLiteral("is required"));
    } else if constexpr (std::is_same_v<T, bool>) {
        out = decoder.readBool(value);
    } else if constexpr (std::is_integral_v<T>) {
        // JSON numbers are doubles to most readers: beyond 2^53 they would change on the way.
        constexpr qint64 limit = (qint64(1) << 53) - 1;
        constexpr qint64 low = sizeof(T) < 8 ? qint64(std::numeric_limits<T>::min()) : -limit;
        constexpr qint64 high = sizeof(T) < 8 ? qint64(std::numeric_limits<T>::max()) : limit;
        out = static_cast<T>(decoder.readInteger(value, low, high));
    } else if constexpr (IsBounded<T>::value) {
        out.value = static_cast<int>(decoder.readInteger(value, T::min, T::max));
    } else if constexpr (std::is_floating_point_v<T>) {
        out = static_cast<T>(decoder.readNumber(value));
    } else if constexpr (std::is_same_v<T, QString>) {
        out = decoder.readString(value);
    } else if constexpr (std::is_same_v<T, QJsonObject>) {
        if (!value.isObject())
            decoder.refuse(QStringLiteral("must be an object"));
        out = value.toObject();
    } else if constexpr (std::is_same_v<T, Instant>) {
        if (const auto instant = instantFromText(value.toString()))
            out = *instant;
        else
            decoder.refuse(instant.error());
    } else if constexpr (ReadText<T>) {
        if (!value.isString())
            return decoder.refuse(QStringLiteral("must be a string"));
        if (auto parsed = T::parse(value.toString()))
            out = *std::move(parsed);
        else
            decoder.refuse(parsed.error());
    } else if constexpr (DescribedEnum<T>) {
        if (const std::optional<T> known = enumFromName<T>(value.toString()))
            out = *known;
        else
            decoder.refuse(QStringLiteral("must be one of %1").arg(enumNames<T>().join(QLatin1String(", "))));
    } else if constexpr (IsList<T>::value) {
        if (!value.isArray())
            return decoder.refuse(QStringLiteral("must be an array"));
        const QJsonArray array = value.toArray();
        out.clear();
        out.reserve(array.size());
        for (qsizetype i = 0; i < array.size(); ++i) {
            decoder.enter(i);
            decode(decoder, array.at(i), out.emplaceBack());
            decoder.leave();
        }
    } else {
        static_assert(
            DescribedStruct<T>, "this type has no JSON form: describe it with BOOST_DESCRIBE_STRUCT"
        );
        if (!value.isObject())
            return decoder.refuse(QStringLiteral("must be an object"));
        const QJsonObject object = value.toObject();
        forEachMember<T>([&](std::string_view name, auto member) {
            decoder.enter(name);
            decode(
                decoder,
                object.value(QLatin1String(name.data(), static_cast<qsizetype>(name.size()))),
                out.*member
            );
            decoder.leave();
        });
    }
}

template <class T>
QJsonValue encode(const T &value)
{
    if constexpr (IsOptional<T>::value) {
        return value ? encode(*value) : QJsonValue();
    } else if constexpr (std::is_same_v<T, Instant>) {
        return toText(value);
    } else if constexpr (std::is_same_v<T, Secret>) {
        return QString::fromUtf8(value.reveal());
    } else if constexpr (IsBounded<T>::value) {
        return value.value;
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
        return static_cast<qint64>(value);
    } else if constexpr (DescribedEnum<T>) {
        return enumName(value);
    } else if constexpr (IsList<T>::value) {
        QJsonArray array;
        for (const auto &each : value)
            array.append(encode(each));
        return array;
    } else if constexpr (ParsedText<T>) {
        return value.toString();
    } else if constexpr (DescribedStruct<T>) {
        QJsonObject object;
        forEachMember<T>([&](std::string_view name, auto member) {
            const QJsonValue field = encode(value.*member);
            // An empty optional is left out: the reader treats missing and null alike, and lists stay small.
            if (!field.isNull())
                object.insert(QLatin1String(name.data(), static_cast<qsizetype>(name.size())), field);
        });
        return object;
    } else {
        return QJsonValue(value);
    }
}

namespace detail {
    [[nodiscard]] Problem refused(const Decoder &decoder);
    [[nodiscard]] Result<QJsonValue> parseText(const QByteArray &text);
} // namespace detail

// Reads a T, or answers invalidInput with every field that is wrong.
template <class T>
[[nodiscard]] Result<T> fromJson(const QJsonValue &value)
{
    Decoder decoder;
    T out {};
    decode(decoder, value, out);
    if (!decoder.ok())
        return fail(detail::refused(decoder));
    return out;
}

// The same from text; what is no JSON at all is `malformed`.
template <class T>
[[nodiscard]] Result<T> parse(const QByteArray &text)
{
    return fromJson<T>(TRY(detail::parseText(text)));
}

// Compact UTF-8 text.
[[nodiscard]] QByteArray toText(const QJsonValue &value);

template <class T>
[[nodiscard]] QByteArray write(const T &value)
{
    return json::toText(encode(value));
}

} // namespace json

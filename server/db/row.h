#pragma once

#include "server/db/argument.h"
#include "shared/core/result.h"

#include <array>
#include <memory>
#include <string_view>

struct pg_result;

// What a statement returned, read forward row by row.
class Rows
{
public:
    Rows(pg_result *result, const char *statement);

    bool next() { return ++m_row < m_count; }
    [[nodiscard]] int affected() const;
    [[nodiscard]] const char *statement() const { return m_statement; }

    // The column's place, or -1. A hint that is right saves the search: columns mostly come in the order of
    // the fields.
    [[nodiscard]] int column(std::string_view name, int hint) const;
    [[nodiscard]] int columns() const { return m_columns; }
    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] bool isJson(int column) const;
    // Valid as long as these rows.
    [[nodiscard]] QByteArrayView text(int column) const;

private:
    struct Clear
    {
        void operator()(pg_result *result) const;
    };

    std::unique_ptr<pg_result, Clear> m_result;
    const char *m_statement;
    int m_row = -1;
    int m_count;
    int m_columns;
};

namespace detail {

// "createdAt" → "created_at", and within "homeAddress" → "home_address_created_at". Computed at compile time.
struct SnakeName
{
    std::array<char, 128> buffer {};
    size_t size = 0;

    constexpr SnakeName(std::string_view owner, std::string_view name)
    {
        append(owner);
        if (size > 0)
            put('_');
        append(wireName(name));
    }

    [[nodiscard]] constexpr std::string_view view() const { return { buffer.data(), size }; }

private:
    constexpr void append(std::string_view camel)
    {
        for (const char c : camel) {
            const bool upper = c >= 'A' && c <= 'Z';
            if (upper)
                put('_');
            put(upper ? static_cast<char>(c - 'A' + 'a') : c);
        }
    }
    constexpr void put(char c) { buffer.at(size++) = c; }
};

// Each reads a value from PostgreSQL's text format; false: it is none.
[[nodiscard]] bool readText(QByteArrayView text, bool &out);
[[nodiscard]] bool readText(QByteArrayView text, qint64 &out);
[[nodiscard]] bool readText(QByteArrayView text, double &out);
[[nodiscard]] bool readText(QByteArrayView text, QByteArray &out);
[[nodiscard]] bool readText(QByteArrayView text, QUuid &out);
[[nodiscard]] bool readText(QByteArrayView text, Instant &out);
[[nodiscard]] bool readText(QByteArrayView text, QJsonValue &out);
[[nodiscard]] bool readArray(QByteArrayView text, QList<Argument> &out);

template <class T>
[[nodiscard]] bool readValue(QByteArrayView text, T &out);

template <class T>
[[nodiscard]] bool readJson(QByteArrayView text, T &out)
{
    QJsonValue value;
    if (!readText(text, value))
        return false;
    json::Decoder decoder;
    json::decode(decoder, value, out);
    return decoder.ok();
}

template <class T>
[[nodiscard]] bool readElements(QByteArrayView text, QList<T> &out)
{
    QList<Argument> elements;
    if (!readArray(text, elements))
        return false;
    out.clear();
    out.reserve(elements.size());
    for (const Argument &element : elements) {
        if constexpr (json::IsOptional<T>::value) {
            T &value = out.emplaceBack();
            if (element && !readValue(*element, value.emplace()))
                return false;
        } else if (!element || !readValue(*element, out.emplaceBack())) {
            return false;
        }
    }
    return true;
}

template <class T>
// NOLINTNEXTLINE(readability-function-cognitive-complexity): a flat list of types
bool readValue(QByteArrayView text, T &out)
{
    if constexpr (requires { readText(text, out); }) {
        return readText(text, out);
    } else if constexpr (std::is_integral_v<T>) {
        qint64 wide = 0;
        if (!readText(text, wide) || !std::in_range<T>(wide))
            return false;
        out = static_cast<T>(wide);
        return true;
    } else if constexpr (json::IsBounded<T>::value) {
        return readValue(text, out.value) && out.value >= T::min && out.value <= T::max;
    } else if constexpr (std::is_same_v<T, QString>) {
        out = QString::fromUtf8(text);
        return true;
    } else if constexpr (IsId<T>::value) {
        QUuid uuid;
        const bool ok = readText(text, uuid);
        out = T(uuid);
        return ok;
    } else if constexpr (json::ParsedText<T>) {
        auto parsed = T::parse(QString::fromUtf8(text));
        if (parsed)
            out = *std::move(parsed);
        return parsed.has_value();
    } else if constexpr (DescribedEnum<T>) {
        const std::optional<T> known = enumFromName<T>(QString::fromUtf8(text));
        out = known.value_or(T {});
        return known.has_value();
    } else if constexpr (std::is_same_v<T, QJsonArray>) {
        QJsonValue value;
        const bool ok = readText(text, value) && value.isArray();
        out = value.toArray();
        return ok;
    } else {
        static_assert(isDocument<T> || json::IsList<T>::value, "this type cannot be read from a column");
        return readJson(text, out);
    }
}

template <class T>
[[nodiscard]] bool readColumn(const Rows &rows, int column, T &out)
{
    if constexpr (json::IsOptional<T>::value) {
        if (rows.isNull(column)) {
            out.reset();
            return true;
        }
        return readColumn(rows, column, out.emplace());
    } else {
        if (rows.isNull(column))
            return false;
        if constexpr (json::IsList<T>::value)
            return rows.isJson(column) ? readJson(rows.text(column), out)
                                       : readElements(rows.text(column), out);
        else
            return readValue(rows.text(column), out);
    }
}

template <class T>
struct Unwrapped
{
    using type = T;
};
template <class T>
struct Unwrapped<std::optional<T>>
{
    using type = T;
};

[[nodiscard]] Problem unreadable(const Rows &rows, int column, std::string_view name);

// Calls visit("owner_part", part) for each part of a struct that is the field Owner of another one.
template <class Owner, DescribedStruct T, class Visit>
void forEachPart(T &out, Visit &&visit)
{
    checkDescription<T>();
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        static constexpr SnakeName column(Owner::name, decltype(member)::name);
        visit(column.view(), out.*decltype(member)::pointer);
    });
}

// A field that is a struct may be one jsonb column or its parts: price ← price_minor, price_currency. An
// optional one whose parts are all NULL is empty. False: there are no such columns.
template <class Member, class Field>
[[nodiscard]] Result<bool> readParts(const Rows &rows, Field &field)
{
    typename Unwrapped<Field>::type parts {};
    bool found = false;
    bool present = false;
    std::optional<Problem> problem;
    forEachPart<Member>(parts, [&]<class Part>(std::string_view name, Part &part) {
        const int column = rows.column(name, -1);
        found = found || column >= 0;
        present = present || (column >= 0 && !rows.isNull(column));
        const bool read = column < 0 ? json::IsOptional<Part>::value : readColumn(rows, column, part);
        if (!read && !problem)
            problem = unreadable(rows, column, name);
    });
    if (!found || (!present && json::IsOptional<Field>::value))
        return found;
    if (problem)
        return fail(*problem);
    field = std::move(parts);
    return true;
}

template <class Member, class Field>
[[nodiscard]] Result<void> readField(const Rows &rows, std::string_view name, int hint, Field &field)
{
    const int column = rows.column(name, hint);
    if constexpr (DescribedStruct<typename Unwrapped<Field>::type>) {
        if (column < 0 && TRY((readParts<Member>(rows, field))))
            return {};
    }
    if (column < 0 || !readColumn(rows, column, field))
        return fail(unreadable(rows, column, name));
    return {};
}

template <DescribedStruct T>
[[nodiscard]] Result<void> readFields(const Rows &rows, T &out)
{
    checkDescription<T>();
    Result<void> read;
    int hint = 0;
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        using Member = decltype(member);
        static constexpr SnakeName column("", Member::name);
        if (read)
            read = readField<Member>(rows, column.view(), hint++, out.*Member::pointer);
    });
    return read;
}

} // namespace detail

// The current row as a described struct, by column name, or its only column as anything else.
template <class T>
[[nodiscard]] Result<T> readRow(const Rows &rows)
{
    T out {};
    if constexpr (DescribedStruct<T>) {
        TRY(detail::readFields(rows, out));
    } else {
        if (rows.columns() != 1 || !detail::readColumn(rows, 0, out))
            return fail(detail::unreadable(rows, rows.columns() == 1 ? 0 : -1, "the only column"));
    }
    return out;
}

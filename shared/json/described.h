#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <QString>
#include <QStringList>

#include <optional>
#include <string_view>
#include <type_traits>

// What Boost.Describe tells us of a struct or an enum, in the words the rest of the code uses.

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <DescribedStruct T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_any_access>;

template <DescribedStruct T>
constexpr void checkDescription()
{
    static_assert(
        boost::mp11::mp_size<MembersOf<T>>::value == boost::pfr::tuple_size_v<T>,
        "a field of this struct is missing from its BOOST_DESCRIBE_STRUCT line"
    );
}

// Calls visit(name, member pointer) for each field, in the order of the description.
template <DescribedStruct T, class Visit>
void forEachMember(Visit &&visit)
{
    checkDescription<T>();
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
        visit(std::string_view(member.name), member.pointer);
    });
}

// The name an enumerator travels under: its own, without the trailing underscore that avoids a keyword.
constexpr std::string_view wireName(std::string_view name)
{
    return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
}

[[nodiscard]] inline QString toQString(std::string_view text)
{
    return QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size()));
}

template <DescribedEnum E>
[[nodiscard]] QString enumName(E value)
{
    QString name;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) {
        if (each.value == value)
            name = toQString(wireName(each.name));
    });
    return name;
}

template <DescribedEnum E>
[[nodiscard]] std::optional<E> enumFromName(QStringView text)
{
    std::optional<E> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) {
        const std::string_view name = wireName(each.name);
        if (text == QLatin1String(name.data(), static_cast<qsizetype>(name.size())))
            found = each.value;
    });
    return found;
}

template <DescribedEnum E>
[[nodiscard]] QStringList enumNames()
{
    QStringList names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) {
        names += toQString(wireName(each.name));
    });
    return names;
}

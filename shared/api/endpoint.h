#pragma once

#include "shared/core/id.h"
#include "shared/core/text.h"
#include "shared/json/codec.h"

#include <string_view>

// The vocabulary in which every endpoint is described once: the server registers the type, the clients call
// it, the OpenAPI document is written from it.
namespace api {

inline constexpr std::string_view basePath = "/api/v1";

enum class Method { get, post, put, patch, del };
BOOST_DESCRIBE_ENUM(Method, get, post, put, patch, del)

enum class Role { customer, expert, manager, admin };
BOOST_DESCRIBE_ENUM(Role, customer, expert, manager, admin)

// Who may call an endpoint at all; which objects they then see is the service's rule.
class Roles
{
public:
    constexpr Roles() = default; // nobody has to be signed in
    constexpr Roles(Role role
    ) // NOLINT(google-explicit-constructor): `Role::expert | Role::manager` reads as a set
        : m_bits(1U << static_cast<unsigned>(role))
    {
    }

    [[nodiscard]] constexpr bool isAnyone() const { return m_bits == 0; }
    [[nodiscard]] constexpr bool contains(Role role) const { return (m_bits & Roles(role).m_bits) != 0; }
    friend constexpr Roles operator|(Roles a, Roles b)
    {
        Roles both;
        both.m_bits = a.m_bits | b.m_bits;
        return both;
    }

private:
    unsigned m_bits = 0;
};

constexpr Roles operator|(Role a, Role b)
{
    return Roles(a) | Roles(b);
}

inline constexpr Roles anyone;
inline constexpr Roles staff = Role::manager | Role::admin;
inline constexpr Roles everyRole = staff | Role::customer | Role::expert;

// A string literal as a template parameter.
template <size_t N>
struct Literal
{
    char text[N] {}; // NOLINT(modernize-avoid-c-arrays): the only form a literal can initialise

    constexpr Literal(const char (&literal)[N]) { std::copy_n(literal, N, text); } // NOLINT
    [[nodiscard]] constexpr std::string_view view() const { return { text, N - 1 }; }
};

struct Nothing
{
    bool operator==(const Nothing &) const = default;
};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

// An answer that is a file, and no JSON. The endpoint says what of: `mediaType`.
struct File
{
    QString name; // that it is offered to be kept under; clients choose their own
    QByteArray content;
};

// An endpoint derives from this and overrides what differs:
//   roles    who may call it                    Params  described struct: path parameters by name, the rest
//   from the query summary  one line for the documentation     Body    the JSON body    Answer  the JSON
//   answer; Nothing is a 204 success  the status of a good answer
// An Answer with an integer `version` is sent with an ETag, and If-Match reaches the handler in
// Caller::ifMatch.
template <Method M, Literal Path>
struct Endpoint
{
    static constexpr Method method = M;
    static constexpr std::string_view path = Path.view(); // below basePath
    static constexpr Roles roles = anyone;
    static constexpr int success = 200;
    using Params = Nothing;
    using Body = Nothing;
    using Answer = Nothing;
};

// One page of a list. `nextCursor` is opaque; absent on the last page. `total` counts all that match, as long
// as that is cheap to know.
template <class T>
struct Page
{
    QList<T> items;
    std::optional<QString> nextCursor;
    std::optional<qint64> total;

    BOOST_DESCRIBE_CLASS(Page, (), (items, nextCursor, total), (), ())
};

// A list that is short by nature.
template <class T>
struct Items
{
    QList<T> items;

    BOOST_DESCRIBE_CLASS(Items, (), (items), (), ())
};

using PageLimit = Bounded<1, 200>;
using Cursor = Text<0, 400>;

} // namespace api

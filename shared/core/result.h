#pragma once

#include "shared/core/problem.h"

#include <tl/expected.hpp>

#include <utility>

// A value, or why there is none. Functions that can fail return one; callers TRY it.
template <class T>
using Result = tl::expected<T, Problem>;

// Makes a Problem convertible to any Result: `return fail(Problem::notFound(…))`.
[[nodiscard]] inline tl::unexpected<Problem> fail(Problem problem)
{
    return tl::unexpected<Problem>(std::move(problem));
}

namespace detail {
template <class T>
T unwrap(tl::expected<T, Problem> &&result)
{
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}
} // namespace detail

// Yields the value of a Result or leaves the function with its Problem. A statement expression: the one extension
// we use, spelled so that -Wpedantic accepts it. Not for coroutines (GCC 12 fails on it there).
#define TRY(expression) DETAIL_TRY_AS(expression, __COUNTER__)
// One step more, so that the counter is expanded: each use has a name of its own, and one TRY may stand in another.
#define DETAIL_TRY_AS(expression, number) DETAIL_TRY(expression, number)
#define DETAIL_TRY(expression, number)                                                                       \
    __extension__({                                                                                          \
        auto tryResult##number = (expression);                                                               \
        if (!tryResult##number)                                                                              \
            return ::fail(std::move(tryResult##number).error());                                             \
        ::detail::unwrap(std::move(tryResult##number));                                                      \
    })

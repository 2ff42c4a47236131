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

// Yields the value of a Result or leaves the function with its Problem. A statement expression: the one
// extension we use, spelled so that -Wpedantic accepts it. Not for coroutines (GCC 12 fails on it there).
#define TRY(expression)                                                                                      \
    __extension__({                                                                                          \
        auto tryResult_ = (expression);                                                                      \
        if (!tryResult_)                                                                                     \
            return ::fail(std::move(tryResult_).error());                                                    \
        ::detail::unwrap(std::move(tryResult_));                                                             \
    })

#pragma once

#include "shared/core/result.h"

// What a benchmark cannot do without; ends the program with what went wrong.
template <class T>
T must(Result<T> result)
{
    if (!result)
        qFatal("%s", qPrintable(result.error().detail));
    if constexpr (!std::is_void_v<T>)
        return *std::move(result);
}

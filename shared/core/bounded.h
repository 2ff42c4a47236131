#pragma once

// A whole number from Min to Max, both included. Decoding refuses any other; the clients' spin boxes take the
// range.
template <int Min, int Max>
struct Bounded
{
    static constexpr int min = Min;
    static constexpr int max = Max;

    int value = Min;

    bool operator==(const Bounded &) const = default;
};

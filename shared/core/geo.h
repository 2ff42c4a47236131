#pragma once

#include <cmath>
#include <numbers>

// A place on Earth, WGS 84 degrees.
struct Position
{
    double lat = 0;
    double lon = 0;

    bool operator==(const Position &) const = default;
};

inline constexpr double earthRadiusMiles = 3958.8;

// Great-circle distance in statute miles (haversine; the sphere's error of 0.5 % is below that of any road
// estimate).
[[nodiscard]] inline double milesBetween(const Position &a, const Position &b)
{
    constexpr double radians = std::numbers::pi / 180;
    const double dLat = (b.lat - a.lat) * radians;
    const double dLon = (b.lon - a.lon) * radians;
    const double h = std::pow(std::sin(dLat / 2), 2)
        + std::cos(a.lat * radians) * std::cos(b.lat * radians) * std::pow(std::sin(dLon / 2), 2);
    return 2 * earthRadiusMiles * std::asin(std::min(1.0, std::sqrt(h)));
}

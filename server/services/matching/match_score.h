#pragma once

#include "shared/api/ticket.h"

// The published score: which of several experts who all may do a job should get it. One whole number in
// hundredths of a minute, so that equal inputs give equal choices on every machine; the lowest wins. Hard
// rules are no part of it.
struct MatchWeights
{
    int version = 1;
    double lateness = 3.0; // per minute after the promised arrival, times the priority's factor
    double load = 6.0; // minutes per job today above the average
    double overqualified
        = 4.0; // minutes per level above the needed one: keep the masters for what needs them
    double age = 0.3; // of a minute per minute a ticket has waited, when a freed expert chooses among tickets
};

// How long the trip takes: eight minutes for the start and the doorbell, city streets at 25 mph for the first
// ten miles, then roads at 50 mph. Measured trips will replace it; what matters here is that it grows with
// distance.
[[nodiscard]] std::chrono::seconds travelTime(double miles);

// What is scored: one expert for one job, both already known to fit.
struct MatchFacts
{
    double miles = 0;
    Instant now;
    std::optional<Instant> arriveBy;
    api::Priority priority = api::Priority::normal;
    int jobsToday = 0;
    double meanJobsToday = 0;
    int level = 1;
    int neededLevel = 1;
};

struct MatchCost
{
    qint64 travel = 0;
    qint64 lateness = 0;
    qint64 load = 0;
    qint64 overqualified = 0;

    [[nodiscard]] qint64 total() const { return travel + lateness + load + overqualified; }
};

[[nodiscard]] MatchCost scoreMatch(const MatchFacts &facts, const MatchWeights &weights);

// Nobody farther away than this can cost as little as `cost`: what lets the search pass experts by.
[[nodiscard]] double farthestFor(qint64 cost, double meanJobsToday, const MatchWeights &weights);

// What an expert who has become free compares waiting tickets by; the lowest wins. The trip, less a part of
// the time it has waited: never simply the oldest, which would send people across the county past nearer
// work. Lateness is no part of it: it would make the most overdue ticket the least attractive one.
[[nodiscard]] qint64
scoreWaiting(const MatchFacts &facts, std::chrono::milliseconds waited, const MatchWeights &weights);

[[nodiscard]] QList<api::CostTerm> termsOf(const MatchCost &cost, const MatchFacts &facts);

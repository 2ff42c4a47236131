#include "server/services/matching/match_score.h"

namespace {

constexpr double secondsPerMinute = 60;

qint64 hundredths(double minutes)
{
    return std::llround(minutes * 100);
}

double factorOf(api::Priority priority)
{
    switch (priority) {
    case api::Priority::low:
        return 0.5;
    case api::Priority::normal:
        return 1;
    case api::Priority::high:
        return 2;
    case api::Priority::urgent:
        return 4;
    }
    return 1;
}

constexpr double start = 8;
constexpr double cityMiles = 10;
constexpr double cityMph = 25;
constexpr double roadMph = 50;

double travelMinutes(double miles)
{
    const double city = std::min(miles, cityMiles);
    return start + city / cityMph * 60 + (miles - city) / roadMph * 60;
}

} // namespace

std::chrono::seconds travelTime(double miles)
{
    return std::chrono::seconds(std::llround(travelMinutes(miles) * secondsPerMinute));
}

MatchCost scoreMatch(const MatchFacts &facts, const MatchWeights &weights)
{
    MatchCost cost;
    cost.travel = hundredths(travelMinutes(facts.miles));
    if (facts.arriveBy) {
        const auto late = facts.now + travelTime(facts.miles) - *facts.arriveBy;
        const double minutes = std::chrono::duration<double, std::ratio<60>>(late).count();
        cost.lateness = hundredths(std::max(0.0, minutes) * weights.lateness * factorOf(facts.priority));
    }
    cost.load = hundredths((facts.jobsToday - facts.meanJobsToday) * weights.load);
    cost.overqualified = hundredths(std::max(0, facts.level - facts.neededLevel) * weights.overqualified);
    return cost;
}

double farthestFor(qint64 cost, double meanJobsToday, const MatchWeights &weights)
{
    // Everything but the trip at its least; a hundredth on top for each of the two roundings.
    const double minutes = (double(cost) + 2) / 100 + meanJobsToday * weights.load - start;
    const double cityMinutes = cityMiles / cityMph * 60;
    if (minutes <= cityMinutes)
        return std::max(0.0, minutes * cityMph / 60);
    return cityMiles + (minutes - cityMinutes) * roadMph / 60;
}

qint64 scoreWaiting(const MatchFacts &facts, std::chrono::milliseconds waited, const MatchWeights &weights)
{
    const MatchCost cost = scoreMatch(facts, weights);
    const double minutes = std::chrono::duration<double, std::ratio<60>>(waited).count();
    return cost.travel + cost.overqualified - hundredths(weights.age * minutes * factorOf(facts.priority));
}

QList<api::CostTerm> termsOf(const MatchCost &cost, const MatchFacts &facts)
{
    QList<api::CostTerm> terms {
        { QStringLiteral("travel"),
          cost.travel,
          QStringLiteral("%1 miles, about %2 min")
              .arg(facts.miles, 0, 'f', 1)
              .arg(std::llround(travelMinutes(facts.miles))) },
        { QStringLiteral("load"),
          cost.load,
          QStringLiteral("%1 jobs today, %2 on average")
              .arg(facts.jobsToday)
              .arg(facts.meanJobsToday, 0, 'f', 1) },
        { QStringLiteral("overqualified"),
          cost.overqualified,
          QStringLiteral("level %1, the job needs %2").arg(facts.level).arg(facts.neededLevel) },
    };
    if (cost.lateness > 0) {
        terms.append({ QStringLiteral("lateness"),
                       cost.lateness,
                       QStringLiteral("would arrive after the promised time") });
    }
    return terms;
}

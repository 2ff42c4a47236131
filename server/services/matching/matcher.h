#pragma once

#include "server/services/matching/expert_index.h"

// What a strategy chose for one job, with all that is needed to explain it later.
struct Choice
{
    std::optional<api::AccountId> expert; // none: nobody fits
    QString expertName;
    QString summary; // one sentence for a person
    int considered = 0;
    QList<api::Candidate> candidates; // the chosen one, runners-up, who came close
    // When nobody fits: when time alone may change that. An event may change it sooner.
    std::optional<Instant> tryAgainAt;
};

// How one expert is chosen among those who may do a job. Hard rules are not a strategy's business: no
// strategy ever sees an expert who fails one.
class Strategy
{
public:
    Strategy() = default;
    virtual ~Strategy() = default;
    Strategy(const Strategy &) = delete;
    Strategy &operator=(const Strategy &) = delete;

    [[nodiscard]] virtual QString name() const = 0;
    [[nodiscard]] virtual MatchWeights weights() const = 0;
};

// Just in time: as soon as a ticket is there, the expert with the best published score.
class JustInTime final : public Strategy
{
public:
    [[nodiscard]] QString name() const override { return QStringLiteral("just-in-time"); }
    [[nodiscard]] MatchWeights weights() const override { return {}; }
};

// The baseline that others are compared with: whoever is nearest.
class Nearest final : public Strategy
{
public:
    [[nodiscard]] QString name() const override { return QStringLiteral("nearest"); }
    [[nodiscard]] MatchWeights weights() const override { return { 1, 0, 0, 0, 0 }; }
};

// Chooses, and explains: the best expert, the runners-up, and the nearest of those who failed one rule only;
// or why nobody fits.
[[nodiscard]] Choice
choose(const ExpertIndex &index, const MatchJob &job, Instant now, const Strategy &strategy);

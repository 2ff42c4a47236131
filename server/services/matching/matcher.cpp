#include "server/services/matching/matcher.h"

namespace {

constexpr qsizetype runnersUp = 5;
constexpr qsizetype mostNearMisses = 10;

struct NearMiss
{
    const MatchExpert *expert;
    HardRule rule;
    double miles;
};

// What stands between a job and the experts who have the skill and serve the place.
struct Obstacles
{
    int local = 0;
    QMap<HardRule, int> failing; // the first rule that each fails → how many
    std::optional<Instant> nextShift;
    QString nextShiftText;
    QList<NearMiss> nearMisses;
};

QString inWords(HardRule rule, const MatchExpert &expert, Instant now)
{
    switch (rule) {
    case HardRule::skill:
        return QStringLiteral("does not have the skill at the level the job needs");
    case HardRule::area:
        return QStringLiteral("does not serve this area");
    case HardRule::excluded:
        return QStringLiteral("had this job before and gave it back");
    case HardRule::duty:
        return QStringLiteral("is off duty");
    case HardRule::free:
        return QStringLiteral("has another job");
    case HardRule::hours:
        if (const auto start = expert.hours.nextStart(now))
            return QStringLiteral("does not work through the whole visit; next shift begins at %1")
                .arg(expert.hours.localTime(*start));
        return QStringLiteral("has no working hours");
    case HardRule::position:
        return QStringLiteral("has not reported a position");
    }
    return {};
}

Obstacles obstaclesOf(const ExpertIndex &index, const MatchJob &job, Instant now)
{
    Obstacles obstacles;
    index.forEachLocal(job.skill, job.zip, [&](const MatchExpert &expert) {
        ++obstacles.local;
        const QList<HardRule> failed = failedRules(expert, job, now);
        if (failed.isEmpty())
            return;
        ++obstacles.failing[failed.first()];
        if (failed.size() > 1)
            return;
        const double miles
            = expert.position && job.position ? milesBetween(*expert.position, *job.position) : 0;
        obstacles.nearMisses.append({ &expert, failed.first(), miles });
        if (failed.first() != HardRule::hours)
            return;
        const auto start = expert.hours.nextStart(now);
        if (start && (!obstacles.nextShift || *start < *obstacles.nextShift)) {
            obstacles.nextShift = start;
            obstacles.nextShiftText = expert.hours.localTime(*start);
        }
    });
    std::ranges::sort(obstacles.nearMisses, [](const NearMiss &a, const NearMiss &b) {
        return a.miles != b.miles ? a.miles < b.miles : a.expert->id < b.expert->id;
    });
    if (obstacles.nearMisses.size() > mostNearMisses)
        obstacles.nearMisses.resize(mostNearMisses);
    return obstacles;
}

QString plural(int count, const QString &one, const QString &many)
{
    return count == 1 ? one : many.arg(count);
}

QString whyNobody(const Obstacles &obstacles, const ExpertIndex &index, const MatchJob &job)
{
    if (obstacles.local == 0) {
        return index.countWithSkill(job.skill) == 0
            ? QStringLiteral("No expert has the skill \"%1\".").arg(job.skill)
            : QStringLiteral("No expert with the skill \"%1\" serves %2.").arg(job.skill, job.zip);
    }
    QStringList parts;
    const auto add = [&](HardRule rule, const QString &one, const QString &many) {
        if (const int count = obstacles.failing.value(rule))
            parts += plural(count, one, many);
    };
    add(HardRule::free, QStringLiteral("1 has another job"), QStringLiteral("%1 have another job"));
    add(HardRule::hours,
        QStringLiteral("1 is outside working hours"),
        QStringLiteral("%1 are outside working hours"));
    add(HardRule::duty, QStringLiteral("1 is off duty"), QStringLiteral("%1 are off duty"));
    add(HardRule::excluded, QStringLiteral("1 gave the job back"), QStringLiteral("%1 gave the job back"));
    add(HardRule::skill,
        QStringLiteral("1 is not trained enough"),
        QStringLiteral("%1 are not trained enough"));
    add(HardRule::position,
        QStringLiteral("1 has no known position"),
        QStringLiteral("%1 have no known position"));
    QString text = plural(
        obstacles.local,
        QStringLiteral("1 expert serves %1").arg(job.zip),
        QStringLiteral("%1 experts serve ") + job.zip
    );
    text += QStringLiteral(": ") + parts.join(QLatin1String(", "));
    if (obstacles.nextShift)
        text += QStringLiteral("; the next shift begins at %1").arg(obstacles.nextShiftText);
    return text + u'.';
}

api::Candidate toCandidate(const ExpertIndex::Found &found)
{
    return {
        found.expert->id, found.expert->name, true, found.cost.total(), termsOf(found.cost, found.facts), {}
    };
}

QString whyThisOne(const std::vector<ExpertIndex::Found> &found)
{
    const ExpertIndex::Found &best = found.front();
    QString text
        = QStringLiteral("%1 is %2 miles away").arg(best.expert->name).arg(best.facts.miles, 0, 'f', 1);
    if (found.size() == 1)
        return text + QStringLiteral(" and the only one who fits.");
    const qint64 lead = found.at(1).cost.total() - best.cost.total();
    return text
        + QStringLiteral(" and %1 min better than the next of those who fit.")
              .arg(double(lead) / 100, 0, 'f', 1);
}

} // namespace

Choice choose(const ExpertIndex &index, const MatchJob &job, Instant now, const Strategy &strategy)
{
    const std::vector<ExpertIndex::Found> found = index.cheapest(job, now, 1 + runnersUp, strategy.weights());
    const Obstacles obstacles = obstaclesOf(index, job, now);

    Choice choice;
    choice.considered = obstacles.local;
    for (const ExpertIndex::Found &each : found)
        choice.candidates.append(toCandidate(each));
    for (const NearMiss &miss : obstacles.nearMisses) {
        choice.candidates.append(
            { miss.expert->id, miss.expert->name, false, {}, {}, { inWords(miss.rule, *miss.expert, now) } }
        );
    }
    if (found.empty()) {
        choice.summary = job.position
            ? whyNobody(obstacles, index, job)
            : QStringLiteral("The position of ZIP code %1 is not known.").arg(job.zip);
        choice.tryAgainAt = obstacles.nextShift;
        return choice;
    }
    choice.expert = found.front().expert->id;
    choice.expertName = found.front().expert->name;
    choice.summary = whyThisOne(found);
    return choice;
}

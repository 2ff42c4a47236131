#include "server/services/matching/matcher.h"

#include <bit>

namespace {

constexpr qsizetype runnersUp = 5;
constexpr qsizetype mostNearMisses = 10;
// Whoever lives farther off is no help, whatever their areas.
constexpr double helpfulMiles = 100;

// An expert who failed one rule only.
struct NearMiss
{
    const MatchExpert *expert;
    HardRule rule;
    double apart;

    bool operator<(const NearMiss &other) const
    {
        return apart != other.apart ? apart < other.apart : expert->id < other.expert->id;
    }
};

// The nearest so many of those who are shown to it.
class NearMisses
{
public:
    explicit NearMisses(qsizetype most)
        : m_most(most)
    {
    }

    [[nodiscard]] bool wants(const ExpertIndex::Seen &seen) const
    {
        return m_most > 0
            && (qsizetype(m_heap.size()) < m_most
                || NearMiss { &seen.expert, {}, seen.apart } < m_heap.front());
    }
    void add(const ExpertIndex::Seen &seen, HardRule rule)
    {
        if (qsizetype(m_heap.size()) == m_most) {
            std::ranges::pop_heap(m_heap, std::less());
            m_heap.pop_back();
        }
        m_heap.push_back({ &seen.expert, rule, seen.apart });
        std::ranges::push_heap(m_heap, std::less());
    }
    [[nodiscard]] std::vector<NearMiss> take()
    {
        std::ranges::sort_heap(m_heap, std::less());
        return std::move(m_heap);
    }

private:
    qsizetype m_most;
    std::vector<NearMiss> m_heap; // the farthest on top
};

// What stands between a job and the experts who have the skill and serve the place.
struct Obstacles
{
    int local = 0;
    std::vector<NearMiss> nearMisses; // nearest first
    // Only of a job that nobody gets:
    QMap<HardRule, int> failing; // the first rule that each fails → how many
    std::optional<Instant> nextShift;
    QString nextShiftText;
    std::optional<Instant> tryAgainAt;
};

bool isOne(HardRules rules)
{
    return std::has_single_bit(unsigned(rules.toInt()));
}

HardRule firstOf(HardRules rules)
{
    return HardRule(1 << std::countr_zero(unsigned(rules.toInt())));
}

void makeEarlier(std::optional<Instant> &earliest, std::optional<Instant> other)
{
    if (other && (!earliest || *other < *earliest))
        earliest = other;
}

QString inWords(HardRule rule, const MatchExpert &expert, const MatchJob &job, Instant now)
{
    switch (rule) {
    case HardRule::skill:
        return QStringLiteral("does not have the skill at the level the job needs");
    case HardRule::area:
        return QStringLiteral("does not serve %1, %2 miles away")
            .arg(job.zip)
            .arg(milesBetween(*expert.position, *job.position), 0, 'f', 1);
    case HardRule::excluded:
        return QStringLiteral("was asked for this job before and is not asked again at present");
    case HardRule::duty:
        return QStringLiteral("is off duty");
    case HardRule::free:
        return QStringLiteral("has another job");
    case HardRule::hours:
        if (const auto start = expert.hours.nextStart(now))
            return QStringLiteral("does not work through the whole visit; next shift begins at %1")
                .arg(expert.hours.localTime(*start, now));
        return QStringLiteral("has no working hours");
    case HardRule::position:
        return QStringLiteral("has not reported a position");
    }
    return {};
}

Obstacles whoCameClose(const ExpertIndex &index, const MatchJob &job, Instant now)
{
    Obstacles obstacles;
    NearMisses nearMisses(mostNearMisses);
    index.forEachLocal(job, [&](const ExpertIndex::Seen &seen) {
        ++obstacles.local;
        if (!nearMisses.wants(seen))
            return;
        HardRules failed = seen.failedSoFar(job);
        if (!job.position)
            failed.setFlag(HardRule::position);
        if (!failed && !hasTimeFor(seen.expert, job, now))
            nearMisses.add(seen, HardRule::hours);
        else if (isOne(failed) && (failed.testFlag(HardRule::position) || hasTimeFor(seen.expert, job, now)))
            nearMisses.add(seen, firstOf(failed));
    });
    obstacles.nearMisses = nearMisses.take();
    return obstacles;
}

// Nobody gets the job: looks at the same people again, for how many fail what, and beyond them for who
// could help out.
void whyNobody(Obstacles &obstacles, const ExpertIndex &index, const MatchJob &job, Instant now)
{
    obstacles.tryAgainAt = job.excludedUntil;
    index.forEachLocal(job, [&](const ExpertIndex::Seen &seen) {
        const HardRules failed = failedRules(seen.expert, job, now);
        if (!failed)
            return;
        ++obstacles.failing[firstOf(failed)];
        // Whoever is busy now may be free and at home by then: what matters is that a shift begins at all.
        const std::optional<Instant> start = seen.expert.hours.nextStart(now);
        if (!(failed & (HardRules(HardRule::skill) | HardRule::excluded)))
            makeEarlier(obstacles.tryAgainAt, start);
        if (failed != HardRule::hours)
            return;
        makeEarlier(obstacles.nextShift, start);
        if (obstacles.nextShift == start && start)
            obstacles.nextShiftText = seen.expert.hours.localTime(*start, now);
    });
    NearMisses helpers(mostNearMisses - qsizetype(obstacles.nearMisses.size()));
    const double within = ExpertIndex::apartAt(helpfulMiles);
    index.forEachSkilled(job, [&](const ExpertIndex::Seen &seen) {
        if (seen.apart <= within && !seen.unavailability && helpers.wants(seen)
            && failedRules(seen.expert, job, now) == HardRule::area)
            helpers.add(seen, HardRule::area);
    });
    const std::vector<NearMiss> outside = helpers.take();
    obstacles.nearMisses.insert(obstacles.nearMisses.end(), outside.begin(), outside.end());
}

QString plural(int count, const QString &one, const QString &many)
{
    return count == 1 ? one : many.arg(count);
}

QString inWords(const Obstacles &obstacles, const ExpertIndex &index, const MatchJob &job)
{
    if (obstacles.local == 0) {
        return index.countSkilled(job.skill) == 0
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
    add(HardRule::excluded, QStringLiteral("1 was asked before"), QStringLiteral("%1 were asked before"));
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
    Obstacles obstacles = whoCameClose(index, job, now);
    if (found.empty() && job.position)
        whyNobody(obstacles, index, job, now);

    Choice choice;
    choice.considered = obstacles.local;
    for (const ExpertIndex::Found &each : found)
        choice.candidates.append(toCandidate(each));
    for (const NearMiss &miss : obstacles.nearMisses) {
        choice.candidates.append({ miss.expert->id,
                                   miss.expert->name,
                                   false,
                                   {},
                                   {},
                                   { inWords(miss.rule, *miss.expert, job, now) } });
    }
    if (found.empty()) {
        choice.summary = job.position
            ? inWords(obstacles, index, job)
            : QStringLiteral("The position of ZIP code %1 is not known.").arg(job.zip);
        choice.tryAgainAt = obstacles.tryAgainAt;
        return choice;
    }
    choice.expert = found.front().expert->id;
    choice.expertName = found.front().expert->name;
    choice.summary = whyThisOne(found);
    return choice;
}

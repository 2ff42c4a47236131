#include "server/services/matching/expert_index.h"

HardRules MatchExpert::unavailability() const
{
    HardRules rules;
    rules.setFlag(HardRule::duty, availability != api::Availability::available);
    rules.setFlag(HardRule::free, state != ExpertState::free);
    rules.setFlag(HardRule::position, !position);
    return rules;
}

bool hasTimeFor(const MatchExpert &expert, const MatchJob &job, Instant now)
{
    if (!expert.position || !job.position)
        return false;
    const auto travel = travelTime(milesBetween(*expert.position, *job.position));
    return expert.hours.covers(now, now + travel + std::chrono::minutes(job.minutes));
}

HardRules failedRules(const MatchExpert &expert, const MatchJob &job, Instant now)
{
    HardRules failed = expert.unavailability();
    failed.setFlag(HardRule::skill, expert.skills.value(job.skill) < job.level);
    failed.setFlag(HardRule::area, !expert.serves(job.zip));
    failed.setFlag(HardRule::excluded, job.excluded.contains(expert.id));
    if (!job.position)
        failed.setFlag(HardRule::position);
    // Without a place nobody can say how long the trip takes; that the place is missing is what matters then.
    if (!failed.testFlag(HardRule::position))
        failed.setFlag(HardRule::hours, !hasTimeFor(expert, job, now));
    return failed;
}

MatchFacts factsOf(const MatchExpert &expert, const MatchJob &job, Instant now, double meanJobsToday)
{
    return {
        .miles = milesBetween(*expert.position, *job.position),
        .now = now,
        .arriveBy = job.arriveBy,
        .priority = job.priority,
        .jobsToday = expert.jobsToday,
        .meanJobsToday = meanJobsToday,
        .level = expert.skills.value(job.skill),
        .neededLevel = job.level,
    };
}

// Places ---------------------------------------------------------------------

ExpertIndex::Place ExpertIndex::placeOf(const Position &position)
{
    constexpr double radians = std::numbers::pi / 180;
    const double lat = position.lat * radians;
    const double lon = position.lon * radians;
    return { std::cos(lat) * std::cos(lon), std::cos(lat) * std::sin(lon), std::sin(lat) };
}

std::optional<ExpertIndex::Place> ExpertIndex::placeOf(const MatchJob &job)
{
    return job.position ? std::optional(placeOf(*job.position)) : std::nullopt;
}

double ExpertIndex::apartAt(double miles)
{
    const double angle = miles / earthRadiusMiles;
    if (angle >= std::numbers::pi)
        return infinitelyApart;
    const double chord = 2 * std::sin(angle / 2);
    // A little more, so that no rounding leaves anybody out.
    return chord * chord * (1 + 1e-9) + 1e-15;
}

double ExpertIndex::milesAcross(double apart)
{
    return 2 * earthRadiusMiles * std::asin(std::min(1.0, std::sqrt(apart) / 2));
}

// Keeping it up to date ------------------------------------------------------

// An expert who serves all of 100 would be found twice for 10001 if that were listed too.
QSet<QString> ExpertIndex::distinctAreas(const MatchExpert &expert)
{
    QSet<QString> areas = expert.areas;
    areas.removeIf([&](const QString &area) { return area.size() > 3 && expert.areas.contains(area.left(3)); }
    );
    return areas;
}

void ExpertIndex::enlist(quint32 slot)
{
    const MatchExpert &expert = *m_slots[slot].expert;
    const QSet<QString> areas = distinctAreas(expert);
    for (auto skill = expert.skills.cbegin(); skill != expert.skills.cend(); ++skill) {
        const Entry entry { slot, skill.value() };
        m_skilled[skill.key()].push_back(entry);
        for (const QString &area : areas)
            m_local[{ skill.key(), area }].push_back(entry);
    }
}

void ExpertIndex::strike(quint32 slot)
{
    const MatchExpert &expert = *m_slots[slot].expert;
    const auto strikeFrom = [&](auto &lists, const auto &key) {
        const auto list = lists.find(key);
        std::erase_if(*list, [&](const Entry &entry) { return entry.slot == slot; });
        if (list->empty())
            lists.erase(list);
    };
    const QSet<QString> areas = distinctAreas(expert);
    for (auto skill = expert.skills.cbegin(); skill != expert.skills.cend(); ++skill) {
        strikeFrom(m_skilled, skill.key());
        for (const QString &area : areas)
            strikeFrom(m_local, std::pair(skill.key(), area));
    }
}

void ExpertIndex::put(const MatchExpert &expert)
{
    const auto known = m_slotOf.constFind(expert.id);
    const bool isNew = known == m_slotOf.cend();
    const quint32 at = isNew ? quint32(m_slots.size()) : *known;
    if (isNew) {
        m_slots.emplace_back().expert = std::make_unique<MatchExpert>();
        m_slotOf.insert(expert.id, at);
    }
    Slot &slot = m_slots[at];
    // What changes all day (state, position, jobs) moves nobody to another list.
    const bool moves = slot.expert->skills != expert.skills || slot.expert->areas != expert.areas;
    if (moves)
        strike(at);
    m_jobsToday += expert.jobsToday - slot.expert->jobsToday;
    *slot.expert = expert;
    slot.unavailability = expert.unavailability();
    slot.jobsToday = expert.jobsToday;
    if (expert.position)
        slot.place = placeOf(*expert.position);
    if (moves)
        enlist(at);
}

void ExpertIndex::startDays(Instant now)
{
    for (Slot &slot : m_slots) {
        MatchExpert &expert = *slot.expert;
        const QDate today = expert.jobsToday == 0 ? expert.jobsDay : expert.hours.localDate(now);
        if (expert.jobsDay == today)
            continue;
        m_jobsToday -= std::exchange(expert.jobsToday, 0);
        slot.jobsToday = 0;
        expert.jobsDay = today;
    }
}

void ExpertIndex::clear()
{
    *this = ExpertIndex();
}

const MatchExpert *ExpertIndex::find(api::AccountId id) const
{
    const auto found = m_slotOf.constFind(id);
    return found == m_slotOf.cend() ? nullptr : m_slots[*found].expert.get();
}

double ExpertIndex::meanJobsToday() const
{
    return m_slots.empty() ? 0 : double(m_jobsToday) / double(m_slots.size());
}

// Searching ------------------------------------------------------------------

namespace {

bool isCheaper(const ExpertIndex::Found &a, const ExpertIndex::Found &b)
{
    const qint64 costA = a.cost.total();
    const qint64 costB = b.cost.total();
    return costA != costB ? costA < costB : a.expert->id < b.expert->id;
}

} // namespace

std::vector<ExpertIndex::Found>
ExpertIndex::contenders(const MatchJob &job, Instant now, qsizetype most, const MatchWeights &weights) const
{
    std::vector<Found> best; // a heap with the dearest on top
    const double mean = meanJobsToday();
    double reach = std::numeric_limits<double>::max(); // of those who can still be among the best
    forEachLocal(job, [&](const Seen &seen) {
        if (seen.apart > reach || seen.failedSoFar(job))
            return;
        const MatchFacts facts {
            .miles = milesAcross(seen.apart),
            .now = now,
            .arriveBy = job.arriveBy,
            .priority = job.priority,
            .jobsToday = seen.jobsToday,
            .meanJobsToday = mean,
            .level = seen.level,
            .neededLevel = job.level,
        };
        const Found found { &seen.expert, facts, scoreMatch(facts, weights) };
        if (qsizetype(best.size()) == most) {
            if (!isCheaper(found, best.front()))
                return;
            std::ranges::pop_heap(best, isCheaper);
            best.pop_back();
        }
        best.push_back(found);
        std::ranges::push_heap(best, isCheaper);
        if (qsizetype(best.size()) == most)
            reach = apartAt(farthestFor(best.front().cost.total(), mean, weights));
    });
    std::ranges::sort_heap(best, isCheaper);
    return best;
}

std::vector<ExpertIndex::Found>
ExpertIndex::cheapest(const MatchJob &job, Instant now, qsizetype count, const MatchWeights &weights) const
{
    if (!job.position || count <= 0)
        return {};
    // Whether somebody's hours allow it is dear to find out, so it is asked of the cheapest only. If too many
    // of them have to say no, more are looked at.
    for (qsizetype most = 3 * count;; most *= 8) {
        std::vector<Found> best = contenders(job, now, most, weights);
        const bool wereAll = qsizetype(best.size()) < most;
        std::vector<Found> fit;
        for (const Found &found : best) {
            if (qsizetype(fit.size()) < count && hasTimeFor(*found.expert, job, now))
                fit.push_back(found);
        }
        if (wereAll || qsizetype(fit.size()) == count)
            return fit;
    }
}

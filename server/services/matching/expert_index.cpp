#include "server/services/matching/expert_index.h"

MatchExpert MatchExpert::of(const api::Expert &expert)
{
    MatchExpert match {
        .id = expert.id,
        .name = expert.name.toString(),
        .skills = {},
        .areas = {},
        .hours = WorkingHours(expert.shifts, expert.timeZone),
        .position = expert.position,
        .availability = expert.availability,
        .state = ExpertState::free,
        .jobsToday = 0,
    };
    for (const api::SkillLevel &skill : expert.skills)
        match.skills.insert(skill.skill.toString(), skill.level.value);
    for (const auto &area : expert.areas)
        match.areas.insert(area.toString());
    return match;
}

QList<HardRule> failedRules(const MatchExpert &expert, const MatchJob &job, Instant now)
{
    QList<HardRule> failed;
    if (expert.skills.value(job.skill, 0) < job.level)
        failed.append(HardRule::skill);
    if (!expert.serves(job.zip))
        failed.append(HardRule::area);
    if (job.excluded.contains(expert.id))
        failed.append(HardRule::excluded);
    if (expert.availability != api::Availability::available)
        failed.append(HardRule::duty);
    if (expert.state != ExpertState::free)
        failed.append(HardRule::free);
    if (!expert.position || !job.position) {
        failed.append(HardRule::position);
        return failed;
    }
    // From setting out to the end of the repair: nobody is sent who would have to leave in the middle.
    const auto travel = travelTime(milesBetween(*expert.position, *job.position));
    if (!expert.hours.covers(now, now + travel + std::chrono::minutes(job.minutes)))
        failed.append(HardRule::hours);
    return failed;
}

// An expert who serves all of 100 would be found twice for 10001 if that were listed too.
QSet<QString> ExpertIndex::distinctAreas(const MatchExpert &expert)
{
    QSet<QString> areas = expert.areas;
    areas.removeIf([&](const QString &area) { return area.size() > 3 && expert.areas.contains(area.left(3)); }
    );
    return areas;
}

void ExpertIndex::place(const MatchExpert &expert)
{
    m_jobsToday += expert.jobsToday;
    const QSet<QString> areas = distinctAreas(expert);
    for (auto skill = expert.skills.cbegin(); skill != expert.skills.cend(); ++skill) {
        ++m_withSkill[skill.key()];
        for (const QString &area : areas)
            m_local[{ skill.key(), area }].push_back(&expert);
    }
}

void ExpertIndex::displace(const MatchExpert &expert)
{
    m_jobsToday -= expert.jobsToday;
    const QSet<QString> areas = distinctAreas(expert);
    for (auto skill = expert.skills.cbegin(); skill != expert.skills.cend(); ++skill) {
        --m_withSkill[skill.key()];
        for (const QString &area : areas) {
            const auto list = m_local.find({ skill.key(), area });
            std::erase(*list, &expert);
            if (list->empty())
                m_local.erase(list);
        }
    }
}

void ExpertIndex::put(const MatchExpert &expert)
{
    std::unique_ptr<MatchExpert> &slot = m_experts[expert.id];
    if (slot && slot->skills == expert.skills && slot->areas == expert.areas) {
        // What changes all day (state, position, jobs) moves nobody to another list.
        m_jobsToday += expert.jobsToday - slot->jobsToday;
        *slot = expert;
        return;
    }
    if (slot)
        displace(*slot);
    else
        slot = std::make_unique<MatchExpert>();
    *slot = expert;
    place(*slot);
}

void ExpertIndex::clear()
{
    m_local.clear();
    m_withSkill.clear();
    m_experts.clear();
    m_jobsToday = 0;
}

const MatchExpert *ExpertIndex::find(api::AccountId id) const
{
    const auto found = m_experts.find(id);
    return found == m_experts.end() ? nullptr : found->second.get();
}

double ExpertIndex::meanJobsToday() const
{
    return m_experts.empty() ? 0 : double(m_jobsToday) / double(m_experts.size());
}

namespace {

bool isCheaper(const ExpertIndex::Found &a, const ExpertIndex::Found &b)
{
    const qint64 costA = a.cost.total();
    const qint64 costB = b.cost.total();
    return costA != costB ? costA < costB : a.expert->id < b.expert->id;
}

} // namespace

std::vector<ExpertIndex::Found>
ExpertIndex::cheapest(const MatchJob &job, Instant now, qsizetype count, const MatchWeights &weights) const
{
    std::vector<Found> best; // a heap with the dearest on top
    if (!job.position || count <= 0)
        return best;
    const double mean = meanJobsToday();
    forEachLocal(job.skill, job.zip, [&](const MatchExpert &expert) {
        if (!expert.isDispatchable())
            return;
        const MatchFacts facts {
            .miles = milesBetween(*expert.position, *job.position),
            .now = now,
            .arriveBy = job.arriveBy,
            .priority = job.priority,
            .jobsToday = expert.jobsToday,
            .meanJobsToday = mean,
            .level = expert.skills.value(job.skill),
            .neededLevel = job.level,
        };
        const Found found { &expert, facts, scoreMatch(facts, weights) };
        const bool full = qsizetype(best.size()) == count;
        // Who would not be among the best need not be checked against the rules, which cost more.
        if ((full && !isCheaper(found, best.front())) || !failedRules(expert, job, now).isEmpty())
            return;
        if (full) {
            std::ranges::pop_heap(best, isCheaper);
            best.pop_back();
        }
        best.push_back(found);
        std::ranges::push_heap(best, isCheaper);
    });
    std::ranges::sort_heap(best, isCheaper);
    return best;
}

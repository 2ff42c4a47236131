#pragma once

#include "server/services/matching/match_score.h"
#include "server/services/matching/working_hours.h"
#include "shared/core/geo.h"

#include <QHash>
#include <QSet>

#include <unordered_map>

enum class ExpertState { free, reserved, busy };
BOOST_DESCRIBE_ENUM(ExpertState, free, reserved, busy)

// An expert as matching sees them.
struct MatchExpert
{
    api::AccountId id;
    QString name;
    QHash<QString, int> skills; // → level
    QSet<QString> areas; // ZIP codes or their first three digits
    WorkingHours hours;
    std::optional<Position> position;
    api::Availability availability = api::Availability::offDuty;
    ExpertState state = ExpertState::free;
    int jobsToday = 0;

    static MatchExpert of(const api::Expert &expert);

    [[nodiscard]] bool isDispatchable() const
    {
        return availability == api::Availability::available && state == ExpertState::free && position
            && !hours.isEmpty();
    }
    [[nodiscard]] bool serves(const QString &zip) const
    {
        return areas.contains(zip) || areas.contains(zip.left(3));
    }
};

// The job to be given away.
struct MatchJob
{
    api::TicketId ticketId;
    QString skill;
    int level = 1;
    QString zip;
    std::optional<Position> position;
    int minutes = 60;
    api::Priority priority = api::Priority::normal;
    std::optional<Instant> arriveBy;
    QSet<api::AccountId> excluded; // who turned it down, or had it before
};

// Why an expert may not get a job. Rules exclude; they are never weighed against anything.
enum class HardRule { skill, area, excluded, duty, free, hours, position };

// The rules that `expert` fails for `job` at `now`; empty: may get it.
[[nodiscard]] QList<HardRule> failedRules(const MatchExpert &expert, const MatchJob &job, Instant now);

// All experts, arranged by what decides most: who has the skill and serves the place. Skill and area are hard
// rules, so nobody else can get the job, and the few dozen who are left are all looked at: the answer is
// exact by construction.
class ExpertIndex
{
public:
    struct Found
    {
        const MatchExpert *expert;
        MatchFacts facts;
        MatchCost cost;
    };

    void put(const MatchExpert &expert);
    void clear();
    [[nodiscard]] const MatchExpert *find(api::AccountId id) const;
    [[nodiscard]] qsizetype size() const { return qsizetype(m_experts.size()); }

    // The `count` cheapest experts who fit, cheapest first; of equal cost the one with the smaller id.
    [[nodiscard]] std::vector<Found>
    cheapest(const MatchJob &job, Instant now, qsizetype count, const MatchWeights &weights) const;

    // Everybody with the skill who serves the place, on duty or not.
    template <class Visit>
    void forEachLocal(const QString &skill, const QString &zip, Visit &&visit) const
    {
        for (const QString &area : { zip, zip.left(3) }) {
            const auto list = m_local.constFind({ skill, area });
            if (list == m_local.cend())
                continue;
            for (const MatchExpert *expert : *list)
                visit(*expert);
        }
    }

    [[nodiscard]] qsizetype countWithSkill(const QString &skill) const { return m_withSkill.value(skill); }
    [[nodiscard]] double meanJobsToday() const;

private:
    using Place = std::pair<QString, QString>; // skill and area

    static QSet<QString> distinctAreas(const MatchExpert &expert);
    void place(const MatchExpert &expert);
    void displace(const MatchExpert &expert);

    std::unordered_map<api::AccountId, std::unique_ptr<MatchExpert>> m_experts;
    QHash<Place, std::vector<const MatchExpert *>> m_local;
    QHash<QString, qsizetype> m_withSkill;
    qint64 m_jobsToday = 0;
};

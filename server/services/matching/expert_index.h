#pragma once

#include "server/services/matching/match_score.h"
#include "server/services/matching/working_hours.h"
#include "shared/core/geo.h"

#include <QDate>
#include <QFlags>
#include <QHash>
#include <QSet>

#include <limits>

enum class ExpertState { free, reserved, busy };
BOOST_DESCRIBE_ENUM(ExpertState, free, reserved, busy)

// Why an expert may not get a job, the most lasting reason first. Rules exclude; they are never weighed
// against anything.
enum class HardRule {
    skill = 1 << 0,
    area = 1 << 1,
    excluded = 1 << 2,
    duty = 1 << 3,
    free = 1 << 4,
    position = 1 << 5,
    hours = 1 << 6,
};
Q_DECLARE_FLAGS(HardRules, HardRule)
Q_DECLARE_OPERATORS_FOR_FLAGS(HardRules)

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
    QDate jobsDay; // the expert's local day that jobsToday counts

    // What keeps them from any job at present, whatever the time.
    [[nodiscard]] HardRules unavailability() const;
    [[nodiscard]] bool isDispatchable() const { return !unavailability() && !hours.isEmpty(); }
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
    std::optional<Instant> excludedUntil; // when the first of them may be asked again
};

// The rules that `expert` fails for `job` at `now`; none: may get it.
[[nodiscard]] HardRules failedRules(const MatchExpert &expert, const MatchJob &job, Instant now);
// Whether the expert works from setting out to the end of the repair: nobody is sent who would have to leave
// in the middle.
[[nodiscard]] bool hasTimeFor(const MatchExpert &expert, const MatchJob &job, Instant now);

// What is scored when this expert gets the job. Both positions are known.
[[nodiscard]] MatchFacts
factsOf(const MatchExpert &expert, const MatchJob &job, Instant now, double meanJobsToday);

// All experts, arranged by what decides most: who has the skill and serves the place. Skill and area are hard
// rules, so nobody else can get the job, and everybody who is left is looked at: the answer is exact by
// construction. What each look reads lies together in memory, and who is too far away to be among the best
// costs no more than that.
class ExpertIndex
{
public:
    struct Found
    {
        const MatchExpert *expert;
        MatchFacts facts;
        MatchCost cost;
    };

    // Somebody the search passes, and what can be said of them without a closer look.
    struct Seen
    {
        const MatchExpert &expert;
        int level;
        HardRules unavailability;
        int jobsToday;
        double apart; // grows with the distance; infinite if one of the two positions is not known

        // Of the rules that need neither distance nor time, those the expert fails; the area apart.
        [[nodiscard]] HardRules failedSoFar(const MatchJob &job) const
        {
            HardRules failed = unavailability;
            failed.setFlag(HardRule::skill, level < job.level);
            failed.setFlag(HardRule::excluded, !job.excluded.isEmpty() && job.excluded.contains(expert.id));
            return failed;
        }
    };

    void put(const MatchExpert &expert);
    // Forgets the jobs of local days that are over.
    void startDays(Instant now);
    void clear();
    [[nodiscard]] const MatchExpert *find(api::AccountId id) const;
    [[nodiscard]] qsizetype size() const { return qsizetype(m_slots.size()); }

    // The `count` cheapest experts who fit, cheapest first; of equal cost the one with the smaller id.
    [[nodiscard]] std::vector<Found>
    cheapest(const MatchJob &job, Instant now, qsizetype count, const MatchWeights &weights) const;

    // Everybody with the skill who serves the place, on duty or not.
    template <class Visit>
    void forEachLocal(const MatchJob &job, Visit &&visit) const
    {
        const std::optional<Place> place = placeOf(job);
        for (const QString &area : { job.zip, job.zip.left(3) })
            forEach(m_local.constFind({ job.skill, area }), m_local.cend(), place, visit);
    }

    // Everybody with the skill, wherever they work.
    template <class Visit>
    void forEachSkilled(const MatchJob &job, Visit &&visit) const
    {
        forEach(m_skilled.constFind(job.skill), m_skilled.cend(), placeOf(job), visit);
    }

    // How far apart, as Seen says it, two places are that lie so many miles from each other.
    [[nodiscard]] static double apartAt(double miles);
    [[nodiscard]] qsizetype countSkilled(const QString &skill) const
    {
        const auto list = m_skilled.constFind(skill);
        return list == m_skilled.cend() ? 0 : qsizetype(list->size());
    }
    [[nodiscard]] double meanJobsToday() const;

private:
    // A point of the unit sphere: the straight line between two of them grows with the distance, and costs a
    // tenth of what the distance does.
    struct Place
    {
        double x = 0;
        double y = 0;
        double z = 0;
    };

    // What a search reads of everybody it passes.
    struct Slot
    {
        Place place;
        HardRules unavailability;
        int jobsToday = 0;
        std::unique_ptr<MatchExpert> expert;
    };

    struct Entry
    {
        quint32 slot;
        int level; // of the list's skill
    };
    using Entries = std::vector<Entry>;

    static constexpr double infinitelyApart = std::numeric_limits<double>::infinity();

    template <class Iterator, class Visit>
    void forEach(Iterator list, Iterator end, const std::optional<Place> &place, Visit &visit) const
    {
        if (list == end)
            return;
        for (const Entry &entry : *list) {
            const Slot &slot = m_slots[entry.slot];
            const bool hasPlace = !slot.unavailability.testFlag(HardRule::position);
            const double gap = place && hasPlace ? apart(*place, slot.place) : infinitelyApart;
            visit(Seen { *slot.expert, entry.level, slot.unavailability, slot.jobsToday, gap });
        }
    }

    static Place placeOf(const Position &position);
    static std::optional<Place> placeOf(const MatchJob &job);
    static double apart(const Place &a, const Place &b)
    {
        const double x = a.x - b.x;
        const double y = a.y - b.y;
        const double z = a.z - b.z;
        return x * x + y * y + z * z;
    }
    static double milesAcross(double apart);
    // The cheapest of those who might fit, cheapest first; their hours are not looked at.
    [[nodiscard]] std::vector<Found>
    contenders(const MatchJob &job, Instant now, qsizetype most, const MatchWeights &weights) const;
    static QSet<QString> distinctAreas(const MatchExpert &expert);
    void enlist(quint32 slot);
    void strike(quint32 slot);

    std::vector<Slot> m_slots;
    QHash<api::AccountId, quint32> m_slotOf;
    QHash<std::pair<QString, QString>, Entries> m_local; // by skill and area
    QHash<QString, Entries> m_skilled; // by skill
    qint64 m_jobsToday = 0;
};

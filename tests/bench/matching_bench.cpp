#include "server/services/matching/matcher.h"
#include "tests/bench/figures.h"

#include <QCoreApplication>
#include <QFile>

#include <random>

// One just-in-time match among 50,000 experts, explanation included, against looking at every one of them.
namespace {

using Clock = std::chrono::steady_clock;

constexpr int expertCount = 50'000;
constexpr int matchCount = 20'000;
constexpr int bruteForceCount = 200;
const Instant now = *instantFromText(QStringLiteral("2026-11-23T15:00:00Z"));

struct Place
{
    QString prefix;
    Position position;
    double people = 0;
};

QList<Place> places()
{
    QFile file(QStringLiteral(":/seed/zip3.tsv"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("the table of ZIP prefixes is not compiled in");
    QList<Place> list;
    for (const QByteArray &line : file.readAll().split('\n').mid(1)) {
        const QList<QByteArray> columns = line.split('\t');
        if (columns.size() >= 7 && columns.at(6).toDouble() > 0) {
            list.append({ QString::fromLatin1(columns.at(0)),
                          { columns.at(3).toDouble(), columns.at(4).toDouble() },
                          columns.at(6).toDouble() });
        }
    }
    return list;
}

// Experts and tickets live where people do.
class Country
{
public:
    Country()
    {
        std::vector<double> people;
        for (const Place &place : m_places)
            people.push_back(place.people);
        m_draw = std::discrete_distribution<int>(people.begin(), people.end());
    }

    MatchExpert expert()
    {
        const Place &home = m_places.at(m_draw(m_random));
        MatchExpert expert;
        expert.id = api::AccountId::make();
        expert.name = QStringLiteral("Expert");
        for (int i = 0; i < 3; ++i)
            expert.skills.insert(QStringLiteral("skill-%1").arg(pick(0, 13)), pick(1, 5));
        expert.areas
            = { home.prefix, m_places.at(m_draw(m_random)).prefix, m_places.at(m_draw(m_random)).prefix };
        QList<api::Shift> shifts;
        for (int day = 1; day <= 5; ++day)
            shifts.append(api::Shift { { day }, { 7 * 60 }, { 19 * 60 } });
        expert.hours = WorkingHours(shifts, QStringLiteral("America/Chicago"));
        expert.position = nearby(home.position);
        expert.availability = pick(0, 9) > 0 ? api::Availability::available : api::Availability::offDuty;
        expert.state = pick(0, 2) > 0 ? ExpertState::free : ExpertState::busy;
        expert.jobsToday = pick(0, 4);
        return expert;
    }

    MatchJob job()
    {
        const Place &place = m_places.at(m_draw(m_random));
        return { .ticketId = {},
                 .skill = QStringLiteral("skill-%1").arg(pick(0, 13)),
                 .level = 1,
                 .zip = place.prefix + QStringLiteral("01"),
                 .position = nearby(place.position),
                 .minutes = 60,
                 .priority = api::Priority::normal,
                 .arriveBy = now + std::chrono::hours(4),
                 .excluded = {},
                 .excludedUntil = {} };
    }

private:
    int pick(int low, int high) { return std::uniform_int_distribution(low, high)(m_random); }
    Position nearby(const Position &place)
    {
        std::normal_distribution<double> spread(0, 0.3);
        return { place.lat + spread(m_random), place.lon + spread(m_random) };
    }

    QList<Place> m_places = places();
    std::mt19937 m_random { 20'261'123 }; // NOLINT: the same country in every run
    std::discrete_distribution<int> m_draw;
};

double microsecondsOf(const auto &work)
{
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

// The cheapest of all who fit, by asking everybody.
std::optional<qint64>
byBruteForce(const std::vector<MatchExpert> &experts, const MatchJob &job, const ExpertIndex &index)
{
    std::optional<qint64> cheapest;
    for (const MatchExpert &expert : experts) {
        if (failedRules(expert, job, now))
            continue;
        const MatchFacts facts = factsOf(expert, job, now, index.meanJobsToday());
        const qint64 cost = scoreMatch(facts, JustInTime().weights()).total();
        if (!cheapest || cost < *cheapest)
            cheapest = cost;
    }
    return cheapest;
}

void addPercentiles(
    Figures &figures, const QString &name, std::vector<double> &times, std::vector<double> &against
)
{
    for (const auto &[label, part] :
         { std::pair(QStringLiteral(".p50"), 0.5), std::pair(QStringLiteral(".p99"), 0.99) })
        figures.add(name + label, percentile(times, part), QStringLiteral("us"), percentile(against, part));
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    Country country;
    std::vector<MatchExpert> experts;
    for (int i = 0; i < expertCount; ++i)
        experts.push_back(country.expert());
    std::vector<MatchJob> jobs;
    for (int i = 0; i < matchCount; ++i)
        jobs.push_back(country.job());

    ExpertIndex index;
    const double building = microsecondsOf([&] {
        for (const MatchExpert &expert : experts)
            index.put(expert);
    });
    const double moving = microsecondsOf([&] {
        for (MatchExpert &expert : experts) {
            expert.position->lat += 0.001; // everybody drives on
            index.put(expert);
        }
    });

    const JustInTime strategy;
    std::vector<double> search;
    std::vector<double> found;
    std::vector<double> nobody;
    for (const MatchJob &job : jobs) {
        search.push_back(microsecondsOf([&] { (void)index.cheapest(job, now, 6, strategy.weights()); }));
        Choice choice;
        const double time = microsecondsOf([&] { choice = choose(index, job, now, strategy); });
        (choice.expert ? found : nobody).push_back(time);
    }
    std::vector<double> bruteForce;
    int differences = 0;
    for (int i = 0; i < bruteForceCount; ++i) {
        const MatchJob &job = jobs.at(size_t(i));
        std::optional<qint64> cheapest;
        bruteForce.push_back(microsecondsOf([&] { cheapest = byBruteForce(experts, job, index); }));
        const auto best = index.cheapest(job, now, 1, strategy.weights());
        const auto cost = best.empty() ? std::nullopt : std::optional(best.front().cost.total());
        differences += cost == cheapest ? 0 : 1;
    }

    std::printf(
        "%d experts, %d jobs, %zu of them for nobody; %d differences to brute force\n",
        expertCount,
        matchCount,
        nobody.size(),
        differences
    );
    Figures figures;
    addPercentiles(figures, QStringLiteral("matching.search"), search, bruteForce);
    addPercentiles(figures, QStringLiteral("matching.choose_and_explain"), found, bruteForce);
    addPercentiles(figures, QStringLiteral("matching.explain_nobody"), nobody, bruteForce);
    figures.add(QStringLiteral("matching.index.build"), building / 1000, QStringLiteral("ms"));
    figures.add(QStringLiteral("matching.index.move"), moving / expertCount, QStringLiteral("us"));
    return std::max(figures.report(application.arguments()), differences == 0 ? 0 : 1);
}

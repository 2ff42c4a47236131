#include "server/services/matching/matcher.h"

#include <QTest>

#include <random>

using namespace std::chrono_literals;

namespace {

const Instant now = *instantFromText(QStringLiteral("2026-11-23T15:00:00Z")); // Monday 10:00 in New York
const QStringList skills { QStringLiteral("tv"), QStringLiteral("laptop"), QStringLiteral("phone") };

// A small world made from a number, so that one that fails can be made again.
class World
{
public:
    explicit World(unsigned seed)
        : m_random(seed)
    {
        for (int i = pick(0, 60); i > 0; --i)
            experts.append(makeExpert());
        finish();
    }

    // Many in one place who all have the skill; the fewer `onShift` of ten, the more say no.
    static World crowded(unsigned seed, int onShift)
    {
        World world(seed, Empty());
        for (int i = 0; i < 300; ++i) {
            MatchExpert expert = world.makeExpert();
            expert.skills = { { skills.first(), world.pick(1, 5) } };
            expert.areas = { QStringLiteral("100") };
            if (world.pick(1, 10) > onShift)
                expert.hours = WorkingHours({ { { 3 }, { 0 }, { 60 } } }, QStringLiteral("UTC"));
            world.experts.append(expert);
        }
        world.finish();
        world.job.skill = skills.first();
        world.job.zip = QStringLiteral("10001");
        return world;
    }

    int pick(int low, int high) { return std::uniform_int_distribution(low, high)(m_random); }

    QList<MatchExpert> experts;
    ExpertIndex index;
    MatchJob job;

private:
    struct Empty
    {
    };
    World(unsigned seed, Empty)
        : m_random(seed)
    {
    }
    void finish()
    {
        for (const MatchExpert &expert : experts)
            index.put(expert);
        job = makeJob();
    }

    QString area()
    {
        return QString::number(pick(100, 104))
            + (pick(0, 2) == 0 ? QStringLiteral("0%1").arg(pick(1, 3)) : QString());
    }
    Position position() { return { 40 + pick(0, 200) / 100.0, -75 + pick(0, 200) / 100.0 }; }

    MatchExpert makeExpert()
    {
        MatchExpert expert;
        expert.id = api::AccountId::make();
        expert.name = QStringLiteral("Expert %1").arg(experts.size());
        for (int i = pick(1, 3); i > 0; --i)
            expert.skills.insert(skills.at(pick(0, 2)), pick(1, 5));
        for (int i = pick(1, 4); i > 0; --i)
            expert.areas.insert(area());
        if (pick(0, 9) > 0) {
            const int from = pick(0, 10) * 60;
            expert.hours = WorkingHours(
                { { { pick(0, 2) == 0 ? 2 : 1 }, { from }, { from + pick(2, 13) * 60 } } },
                QStringLiteral("America/New_York")
            );
        }
        if (pick(0, 9) > 0)
            expert.position = position();
        expert.availability = pick(0, 4) > 0 ? api::Availability::available : api::Availability::offDuty;
        expert.state = pick(0, 3) > 0 ? ExpertState::free
            : pick(0, 1) == 0         ? ExpertState::busy
                                      : ExpertState::reserved;
        expert.jobsToday = pick(0, 5);
        return expert;
    }

    MatchJob makeJob()
    {
        MatchJob made {
            .ticketId = api::TicketId::make(),
            .skill = skills.at(pick(0, 2)),
            .level = pick(1, 3),
            .zip = QString::number(pick(100, 104) * 100 + pick(1, 3)),
            .position = position(),
            .minutes = pick(30, 180),
            .priority = api::Priority(pick(0, 3)),
            .arriveBy = {},
            .excluded = {},
            .excludedUntil = {},
        };
        if (pick(0, 1) == 0)
            made.arriveBy = now + std::chrono::minutes(pick(0, 240));
        for (const MatchExpert &expert : experts) {
            if (pick(0, 9) == 0)
                made.excluded.insert(expert.id);
        }
        return made;
    }

    std::mt19937 m_random;
};

// The hard rules written a second time, without any of the code under test but the clock of working hours.
bool mayGet(const MatchExpert &expert, const MatchJob &job)
{
    if (!expert.skills.contains(job.skill) || expert.skills.value(job.skill) < job.level)
        return false;
    if (!std::ranges::any_of(expert.areas, [&](const QString &area) { return job.zip.startsWith(area); }))
        return false;
    if (job.excluded.contains(expert.id) || expert.availability != api::Availability::available)
        return false;
    if (expert.state != ExpertState::free || !expert.position)
        return false;
    const auto travel = travelTime(milesBetween(*expert.position, *job.position));
    return expert.hours.covers(now, now + travel + std::chrono::minutes(job.minutes));
}

// Everything but one thing is right. Each is put right in turn, to see whether that alone was missing.
bool failsOne(const MatchExpert &expert, const MatchJob &job)
{
    if (mayGet(expert, job))
        return false;
    MatchExpert skilled = expert;
    skilled.skills[job.skill] = 5;
    MatchExpert onDuty = expert;
    onDuty.availability = api::Availability::available;
    MatchExpert freed = expert;
    freed.state = ExpertState::free;
    MatchExpert tireless = expert;
    QList<api::Shift> always;
    for (int day = 1; day <= 7; ++day)
        always.append(api::Shift { { day }, { 0 }, { 1440 } });
    tireless.hours = WorkingHours(always, QStringLiteral("UTC"));
    MatchJob open = job;
    open.excluded.clear();
    return mayGet(skilled, job) || mayGet(onDuty, job) || mayGet(freed, job) || mayGet(tireless, job)
        || mayGet(expert, open);
}

qint64 costOf(const World &world, const MatchExpert &expert, const MatchWeights &weights = {})
{
    return scoreMatch(
               {
                   .miles = milesBetween(*expert.position, *world.job.position),
                   .now = now,
                   .arriveBy = world.job.arriveBy,
                   .priority = world.job.priority,
                   .jobsToday = expert.jobsToday,
                   .meanJobsToday = world.index.meanJobsToday(),
                   .level = expert.skills.value(world.job.skill),
                   .neededLevel = world.job.level,
               },
               weights
    )
        .total();
}

} // namespace

class MatcherTest : public QObject
{
    Q_OBJECT

private slots:
    void inNoWorldIsTheWrongExpertChosenOrABetterOneMissed()
    {
        int matched = 0;
        for (unsigned seed = 1; seed <= 4000; ++seed) {
            const World world(seed);
            const QByteArray which = "world " + QByteArray::number(seed);
            std::optional<qint64> cheapest;
            for (const MatchExpert &expert : world.experts) {
                if (mayGet(expert, world.job))
                    cheapest = std::min(
                        cheapest.value_or(std::numeric_limits<qint64>::max()), costOf(world, expert)
                    );
            }

            const Choice choice = choose(world.index, world.job, now, JustInTime());

            QVERIFY2(choice.expert.has_value() == cheapest.has_value(), which.constData());
            if (!choice.expert)
                continue;
            ++matched;
            const MatchExpert *chosen = world.index.find(*choice.expert);
            QVERIFY2(mayGet(*chosen, world.job), which.constData());
            QVERIFY2(costOf(world, *chosen) == *cheapest, which.constData());
        }
        // A world in which nobody ever fits would prove nothing.
        QVERIFY(matched > 400);
    }

    void inACrowdTheCheapestAreFound_data()
    {
        QTest::addColumn<int>("onShift");
        QTest::addColumn<bool>("nearest");
        QTest::newRow("all at work") << 10 << false;
        QTest::newRow("few at work") << 2 << false;
        QTest::newRow("by distance alone") << 10 << true;
    }

    void inACrowdTheCheapestAreFound()
    {
        QFETCH(int, onShift);
        QFETCH(bool, nearest);
        const MatchWeights weights = nearest ? Nearest().weights() : JustInTime().weights();
        for (unsigned seed = 1; seed <= 100; ++seed) {
            const World world = World::crowded(seed, onShift);
            const QByteArray which = "world " + QByteArray::number(seed);
            std::vector<qint64> costs;
            for (const MatchExpert &expert : world.experts) {
                if (mayGet(expert, world.job))
                    costs.push_back(costOf(world, expert, weights));
            }
            std::ranges::sort(costs);

            const auto found = world.index.cheapest(world.job, now, 6, weights);

            QVERIFY2(found.size() == std::min<size_t>(costs.size(), 6), which.constData());
            for (size_t i = 0; i < found.size(); ++i)
                QVERIFY2(found.at(i).cost.total() == costs.at(i), which.constData());
        }
    }

    void theExplanationAgreesWithTheRules()
    {
        for (unsigned seed = 1; seed <= 1000; ++seed) {
            const World world(seed);
            const QByteArray which = "world " + QByteArray::number(seed);

            const Choice choice = choose(world.index, world.job, now, JustInTime());

            QVERIFY2(!choice.summary.isEmpty(), which.constData());
            std::optional<qint64> before;
            for (const api::Candidate &candidate : choice.candidates) {
                const MatchExpert *expert = world.index.find(candidate.expertId);
                QVERIFY2(candidate.eligible == mayGet(*expert, world.job), which.constData());
                QVERIFY2(candidate.eligible == candidate.missing.isEmpty(), which.constData());
                if (!candidate.eligible)
                    continue;
                qint64 sum = 0;
                for (const api::CostTerm &term : candidate.terms)
                    sum += term.cost;
                QVERIFY2(sum == candidate.cost, which.constData());
                QVERIFY2(!before || *before <= *candidate.cost, which.constData());
                before = candidate.cost;
            }
        }
    }

    void whoCameCloseAreTheNearestThatFailOneRule()
    {
        for (unsigned seed = 1; seed <= 1000; ++seed) {
            const World world(seed);
            const QByteArray which = "world " + QByteArray::number(seed);
            std::vector<double> miles;
            for (const MatchExpert &expert : world.experts) {
                if (expert.position && expert.skills.contains(world.job.skill) && expert.serves(world.job.zip)
                    && failsOne(expert, world.job))
                    miles.push_back(milesBetween(*expert.position, *world.job.position));
            }
            std::ranges::sort(miles);

            const Choice choice = choose(world.index, world.job, now, JustInTime());

            size_t found = 0;
            for (const api::Candidate &candidate : choice.candidates) {
                const MatchExpert *expert = world.index.find(candidate.expertId);
                if (candidate.eligible || !expert->position || !expert->serves(world.job.zip))
                    continue;
                QVERIFY2(failsOne(*expert, world.job), which.constData());
                QVERIFY2(found < miles.size(), which.constData());
                const double away = milesBetween(*expert->position, *world.job.position);
                QVERIFY2(std::abs(away - miles.at(found++)) < 1e-6, which.constData());
            }
            QVERIFY2(found == std::min<size_t>(miles.size(), 10), which.constData());
        }
    }

    void whenNobodyFitsTheNearestFromOutsideAreNamed()
    {
        int named = 0;
        for (unsigned seed = 1; seed <= 1000; ++seed) {
            const World world(seed);
            const Choice choice = choose(world.index, world.job, now, JustInTime());
            for (const api::Candidate &candidate : choice.candidates) {
                const MatchExpert *expert = world.index.find(candidate.expertId);
                if (expert->serves(world.job.zip))
                    continue;
                // The area is all that is missing, and nobody of the area could do it.
                MatchExpert helper = *expert;
                helper.areas.insert(world.job.zip);
                QVERIFY(mayGet(helper, world.job));
                QVERIFY(!choice.expert);
                ++named;
            }
        }
        QVERIFY(named > 100);
    }

    void yesterdaysJobsDoNotCountToday()
    {
        World world(3);
        for (MatchExpert &expert : world.experts) {
            expert.jobsDay = expert.hours.localDate(now);
            world.index.put(expert);
        }
        QVERIFY(world.index.meanJobsToday() > 0);

        world.index.startDays(now + 5h);
        QVERIFY(world.index.meanJobsToday() > 0);
        world.index.startDays(now + 24h);
        QCOMPARE(world.index.meanJobsToday(), 0.0);
    }

    void nobodyBeyondTheReachOfACostCouldCostAsLittle()
    {
        std::mt19937 random(1); // NOLINT: the same in every run
        std::uniform_real_distribution<double> miles(0, 3000);
        const MatchWeights weights;
        for (int round = 0; round < 10'000; ++round) {
            const double away = miles(random);
            const MatchFacts facts { .miles = away,
                                     .now = now,
                                     .arriveBy = {},
                                     .priority = {},
                                     .jobsToday = 0,
                                     .meanJobsToday = 2.4,
                                     .level = 1,
                                     .neededLevel = 1 };
            QVERIFY(farthestFor(scoreMatch(facts, weights).total(), 2.4, weights) >= away);
        }
    }

    void aFreedExpertPrefersTheUrgentAndOverdueOfTwoEquallyNear()
    {
        const MatchWeights weights;
        MatchFacts facts { .miles = 5,
                           .now = now,
                           .arriveBy = now - 1h,
                           .priority = api::Priority::urgent,
                           .jobsToday = 0,
                           .meanJobsToday = 0,
                           .level = 1,
                           .neededLevel = 1 };
        const qint64 overdue = scoreWaiting(facts, 2h, weights);
        facts.arriveBy.reset();
        facts.priority = api::Priority::normal;
        QVERIFY(overdue < scoreWaiting(facts, 2h, weights));
        // But not the oldest wherever it is.
        facts.miles = 60;
        QVERIFY(
            scoreWaiting(facts, 3h, weights) > scoreWaiting(
                { .miles = 3,
                  .now = now,
                  .arriveBy = {},
                  .priority = {},
                  .jobsToday = 0,
                  .meanJobsToday = 0,
                  .level = 1,
                  .neededLevel = 1 },
                1h,
                weights
            )
        );
    }

    void aWorldThatChangesIsStillSearchedRight()
    {
        World world(7);
        for (int step = 0; step < 500; ++step) {
            if (world.experts.isEmpty())
                break;
            MatchExpert &expert = world.experts[world.pick(0, int(world.experts.size()) - 1)];
            expert.state = world.pick(0, 1) == 0 ? ExpertState::free : ExpertState::busy;
            expert.areas = { QString::number(world.pick(100, 104)) };
            world.index.put(expert);

            const Choice choice = choose(world.index, world.job, now, JustInTime());

            const bool anybody = std::ranges::any_of(world.experts, [&](const MatchExpert &each) {
                return mayGet(each, world.job);
            });
            QCOMPARE(choice.expert.has_value(), anybody);
        }
    }

    void whyNobodyFitsIsSaidInWords_data()
    {
        QTest::addColumn<QString>("obstacle");
        QTest::addColumn<QString>("words");
        QTest::newRow("skill") << QStringLiteral("skill") << QStringLiteral("No expert has the skill");
        QTest::newRow("area") << QStringLiteral("area") << QStringLiteral("serves 10001");
        QTest::newRow("busy") << QStringLiteral("busy") << QStringLiteral("1 has another job");
        QTest::newRow("off duty") << QStringLiteral("duty") << QStringLiteral("1 is off duty");
        QTest::newRow("hours") << QStringLiteral("hours")
                               << QStringLiteral("next shift begins at 09:00 on Tuesday");
        QTest::newRow("asked before") << QStringLiteral("excluded") << QStringLiteral("1 was asked before");
    }

    void whyNobodyFitsIsSaidInWords()
    {
        QFETCH(QString, obstacle);
        QFETCH(QString, words);
        MatchExpert expert;
        expert.id = api::AccountId::make();
        expert.name = QStringLiteral("Ada");
        expert.skills
            = { { obstacle == QLatin1String("skill") ? QStringLiteral("laptop") : QStringLiteral("tv"), 3 } };
        expert.areas = { obstacle == QLatin1String("area") ? QStringLiteral("900") : QStringLiteral("100") };
        const int weekday = obstacle == QLatin1String("hours") ? 2 : 1;
        expert.hours
            = WorkingHours({ { { weekday }, { 9 * 60 }, { 18 * 60 } } }, QStringLiteral("America/New_York"));
        expert.position = Position { 40.75, -74 };
        expert.availability
            = obstacle == QLatin1String("duty") ? api::Availability::offDuty : api::Availability::available;
        expert.state = obstacle == QLatin1String("busy") ? ExpertState::busy : ExpertState::free;
        MatchJob job { .ticketId = {},
                       .skill = QStringLiteral("tv"),
                       .level = 1,
                       .zip = QStringLiteral("10001"),
                       .position = Position { 40.7, -74 },
                       .minutes = 60,
                       .priority = {},
                       .arriveBy = {},
                       .excluded = {},
                       .excludedUntil = {} };
        if (obstacle == QLatin1String("excluded"))
            job.excluded.insert(expert.id);
        ExpertIndex index;
        index.put(expert);

        const Choice choice = choose(index, job, now, JustInTime());

        QVERIFY(!choice.expert);
        QVERIFY2(choice.summary.contains(words), qPrintable(choice.summary));
        // Whoever is busy or off duty now may be free by the next shift; the others need an event.
        QCOMPARE(
            choice.tryAgainAt.has_value(),
            obstacle == QLatin1String("hours") || obstacle == QLatin1String("busy")
                || obstacle == QLatin1String("duty")
        );
    }
};

QTEST_APPLESS_MAIN(MatcherTest)
#include "matcher_test.moc"

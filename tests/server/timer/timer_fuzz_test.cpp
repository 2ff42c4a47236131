#include "tests/server/timer/timer_probe.h"

#include <QTest>

#include <random>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

using Firing = std::pair<QString, Instant>; // a timer and the time for which it was set

// What the timer service promises, in a few lines: the reference for what it does.
class Model
{
public:
    void apply(const SetTimer &command) { m_timers[command.key] = command; }
    void apply(const CancelTimer &command) { m_timers.erase(command.key); }

    QList<Firing> fireUntil(Instant now)
    {
        QList<Firing> fired;
        for (auto each = m_timers.begin(); each != m_timers.end();) {
            SetTimer &timer = each->second;
            while (timer.dueAt <= now) {
                fired.append({ timer.key, timer.dueAt });
                if (!timer.recurrence)
                    break;
                timer.dueAt = nextOccurrence(*timer.recurrence, timer.dueAt);
            }
            each = timer.dueAt <= now ? m_timers.erase(each) : std::next(each);
        }
        return fired;
    }

    [[nodiscard]] qint64 pending() const { return qint64(m_timers.size()); }

private:
    std::map<QString, SetTimer> m_timers;
};

} // namespace

// Random commands, batches, leaps of time and restarts, against the model.
class TimerFuzzTest : public QObject
{
    Q_OBJECT

private:
    static constexpr int patience = 60'000;
    static constexpr int steps = 60;

private slots:
    void itDoesWhatTheModelDoes_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (const unsigned seed : { 1U, 2U, 20'261'123U })
            QTest::addRow("seed %u", seed) << seed;
    }

    void itDoesWhatTheModelDoes()
    {
        QFETCH(const unsigned, seed);
        m_random.seed(seed);
        TimerProbe probe;
        ManualClock clock(instantFromText(u"2026-11-23T09:00:00Z"_s).value());
        auto node = startNode(probe, clock);
        Model model;
        QList<Firing> expected;

        for (int step = 0; step < steps; ++step) {
            const QList<TimerProbe::Command> commands = someCommands(clock.now());
            for (const TimerProbe::Command &command : commands)
                std::visit([&](const auto &each) { model.apply(each); }, command);
            probe.publish(commands);
            if (below(10) == 0)
                node = startNode(probe, clock, std::move(node));
            QTRY_VERIFY_WITH_TIMEOUT(probe.isTakenIn(node->bus()), patience);
            if (below(3) != 0)
                clock.advance(std::chrono::milliseconds(below(3) == 0 ? below(2'000'000'000) : below(100'000))
                );
            node->timers().wake();
            expected += model.fireUntil(clock.now());
            QTRY_COMPARE_WITH_TIMEOUT(probe.heard().size(), expected.size(), patience);
            QCOMPARE(probe.pending(), model.pending());
        }

        QList<Firing> heard;
        for (const Heard &each : probe.heard()) {
            QVERIFY(each.firedAt >= each.dueAt);
            heard.append({ each.key, each.dueAt });
        }
        std::ranges::sort(heard);
        std::ranges::sort(expected);
        QCOMPARE(heard, expected);
        QVERIFY(expected.size() > steps);
    }

private:
    [[nodiscard]] int below(int limit) { return int(m_random() % unsigned(limit)); }

    static std::unique_ptr<TimerNode>
    startNode(TimerProbe &probe, const Clock &clock, std::unique_ptr<TimerNode> previous = {})
    {
        previous.reset();
        auto node = std::make_unique<TimerNode>(
            probe.database(),
            probe.test().url(),
            clock,
            TimerService::Options { .firing = { .batch = 7, .safetyLook = 10min } }
        );
        node->start();
        return node;
    }

    // Of few keys, so that they meet; never due yet, so that the model need not know when they are taken in.
    QList<TimerProbe::Command> someCommands(Instant now)
    {
        QList<TimerProbe::Command> commands;
        for (int count = below(25); count > 0; --count) {
            const QString key = u"key-%1"_s.arg(below(40));
            if (below(4) == 0) {
                commands += CancelTimer { u"ticket"_s, key };
                continue;
            }
            const auto wait
                = std::chrono::milliseconds(1 + (below(2) == 0 ? below(50'000) : below(1'000'000'000)));
            SetTimer set { u"ticket"_s, key, now + wait, {} };
            if (below(5) == 0) {
                Recurrence &recurrence = set.recurrence.emplace();
                recurrence.period = below(4) == 0 ? api::Period::year : api::Period::month;
                recurrence.month.value = 1 + below(12);
                recurrence.day.value = 1 + below(31);
                recurrence.minute.value = below(1440);
                recurrence.zone = below(2) == 0 ? u"America/New_York"_s : u"Pacific/Honolulu"_s;
            }
            commands += set;
        }
        return commands;
    }

    std::mt19937 m_random;
};

QTEST_GUILESS_MAIN(TimerFuzzTest)

#include "timer_fuzz_test.moc"
